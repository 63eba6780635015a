"""A transaction as the issuer asked for it, and the rules that hold whatever the service.

Rules of one service are data in `catalogue`; this file only applies them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from gateway.domain.addressing import address_rules
from gateway.domain.bridge import BridgedCall, call_rules
from gateway.domain.catalogue import CATALOGUE, Act, Decision, Field, Profile, Service
from gateway.domain.circuit_asked import circuit_rules, zone_rules
from gateway.domain.circuits import Condition, Rule
from gateway.domain.consents import Consent, consent_rules
from gateway.domain.delivery import Channel
from gateway.domain.documents import Document, DocumentGroup, FormField
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.flow import Flow
from gateway.domain.forms import form_rules
from gateway.domain.legal_identity import can_be_certified
from gateway.domain.participation import Role, broken_rules, role_of
from gateway.domain.parties import NoticeMethod, Recipient, RuleAction
from gateway.domain.recordings import is_recording
from gateway.domain.retention import Duration, custody_long_enough
from gateway.domain.signing import SignMethod
from gateway.domain.sms import certified_sms_rules


class SigningChannel(Enum):
    DIRECT = "DIRECT"
    POINT_OF_SALE = "POINT_OF_SALE"
    CALL_CENTER = "CALL_CENTER"


@dataclass(frozen=True, slots=True)
class Reminder:
    """With `although_unknown` it goes although nobody knows whether the last message by that channel left."""

    after: Duration
    channel: Channel
    although_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Fallback:
    """When `condition` (UNDELIVERED or UNOPENED) still holds `after` dispatch, notify by `channel`."""

    after: Duration
    condition: str
    channel: Channel
    although_unknown: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """Everything the issuer said. `time_to_close` is an instant, or a duration from the start."""

    service: Service
    external_id: str
    subject: str
    body: str = ""
    language: str = "es"
    channel: SigningChannel = SigningChannel.DIRECT
    send_at: datetime | None = None
    time_to_close: datetime | Duration | None = None
    time_to_save: Duration = Duration(months=60)
    sign_method: SignMethod | None = None
    documents: tuple[Document, ...] = ()
    groups: tuple[DocumentGroup, ...] = ()
    forms: tuple[FormField, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    fallbacks: tuple[Fallback, ...] = ()
    return_url: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    flow: Flow = field(default_factory=Flow)
    consents: tuple[Consent, ...] = ()
    call: BridgedCall | None = None

    @property
    def profile(self) -> Profile:
        return CATALOGUE[self.service]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The circuit that it asks for itself: fallbacks first, then reminders."""
        fallbacks = (
            Rule(f"fallback {n}", each.after, each.channel, Condition(each.condition), each.although_unknown)
            for n, each in enumerate(self.fallbacks, 1)
        )
        reminders = (
            Rule(f"reminder {n}", each.after, each.channel, Condition.NOT_ACTED, each.although_unknown)
            for n, each in enumerate(self.reminders, 1)
        )
        return (*fallbacks, *reminders)

    def method_for(self, recipient: Recipient, default: SignMethod) -> SignMethod:
        """The recipient's own sign method, else the transaction's, else the issuer's default."""
        return recipient.sign_method or self.sign_method or default

    def closes_at(self, received_at: datetime) -> datetime:
        """The instant after which the transaction expires: `time_to_close` counted from the start."""
        start = max(self.send_at or received_at, received_at)
        limit = self.time_to_close or self.profile.time_to_close
        return limit.after(start) if isinstance(limit, Duration) else limit


def check(transaction: Transaction, received_at: datetime, default: SignMethod) -> None:
    """Apply every business rule; raises GatewayError(RULE_BROKEN) with each rule that fails."""
    broken = [
        *_schedule(transaction, received_at),
        *_parties(transaction, default),
        *_references(transaction),
        *_rules(transaction),
        *_spoken(transaction, default),
        *form_rules(transaction.forms),
        *_consents(transaction),
        *call_rules(transaction.call, wanted=transaction.profile.act is Act.CALL),
        *_sms(transaction),
        *circuit_rules(transaction.rules, transaction.recipients, told=transaction.profile.told),
    ]
    if broken:
        raise GatewayError(ErrorKind.RULE_BROKEN, "; ".join(broken))


def check_unintegrated(transaction: Transaction) -> None:
    """What an issuer without integration may not choose: its profile holds the one sign method, and each
    transaction has one signer. Raises GatewayError(RULE_BROKEN)."""
    broken = []
    if transaction.sign_method or any(each.sign_method for each in transaction.recipients):
        broken.append("sign_method may not be set by an issuer without integration")
    if len(transaction.recipients) > 1:
        broken.append("several signers may not be set by an issuer without integration")
    if broken:
        raise GatewayError(ErrorKind.RULE_BROKEN, "; ".join(broken))


def _schedule(transaction: Transaction, received_at: datetime) -> Iterator[str]:
    try:
        closes_at = transaction.closes_at(received_at)
        transaction.time_to_save.after(closes_at)
    except ValueError:
        yield "time_to_close or time_to_save is too far ahead"
        return
    if closes_at <= max(transaction.send_at or received_at, received_at):
        yield "time_to_close is not after the start"
    if closes_at - received_at > timedelta(days=366 * 3):
        yield "time_to_close is more than three years ahead"
    if not custody_long_enough(transaction.time_to_save):
        yield "time_to_save must be years or months, P5Y at least"


