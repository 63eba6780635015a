"""A recipient's request inside a unit of work: the locked transaction, and whether it may still act."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.participation import turn_of
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.usecases.commands import Session
from gateway.usecases.ports import Clock, UnitOfWork


@dataclass(frozen=True, slots=True)
class Visit:
    """The transaction and all its recipients, as they are at `at`; `recipient` is the one who acts.

    `audit` names the session and the device in which they act, for the evidence.
    """

    record: TransactionRecord
    recipients: tuple[RecipientRecord, ...]
    recipient: RecipientRecord
    at: datetime
    audit: tuple[tuple[str, str], ...] = ()

    def after(self, uow: UnitOfWork, changed: RecipientRecord) -> "Visit":
        """Store the recipient's progress, compare-and-set, and return the visit as it is then.

        Raises GatewayError(TEMPORARILY_UNAVAILABLE) when somebody else changed it first.
        """
        if not uow.recipients.replace(self.recipient, changed):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        others = tuple(changed if each.position == changed.position else each for each in self.recipients)
        return replace(self, recipients=others, recipient=changed)


def visit(uow: UnitOfWork, guid: str, position: int, clock: Clock, *, lock: bool = True) -> Visit:
    """Load for a recipient's request; with `lock` nobody else changes it meanwhile.

    The clock is read once the lock is had: whoever waited for it until `close_at` is too late, and what
    happens to a transaction is timed in the order in which it happens.

    Raises GatewayError(CLOSED) from state 10 on, once this recipient is terminal, and from
    `close_at` on even while the expiry has not fired yet; NOT_YOUR_TURN while others decide before them,
    whatever they hold; ACCESS_DENIED for what does not exist.
    """
    record = uow.transactions.lock(guid) if lock else uow.transactions.get(guid)
    if record is None:
        raise GatewayError(ErrorKind.ACCESS_DENIED)
    now = clock.now()
    recipients = tuple(uow.recipients.of(guid))
    recipient = find(recipients, position)
    if record.state.closed_to_access or recipient.state.terminal or now >= record.close_at:
        raise GatewayError(ErrorKind.CLOSED)
    if recipient.asked.order > turn_of(recipients):
        raise GatewayError(ErrorKind.NOT_YOUR_TURN)
    return Visit(record, recipients, recipient, now)


def visit_of(uow: UnitOfWork, session: Session, clock: Clock, *, lock: bool = True) -> Visit:
    """As `visit`, for a session: ACCESS_DENIED once its link died, because the contact was corrected, and
    SESSION_ENDED once it is over or comes from another device."""
    here = visit(uow, session.guid, session.position, clock, lock=lock)
    if here.recipient.link_version != session.link_version:
        raise GatewayError(ErrorKind.ACCESS_DENIED)
    demand_session(uow, session, here.at)
    return replace(here, audit=session.audit)


def demand_session(uow: UnitOfWork, session: Session, now: datetime) -> None:
    """Raises GatewayError(SESSION_ENDED) unless it lives, is this recipient's and bears its own device.

    A session without an id is no browser's: see `Session`.
    """
    if not session.id:
        return
    kept = uow.portal_sessions.get(session.id)
    if kept is None or not kept.lives(now):
        raise GatewayError(ErrorKind.SESSION_ENDED)
    same = hmac.compare_digest(kept.device, session.device)
    whose = (kept.guid, kept.position, kept.link_version)
    if not same or whose != (session.guid, session.position, session.link_version):
        raise GatewayError(ErrorKind.SESSION_ENDED)


def visit_if_open(
    uow: UnitOfWork, guid: str, position: int, clock: Clock, *, lock: bool = True
) -> Visit | None:
    """As `visit`, for workers: None when everything was decided before the task got its
    turn, or the recipient's own has not come."""
    try:
        return visit(uow, guid, position, clock, lock=lock)
    except GatewayError as error:
        if error.kind in {ErrorKind.CLOSED, ErrorKind.NOT_YOUR_TURN}:
            return None
        raise


def find(recipients: Sequence[RecipientRecord], position: int) -> RecipientRecord:
    """The recipient at `position`; raises GatewayError(ACCESS_DENIED) when there is none."""
    for recipient in recipients:
        if recipient.position == position:
            return recipient
    raise GatewayError(ErrorKind.ACCESS_DENIED)
