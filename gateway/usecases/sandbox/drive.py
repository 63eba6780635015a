"""DriveSandbox: an issuer's tests say what shall happen to a recipient, or let time come nearer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from gateway.domain.delivery import Outcome
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.listing import Listed
from gateway.domain.parties import Issuer
from gateway.domain.reports import Failure, Report, ReportKind
from gateway.domain.retention import Duration
from gateway.domain.sandbox import OF_THE_CHANNEL, Directive, SandboxMessage, Script
from gateway.domain.states import State
from gateway.usecases.commands import Reference
from gateway.usecases.conclude import concludes
from gateway.usecases.desk.reach import open_recipient, own_guid
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_results import available, happened, unreachable
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, ExternalMark, UnitOfWork, Wake
from gateway.usecases.reports.notices import notices
from gateway.usecases.reports.receive import ReceiveReport
from gateway.usecases.sandbox.forward import BringForward

# What a channel may tell after it took the message, of services that ask for no act.
REPORTS = {
    Script.DELIVERED: ReportKind.DELIVERED,
    Script.BOUNCED: ReportKind.FAILED,
    Script.REJECTED: ReportKind.REFUSED,
}
FARTHEST = timedelta(days=3660)


@dataclass(frozen=True, slots=True)
class Driven:
    """How it stands now (workers may still be at it), and what would have been sent so far."""

    transaction: Listed
    messages: tuple[SandboxMessage, ...]


@dataclass(frozen=True, slots=True)
class DriveSandbox:
    database: Database
    journal: Journal
    forward: BringForward
    clock: Clock
    wake: Wake
    mark: ExternalMark
    receive: ReceiveReport

    def __call__(
        self, issuer: Issuer, reference: Reference, position: int, script: Script | None, by: Duration | None
    ) -> Driven:
        """First the time, then the script; with neither it only tells how things stand.

        Raises GatewayError: NOT_SANDBOX for other issuers and their real transactions, NOT_FOUND, PURGED,
        CLOSED, RECIPIENT_NOT_FOUND, RECIPIENT_DECIDED, STEP_OUT_OF_ORDER for a receipt before any notice, and
        RULE_BROKEN for what only an address can ask for.
        """
        if not issuer.sandbox:
            raise GatewayError(ErrorKind.NOT_SANDBOX)
        with self.database.read() as uow:
            guid = own_guid(uow, self.mark, issuer, reference)
            if not uow.sandbox.holds(guid):
                raise GatewayError(ErrorKind.NOT_SANDBOX)
        if by is not None:
            self.forward(guid, self._length(by))
        if script is not None:
            self._direct(guid, position, script)
        self.wake()
        return self._told(issuer, guid)

    def _length(self, by: Duration) -> timedelta:
        now = self.clock.now()
        try:
            length = by.after(now) - now
        except (ValueError, OverflowError):
            length = timedelta.max
        if length > FARTHEST:
            raise GatewayError(ErrorKind.RULE_BROKEN, "no more than ten years at once")
        return length

    def _direct(self, guid: str, position: int, script: Script) -> None:
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
        if record is not None and concludes(record.profile) and script in REPORTS:
            self._report(guid, position, script)
            return
        with self.database.write() as uow:
            here = open_recipient(uow, guid, position, self.clock)
            if script is Script.EXPIRED:
                pass
            elif script in OF_THE_CHANNEL:
                self._receipt(uow, guid, position, script)
            else:
                uow.sandbox.direct(Directive(guid, position, script))
                uow.tasks.add(new_task(Kind.PLAY, guid, here.at, str(position)))
            uow.commit()
        if script is Script.EXPIRED:
            self.forward.to_the_end(here.record)

    def _report(self, guid: str, position: int, script: Script) -> None:
        """Where no act is asked for, what the channel tells is all that counts: it comes by the door of all
        channels' reports."""
        with self.database.write() as uow:
            here = open_recipient(uow, guid, position, self.clock)
            sent = notices(uow, here.recipient)
        if not sent or script not in REPORTS:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        kind, words = REPORTS[script], f"sandbox: simulated {script.value}"
        failure = Failure.OTHER if kind.undelivered else None
        self.receive(
            Report(
                sent[-1].channel,
                kind,
                here.at,
                words.encode(),
                "text/plain",
                effect=sent[-1].id,
                provider="sandbox",
                failure=failure,
                details=(("detail", words),),
                key=str(uuid4()),
            )
        )

    def _receipt(self, uow: UnitOfWork, guid: str, position: int, script: Script) -> None:
        """A receipt that comes after the hand-over, as operators and mail servers send it."""
        here = open_recipient(uow, guid, position, self.clock)
        if here.record.state < State.DISPATCHED:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        details = (("outcome", script.value), ("detail", "sandbox: simulated receipt"))
        what = Happening(here.at, position, details=details)
        if script is Script.DELIVERED:
            available(uow, self.journal, here.record, what)
        elif script is Script.BOUNCED:
            happened(uow, self.journal, here.record, Outcome.REFUSED, what)
            unreachable(uow, self.journal, here)
        else:
            raise GatewayError(ErrorKind.RULE_BROKEN, f"{script.value} is asked for by an address only")

    def _told(self, issuer: Issuer, guid: str) -> Driven:
        with self.database.read() as uow:
            (listed,) = uow.listings.by_guids(issuer.number, [guid])
            messages: Sequence[SandboxMessage] = uow.sandbox.messages(guid)
        return Driven(listed, tuple(messages))