def _parties(transaction: Transaction, default: SignMethod) -> Iterator[str]:
    profile = transaction.profile
    if bool(transaction.recipients) != profile.recipients:
        yield (
            f"{transaction.service.value} needs recipients"
            if profile.recipients
            else "no recipient is allowed"
        )
    if transaction.send_at and profile.decision is Decision.SEALED:
        yield "send_at is not allowed: nothing is sent"
    method = transaction.sign_method or default
    if not profile.recipients and profile.codes and method not in profile.sign_methods:
        yield f"sign_method {method.value} is not available for {transaction.service.value}"
    if profile.documents and not transaction.documents:
        yield f"{transaction.service.value} needs a document"
    yield from _recordings(transaction)
    for index, recipient in enumerate(transaction.recipients, 1):
        for rule in _recipient(transaction, recipient, default):
            yield f"recipient {index}: {rule}"


def _recordings(transaction: Transaction) -> Iterator[str]:
    for document in transaction.documents:
        if transaction.profile.recordings and not is_recording(document.media_type):
            yield f"document {document.id}: {document.media_type} is no recording (WAV, MP3 or OGG)"
        if document.call is None:
            continue
        if not transaction.profile.recordings:
            yield f"document {document.id}: only recordings bear data of a call"
        if document.call.ended_at is not None and document.call.ended_at < document.call.started_at:
            yield f"document {document.id}: its call ends before it starts"


def _recipient(transaction: Transaction, recipient: Recipient, default: SignMethod) -> Iterator[str]:
    profile = transaction.profile
    method = transaction.method_for(recipient, default)
    given = {
        Field.NAME: bool(recipient.name),
        Field.EMAIL: bool(recipient.email),
        Field.PHONE: bool(recipient.phone),
        Field.IDENTIFIER: recipient.identifier is not None,
        Field.POSTAL_ADDRESS: recipient.postal_address is not None,
    }
    needed = profile.required | _NOTICE_NEEDS[recipient.notice_method]
    if profile.codes and method.needs_phone:
        needed |= {Field.PHONE}
    yield from (f"{field.value} is missing" for field in Field if field in needed and not given[field])
    if profile.codes and method not in profile.sign_methods:
        yield f"sign_method {method.value} is not available for {transaction.service.value}"
    if profile.codes and method is SignMethod.CERTIFICATE and not can_be_certified(recipient):
        yield "sign_method CERTIFICATE needs a legal identity: DNI, NIE, NIF, CIF or PASSPORT"
    if profile.codes and method is SignMethod.CERTIFICATE and not transaction.documents:
        yield "sign_method CERTIFICATE needs a document"
    yield from address_rules(recipient)
    yield from zone_rules(recipient)
    if recipient.notice_method not in profile.notice_methods:
        notice = recipient.notice_method.value
        yield f"notice_method {notice} is not available for {transaction.service.value}"


def _sms(transaction: Transaction) -> Iterator[str]:
    if transaction.profile.text_only:
        yield from certified_sms_rules(transaction.body, len(transaction.documents))


def _spoken(transaction: Transaction, default: SignMethod) -> Iterator[str]:
    """A yes is spoken in a call: somebody must be called."""
    if transaction.flow.spoken_acceptance:
        methods = {transaction.method_for(recipient, default) for recipient in transaction.recipients}
        if not transaction.profile.codes or not any(method.by_call for method in methods):
            yield "spoken_acceptance needs sign_method VOICE or SMS_VOICE"


_NOTICE_NEEDS: dict[NoticeMethod, frozenset[Field]] = {
    NoticeMethod.EMAIL: frozenset({Field.EMAIL}),
    NoticeMethod.SMS: frozenset({Field.PHONE}),
    NoticeMethod.EMAIL_AND_SMS: frozenset({Field.EMAIL, Field.PHONE}),
    NoticeMethod.VOICE: frozenset({Field.PHONE}),
    NoticeMethod.POSTAL: frozenset({Field.POSTAL_ADDRESS}),
    NoticeMethod.WEB: frozenset(),
}


def _rules(transaction: Transaction) -> Iterator[str]:
    profile, names = transaction.profile, [document.id for document in transaction.documents]
    acts = profile.act in {Act.SIGN, Act.ACCEPT, Act.ACKNOWLEDGE}
    yield from broken_rules(transaction.recipients, transaction.groups, names, acts=acts)
    if profile.recipients and profile.act in {Act.NONE, Act.COURIER}:
        yield from _without_act(transaction)
    if profile.act is Act.ACKNOWLEDGE:
        for index, recipient in enumerate(transaction.recipients, 1):
            if role_of(recipient) is Role.VIEWER:
                yield f"recipient {index}: {transaction.service.value} is acknowledged by everybody"


def _without_act(transaction: Transaction) -> Iterator[str]:
    """Nobody decides, so nobody decides before another, and nothing is signed, accepted or filled in."""
    service = transaction.service.value
    if len({each.order for each in transaction.recipients}) > 1:
        yield f"{service} has no order: nobody decides before another"
    for index, recipient in enumerate(transaction.recipients, 1):
        if any(rule.action is not RuleAction.READ for rule in recipient.rules):
            yield f"recipient {index}: nothing is signed or accepted in {service}"
    if transaction.forms:
        yield f"{service} has no form: nobody is asked for anything"


def _consents(transaction: Transaction) -> Iterator[str]:
    # Who joins a publication says who they are: nobody's book is written by their word alone.
    accepts = transaction.profile.act is Act.ACCEPT and transaction.profile.recipients
    return consent_rules(transaction.consents, transaction.recipients, accepts=accepts)


def _references(transaction: Transaction) -> Iterator[str]:
    names = [document.id for document in transaction.documents]
    if len(set(names)) != len(names):
        yield "document ids repeat"
    groups = {group.id for group in transaction.groups}
    for group in transaction.groups:
        if not set(group.documents) <= set(names):
            yield f"document group {group.id} names an unknown document"
    for index, recipient in enumerate(transaction.recipients, 1):
        if any(rule.group not in groups for rule in recipient.rules):
            yield f"recipient {index}: a rule names an unknown document group"
