"""The web sender: its adapters by the settings, and the use cases over them."""

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from gateway.adapters.crypto.issuer_keys import IssuerKeys
from gateway.adapters.crypto.issuer_trust import IssuerTrust
from gateway.adapters.crypto.order_signer import HeldKeySigner
from gateway.bootstrap import approved, observed
from gateway.bootstrap.issuer_trust import issuer_of, issuer_trust
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.cancel import Cancel
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.pack import PackQuery
from gateway.usecases.ports import Wake
from gateway.usecases.queries import Queries
from gateway.usecases.sender.alerts import Alerts
from gateway.usecases.sender.drafts import Drafts
from gateway.usecases.sender.held_keys import HeldKeys
from gateway.usecases.sender.send import SendDraft
from gateway.usecases.sender.templates import Templates
from gateway.usecases.sender.track import Tracking
from gateway.usecases.submit import Submit


@dataclass(frozen=True)
class Sender:
    """The use cases of this subject."""

    drafts: Drafts
    send: SendDraft
    tracking: Tracking
    templates: Templates
    alerts: Alerts
    keys: HeldKeys

    @property
    def handlers(self) -> dict[Kind, Handler]:
        return {Kind.SEND_DRAFT: self.send.handle}


@dataclass(frozen=True)
class Core:
    """What the doors of issuers share."""

    journal: Journal
    submit: Submit
    queries: Queries
    pack_of: PackQuery
    cancel: Cancel


def sender(settings: Settings, tech: Technology, wake: Wake, core: Core) -> Sender:
    submit = observed.submit(core.submit, tech.metrics)
    database, clock, life = tech.database, tech.clock, settings.sender.draft_life
    keys = IssuerKeys(settings.sender.keys)
    signer = HeldKeySigner(
        keys,
        tech.timestamper,
        clock,
        _Trust(settings),
        lambda digest: issuer_of(database, digest),
    )
    return Sender(
        drafts=Drafts(database, tech.vault, tech.paper, clock, life, settings.sender.drafts),
        send=SendDraft(database, tech.vault, signer, submit, clock, wake, tech.metrics.rows_sent, life),
        tracking=Tracking(database, core.queries, core.pack_of, core.cancel),
        templates=Templates(database, tech.paper, clock),
        alerts=Alerts(database, clock),
        keys=HeldKeys(database, keys, clock, approved.registering(settings, database, clock)),
    )


class _Trust:
    """The SOAP door's trust in issuers' certificates, read when it is first asked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._trust: IssuerTrust | None = None

    def __call__(self, certificate: x509.Certificate, at: datetime) -> None:
        if self._trust is None:
            self._trust = issuer_trust(self._settings)
        self._trust.check(certificate, at)
