"""The service catalogue: one row of data a service, no class with branches."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from gateway.domain.errors import Text
from gateway.domain.evidence import ErdsEvent
from gateway.domain.parties import NoticeMethod
from gateway.domain.retention import Duration
from gateway.domain.signing import SignMethod
from gateway.domain.states import State


class Service(Enum):
    COMMUNICATION = "COMMUNICATION"
    CERTIFIED_EMAIL = "CERTIFIED_EMAIL"
    CERTIFIED_SMS = "CERTIFIED_SMS"
    NOTIFICATION = "NOTIFICATION"
    POSTAL_NOTIFICATION = "POSTAL_NOTIFICATION"
    CONTRACT = "CONTRACT"
    CONTRACT_EXPRESS = "CONTRACT_EXPRESS"
    ACCREDITATION = "ACCREDITATION"
    ACCEPTANCE = "ACCEPTANCE"
    CUSTODY = "CUSTODY"
    VOICE_CUSTODY = "VOICE_CUSTODY"
    BUROVOZ = "BUROVOZ"
    PUBLICATION = "PUBLICATION"
    ONCLICK_PUBLICATION = "ONCLICK_PUBLICATION"


class Act(Enum):
    """What the recipient does to decide."""

    NONE = "NONE"
    ACKNOWLEDGE = "ACKNOWLEDGE"
    COURIER = "COURIER"
    SIGN = "SIGN"
    ACCEPT = "ACCEPT"
    CALL = "CALL"


class Decision(Enum):
    """Which event fixes the outcome."""

    TIME_TO_CLOSE = "TIME_TO_CLOSE"
    FINAL_RECEIPT = "FINAL_RECEIPT"
    ACT_OR_EXPIRY = "ACT_OR_EXPIRY"
    COURIER_STATUS = "COURIER_STATUS"
    SEALED = "SEALED"
    CALL_END = "CALL_END"
    PERIOD_END = "PERIOD_END"


class Field(Enum):
    """What a recipient must bring."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    IDENTIFIER = "identifier"
    POSTAL_ADDRESS = "postal_address"


@dataclass(frozen=True, slots=True)
class Profile:
    """One service. `codes` is how many operation codes the recipient types; `skips` the states that the
    service never enters; `recordings` says that its documents are sound, and checked as such; `positive` and
    `negative` are the evidence of its two outcomes; `dispatched`, `delivered` and their opposites that of
    each message. With `content` the message itself is what is certified, and is kept as it left."""

    title: Text
    act: Act
    codes: int
    decision: Decision
    required: frozenset[Field] = frozenset()
    skips: frozenset[State] = frozenset()
    sign_methods: frozenset[SignMethod] = frozenset()
    notice_methods: frozenset[NoticeMethod] = frozenset()
    time_to_close: Duration = Duration(seconds=30 * 86400)
    recipients: bool = True
    documents: bool = True
    recordings: bool = False
    positive: ErdsEvent = ErdsEvent.SIGNED
    negative: ErdsEvent = ErdsEvent.DECLINED
    expired: ErdsEvent = ErdsEvent.EXPIRED
    dispatched: ErdsEvent = ErdsEvent.NOTIFICATION_FOR_ACCEPTANCE
    undispatched: ErdsEvent = ErdsEvent.NOTIFICATION_FOR_ACCEPTANCE_FAILURE
    delivered: ErdsEvent = ErdsEvent.NOTIFICATION_DELIVERED
    undelivered: ErdsEvent = ErdsEvent.NOTIFICATION_FOR_ACCEPTANCE_FAILURE
    content: bool = False

    @property
    def text_only(self) -> bool:
        """Whether a text message is all there is."""
        return self.content and self.notice_methods == {NoticeMethod.SMS}

    @property
    def told(self) -> bool:
        """Whether recipients are told to come in, so that they may be reminded, by any channel."""
        return self.recipients and not self.content


_ELECTRONIC = frozenset({NoticeMethod.EMAIL, NoticeMethod.SMS, NoticeMethod.EMAIL_AND_SMS})
_ALL_METHODS = frozenset(SignMethod)
# Who signs a document with a certificate has read it; and who names themself proves only the telephone.
_WITHOUT_CONTENT = _ALL_METHODS - {SignMethod.CERTIFICATE}
_BY_CODE = frozenset(method for method in SignMethod if method.coded)
_IDENTIFIED = frozenset({Field.NAME, Field.EMAIL, Field.IDENTIFIER})
_NO_ACT = frozenset({State.CHALLENGED})
_NO_PORTAL = frozenset({State.ACCESSED, State.CONSULTED, State.CHALLENGED, State.PARTIALLY_DECIDED})
_NO_RECIPIENT = frozenset({State.DISPATCHED, State.NOTIFIED, *_NO_PORTAL})


# The content itself leaves, to somebody who is no ERDS (EN 319 522-1, clause 6.2.6).
_CARRIED: dict[str, Any] = {
    "dispatched": ErdsEvent.RELAY_TO_NON_ERDS,
    "undispatched": ErdsEvent.RELAY_TO_NON_ERDS_FAILURE,
    "delivered": ErdsEvent.CONTENT_CONSIGNMENT,
    "undelivered": ErdsEvent.CONTENT_CONSIGNMENT_FAILURE,
    "expired": ErdsEvent.CONTENT_CONSIGNMENT_FAILURE,
    "content": True,
}
# The content lies ready, and nobody has to accept it first.
_CONSIGNED: dict[str, Any] = {
    "dispatched": ErdsEvent.RELAY_TO_NON_ERDS,
    "undispatched": ErdsEvent.RELAY_TO_NON_ERDS_FAILURE,
    "delivered": ErdsEvent.CONSIGNMENT_NOTIFICATION,
    "undelivered": ErdsEvent.CONSIGNMENT_NOTIFICATION_FAILURE,
    "expired": ErdsEvent.CONSIGNMENT_NOTIFICATION_FAILURE,
}


