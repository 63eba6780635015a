"""Time runs out: whoever has not decided by `time_to_close` ends as EXPIRED; whoever was asked for no act, by
what is proven of them.

It fires only after `time_to_close` plus the permitted clock offset, so that an act in time always wins.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.domain.catalogue import Decision
from gateway.domain.participation import Role, role_of
from gateway.domain.record import TransactionRecord
from gateway.domain.results import RecipientState, Result
from gateway.usecases.bridge import outcome as bridge
from gateway.usecases.conclude import Conclude, concludes
from gateway.usecases.decide import Outcome, end
from gateway.usecases.decide_whole import decide_whole
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database, UnitOfWork, Wake
from gateway.usecases.publications.end import EndPublication
from gateway.usecases.visit import Visit

BATCH = 100


@dataclass(frozen=True, slots=True)
class ExpireDue:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake
    offset: timedelta
    end_publication: EndPublication
    conclude: Conclude

    def __call__(self) -> int:
        """Expire what is due, each in its own commit; how many transactions."""
        now = self.clock.now()
        with self.database.read() as uow:
            due = uow.transactions.expired(now - self.offset, BATCH)
        expired, failures = 0, list[Exception]()
        for guid in due:
            try:
                expired += self._expire(guid)
            except Exception as error:
                # One that fails must not keep the others open.
                failures.append(error)
        if expired:
            self.wake()
        if failures:
            raise failures[0]
        return expired

    def one(self, guid: str) -> bool:
        """Expire this transaction, if it is due; it may be told at once, not only by the alarm clock."""
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
        if record is None or record.close_at >= self.clock.now() - self.offset or not self._expire(guid):
            return False
        self.wake()
        return True

    def _expire(self, guid: str) -> bool:
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
            if record is None or record.state.closed_to_access:
                return False
            period = record.profile.decision is Decision.PERIOD_END
        if period:
            return self.end_publication(guid)
        return self._end_now(guid)

    def _end_now(self, guid: str) -> bool:
        with self.database.write() as uow:
            record = uow.transactions.lock(guid)
            if record is None or record.state.closed_to_access:
                return False
            if bridge.going_on(uow, record, self.clock.now()):
                return False
            self._end_all(uow, record)
            uow.commit()
        return True

    def _end_all(self, uow: UnitOfWork, record: TransactionRecord) -> None:
        """All at once, in one commit: nobody's turn comes by the expiry of another.

        Whoever only reads comes first, for the last one who decides ends it all.
        """
        recipients = tuple(uow.recipients.of(record.guid))
        called = record.profile.decision is Decision.CALL_END
        if called and bridge.held_in_time(uow, self.journal, record, self.clock.now()):
            return
        if not recipients:
            # Custody whose time ended before it could be sealed: nobody else is there to be late.
            what = Happening(self.clock.now(), evidence=record.profile.expired)
            decide_whole(uow, self.journal, record, what, Result.EXPIRED)
            return
        if concludes(record.profile):
            self.conclude(uow, record)
            return
        here = Visit(record, recipients, recipients[0], self.clock.now())
        expiry = Outcome(RecipientState.EXPIRED, Result.EXPIRED, record.profile.expired)
        for recipient in sorted(recipients, key=lambda each: role_of(each.asked) is not Role.VIEWER):
            if not recipient.state.terminal:
                here = end(uow, self.journal, replace(here, recipient=recipient), expiry)
