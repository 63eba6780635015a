"""A recipient whom somebody else than themself does something about: found, locked, and still open."""

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.results import Result
from gateway.usecases.commands import Reference
from gateway.usecases.ports import Clock, ExternalMark, UnitOfWork
from gateway.usecases.queries import own
from gateway.usecases.visit import Visit


def open_recipient(uow: UnitOfWork, guid: str, position: int, clock: Clock) -> Visit:
    """The transaction is locked. Raises GatewayError: NOT_FOUND; CLOSED from state 10 or `close_at` on;
    RECIPIENT_NOT_FOUND; RECIPIENT_DECIDED."""
    record = uow.transactions.lock(guid)
    if record is None:
        raise GatewayError(ErrorKind.NOT_FOUND)
    now, recipients = clock.now(), tuple(uow.recipients.of(guid))
    if record.state.closed_to_access or now >= record.close_at:
        raise GatewayError(ErrorKind.CLOSED)
    recipient = next((each for each in recipients if each.position == position), None)
    if recipient is None:
        raise GatewayError(ErrorKind.RECIPIENT_NOT_FOUND)
    if recipient.state.terminal or recipient.result is not Result.PENDING:
        raise GatewayError(ErrorKind.RECIPIENT_DECIDED)
    return Visit(record, recipients, recipient, now)


def own_guid(uow: UnitOfWork, mark: ExternalMark, issuer: Issuer, reference: Reference) -> str:
    """The GUID of the issuer's own transaction, looked up before anything of it is locked."""
    return own(uow, mark, issuer, reference).guid
