"""Custody is extended after closing: by the issuer, by the operator, or by contract; each with evidence.

A lost answer is answered again: an extension with a `token` happens once for that token, and one without
is the same request for a day. Certificate and pack, made at 12, are never touched.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.domain.custody import Cause, CustodyContract, Extension, extended
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.parties import Issuer
from gateway.domain.record import TransactionRecord
from gateway.domain.retention import Duration
from gateway.domain.states import State
from gateway.usecases.commands import Reference
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database, ExternalMark, UnitOfWork, Wake
from gateway.usecases.queries import own

SAME_REQUEST = timedelta(days=1)
BATCH = 100
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ExtendCustody:
    """`ahead`: how long before an end the contract moves it."""

    database: Database
    journal: Journal
    clock: Clock
    wake: Wake
    ahead: timedelta
    mark: ExternalMark

    def __call__(self, issuer: Issuer, reference: Reference, by: Duration, token: str = "") -> Extension:
        """Extend, or give the stored extension of the same request again.

        Raises GatewayError: NOT_FOUND, PURGED, NOT_YET_THERE before the certificate is made, RULE_BROKEN for
        an end that is not allowed.
        """
        with self.database.write() as uow:
            uow.transactions.lock(own(uow, self.mark, issuer, reference).guid)
            record, now = own(uow, self.mark, issuer, reference), self.clock.now()
            before = _same(uow, record.guid, by, token, now)
            if before is not None:
                return before
            extension = self._extension(uow, record, by, token, now)
            self._apply(uow, record, extension)
            uow.commit()
        self.wake()
        return extension

    def by_operator(
        self, guid: str, by: Duration, token: str = "", also: Callable[[UnitOfWork], None] | None = None
    ) -> Extension:
        """As the issuer's own, on the operator's word; `also` joins the commit. One token extends once."""
        with self.database.write() as uow:
            record, now = uow.transactions.lock(guid), self.clock.now()
            if record is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            before = _same(uow, guid, by, token, now, Cause.OPERATOR) if token else None
            if before is not None:
                return before
            extension = self._extension(uow, record, by, token, now, Cause.OPERATOR)
            self._apply(uow, record, extension)
            if also:
                also(uow)
            uow.commit()
        self.wake()
        return extension

    def by_contract(self) -> int:
        """Move every end that is near by its issuer's contract, each in its own commit; how many.

        One that fails keeps no other; the first failure is raised in the end.
        """
        with self.database.read() as uow:
            contracts = uow.custody.contracts()
        moved, failures = 0, list[Exception]()
        for contract in contracts:
            before = min(self.clock.now() + self.ahead, contract.until)
            for guid in self._ending(contract.issuer, before):
                try:
                    moved += self._extend_one(guid, contract, before)
                except Exception as error:
                    failures.append(error)
        if moved:
            self.wake()
        if failures:
            raise failures[0]
        return moved

    def _ending(self, issuer: int, before: datetime) -> Iterator[str]:
        """In constant memory, and past those that cannot be moved; one that is moved may come again."""
        after = (EARLIEST, "")
        while True:
            with self.database.read() as uow:
                page = uow.custody.ending(issuer, before, after, BATCH)
            yield from (guid for _, guid in page)
            if len(page) < BATCH:
                return
            after = page[-1]

    def _extend_one(self, guid: str, contract: CustodyContract, before: datetime) -> bool:
        with self.database.write() as uow:
            record = _living(uow, guid)
            if record is None or record.custody_until is None or record.custody_until >= before:
                return False
            if uow.certificates.get(guid) is None:
                return False
            old_end, now = record.custody_until, self.clock.now()
            new_end = min(_by_months(old_end, contract, now), contract.until)
            extension = Extension(guid, old_end, new_end, contract.months, Cause.CONTRACT, now)
            self._apply(uow, record, extension)
            uow.commit()
        return True

    def _extension(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        by: Duration,
        token: str,
        now: datetime,
        cause: Cause = Cause.ISSUER,
    ) -> Extension:
        if record.state is not State.CLOSED or record.custody_until is None:
            raise GatewayError(ErrorKind.NOT_YET_THERE, "the transaction is not closed")
        if uow.certificates.get(record.guid) is None:
            # It states the end of custody as it was at the closing.
            raise GatewayError(ErrorKind.NOT_YET_THERE, "the certificate is not made yet")
        try:
            new_end = extended(record.custody_until, by, now)
        except ValueError as error:
            raise GatewayError(ErrorKind.RULE_BROKEN, str(error)) from None
        return Extension(record.guid, record.custody_until, new_end, by.months, cause, now, token)

    def _apply(self, uow: UnitOfWork, record: TransactionRecord, extension: Extension) -> None:
        if not uow.custody.extend(extension):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        details = (
            ("old_end", extension.old_end.isoformat()),
            ("new_end", extension.new_end.isoformat()),
            ("reason", extension.cause.value),
        )
        what = Happening(extension.at, evidence=ErdsEvent.CUSTODY_EXTENDED, details=details)
        self.journal.noted(uow, record, "CUSTODY_EXTENDED", what)


def _by_months(old_end: datetime, contract: CustodyContract, now: datetime) -> datetime:
    """The contract's next end; several periods at once where nobody looked for as long."""
    period, end = Duration(months=contract.months), old_end
    while end <= max(old_end, now):
        end = period.after(end)
    return end


def _same(
    uow: UnitOfWork, guid: str, by: Duration, token: str, now: datetime, cause: Cause = Cause.ISSUER
) -> Extension | None:
    """What this very request did before. Raises GatewayError(RULE_BROKEN) for a token with another length."""
    for done in reversed(uow.custody.extensions(guid)):
        if done.cause is not cause or done.token != token:
            continue
        if token and done.months != by.months:
            raise GatewayError(ErrorKind.RULE_BROKEN, "the token was used before with another extension")
        if token or (done.months == by.months and done.at > now - SAME_REQUEST):
            return done
    return None


def _living(uow: UnitOfWork, guid: str) -> TransactionRecord | None:
    """Locked; None for what a restored backup brought back after its purge, which the next purge erases."""
    try:
        return uow.transactions.lock(guid)
    except GatewayError as error:
        if error.kind is ErrorKind.KEY_DESTROYED:
            return None
        raise