def _signed(en: str, es: str, codes: int, act: Act = Act.SIGN, **more: object) -> Profile:
    settings: dict[str, object] = {
        "required": _IDENTIFIED,
        "sign_methods": _ALL_METHODS,
        # WEB: nothing is sent; the issuer shows the portal by GetAccessUrl.
        "notice_methods": _ELECTRONIC | {NoticeMethod.WEB},
    } | more
    return Profile(Text(en, es), act, codes, Decision.ACT_OR_EXPIRY, **settings)  # type: ignore[arg-type]


CATALOGUE: dict[Service, Profile] = {
    Service.COMMUNICATION: Profile(
        Text("Certified electronic communication", "Comunicación Certificada Electrónica"),
        Act.NONE,
        0,
        Decision.TIME_TO_CLOSE,
        # Whoever merely holds the link reads nothing: the identifier opens it.
        frozenset({Field.NAME, Field.IDENTIFIER}),
        _NO_ACT,
        notice_methods=_ELECTRONIC,
        **_CONSIGNED,
    ),
    Service.CERTIFIED_EMAIL: Profile(
        Text("Certified e-mail", "Email Certificado"),
        Act.NONE,
        0,
        Decision.TIME_TO_CLOSE,
        frozenset({Field.EMAIL}),
        _NO_PORTAL,
        notice_methods=frozenset({NoticeMethod.EMAIL}),
        # Attachments, which a mail need not have.
        documents=False,
        **_CARRIED,
    ),
    Service.CERTIFIED_SMS: Profile(
        Text("Certified SMS", "SMS Certificado"),
        Act.NONE,
        0,
        Decision.FINAL_RECEIPT,
        frozenset({Field.PHONE}),
        _NO_PORTAL,
        notice_methods=frozenset({NoticeMethod.SMS}),
        documents=False,
        **_CARRIED,
    ),
    Service.NOTIFICATION: _signed(
        "Certified electronic notification",
        "Notificación Certificada Electrónica",
        1,
        Act.ACKNOWLEDGE,
        sign_methods=_WITHOUT_CONTENT,
        positive=ErdsEvent.CONSIGNMENT_ACCEPTANCE,
        negative=ErdsEvent.CONSIGNMENT_REJECTION,
        expired=ErdsEvent.ACCEPTANCE_REJECTION_EXPIRY,
        skips=frozenset({State.CONSULTED}),
    ),
    Service.POSTAL_NOTIFICATION: Profile(
        Text("Certified postal notification", "Notificación Certificada Postal"),
        Act.COURIER,
        0,
        Decision.COURIER_STATUS,
        frozenset({Field.NAME, Field.POSTAL_ADDRESS}),
        _NO_PORTAL,
        notice_methods=frozenset({NoticeMethod.POSTAL}),
        negative=ErdsEvent.CONSIGNMENT_REJECTION,
        **_CARRIED,
    ),
    Service.CONTRACT: _signed("Certified electronic contracting", "Contratación Electrónica Certificada", 2),
    Service.CONTRACT_EXPRESS: _signed("Express contracting", "Contratación Exprés", 1),
    Service.ACCREDITATION: _signed(
        "Certified electronic accreditation", "Acreditación Electrónica Certificada", 1
    ),
    Service.ACCEPTANCE: _signed(
        "Certified electronic acceptance",
        "Aceptación Electrónica Certificada",
        1,
        Act.ACCEPT,
        documents=False,
        positive=ErdsEvent.ACCEPTED,
    ),
    Service.CUSTODY: Profile(
        Text("Certified electronic custody", "Custodia Electrónica Certificada"),
        Act.NONE,
        0,
        Decision.SEALED,
        skips=_NO_RECIPIENT,
        recipients=False,
        positive=ErdsEvent.TAKEN_INTO_CUSTODY,
    ),
    Service.VOICE_CUSTODY: Profile(
        Text("Certified voice custody", "Custodia Electrónica Certificada Voz"),
        Act.NONE,
        0,
        Decision.SEALED,
        skips=_NO_RECIPIENT,
        recipients=False,
        recordings=True,
        positive=ErdsEvent.TAKEN_INTO_CUSTODY,
    ),
    Service.BUROVOZ: Profile(
        Text("Burovoz", "Burovoz"),
        Act.CALL,
        0,
        Decision.CALL_END,
        skips=_NO_RECIPIENT,
        time_to_close=Duration(seconds=86400),
        recipients=False,
        documents=False,
        positive=ErdsEvent.CALL_HELD,
        negative=ErdsEvent.CALL_NOT_HELD,
        expired=ErdsEvent.CALL_NOT_HELD,
    ),
    Service.PUBLICATION: Profile(
        Text("Certified electronic publication", "Publicación Electrónica Certificada"),
        Act.NONE,
        0,
        Decision.PERIOD_END,
        skips=_NO_RECIPIENT,
        recipients=False,
        positive=ErdsEvent.PUBLICATION_ENDED,
    ),
    Service.ONCLICK_PUBLICATION: Profile(
        Text("OnClick, by publication", "OnClick, Por Publicación"),
        Act.ACCEPT,
        1,
        Decision.PERIOD_END,
        skips=frozenset({State.DISPATCHED, State.NOTIFIED}),
        sign_methods=_BY_CODE,
        recipients=False,
        positive=ErdsEvent.ACCEPTED,
    ),
}
