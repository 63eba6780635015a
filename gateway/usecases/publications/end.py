"""The period ends: the outcome is fixed, with the digest of everything that was logged meanwhile."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.domain.evidence import ErdsEvent
from gateway.domain.publication import PublicVisit, VisitKind
from gateway.domain.record import TransactionRecord
from gateway.domain.results import POSITIVE, RecipientState, Result
from gateway.usecases.decide import Outcome, end
from gateway.usecases.decide_whole import decide_whole
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault
from gateway.usecases.publications.log import log_of
from gateway.usecases.visit import Visit


@dataclass(frozen=True, slots=True)
class EndPublication:
    database: Database
    vault: Vault
    journal: Journal
    clock: Clock

    def __call__(self, guid: str) -> bool:
        """Once the period is over, so that no access comes any more; False when it was ended already."""
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
            if record is None or record.state.closed_to_access:
                return False
            visits, key = uow.publications.visits(guid), uow.keys.get(guid)
        log = log_of(visits)
        (sha256,) = self.vault.put(guid, key, [log]) if log else (hashlib.sha256(log).digest(),)
        with self.database.write() as uow:
            locked = uow.transactions.lock(guid)
            if locked is None or locked.state.closed_to_access:
                return False
            self._end(uow, locked, visits, sha256)
            uow.commit()
        return True

    def _end(
        self, uow: UnitOfWork, record: TransactionRecord, visits: Sequence[PublicVisit], sha256: bytes
    ) -> None:
        published = uow.publications.get(record.guid)
        if published is None:
            # It never became public, for example because no time-stamp was to be had all the time.
            what = Happening(self.clock.now(), evidence=record.profile.expired)
            decide_whole(uow, self.journal, record, what, Result.EXPIRED)
            return
        if visits:
            uow.publications.logged(record.guid, sha256)
        record = self._leave(uow, record)
        accepted = sum(each.state in POSITIVE for each in uow.recipients.of(record.guid))
        details = (
            ("published_at", published.published_at.isoformat()),
            ("until", record.close_at.isoformat()),
            ("checks", str(published.checks)),
            ("accesses", str(sum(visit.kind is not VisitKind.JOINED for visit in visits))),
            ("acceptances", str(accepted)),
            ("log_sha256", sha256.hex()),
        )
        what = Happening(self.clock.now(), evidence=ErdsEvent.PUBLICATION_ENDED, details=details)
        decide_whole(uow, self.journal, record, what, Result.COMPLETED)

    def _leave(self, uow: UnitOfWork, record: TransactionRecord) -> TransactionRecord:
        """Whoever began to accept and did not end in time."""
        recipients = tuple(uow.recipients.of(record.guid))
        if not recipients:
            return record
        here = Visit(record, recipients, recipients[0], self.clock.now())
        late = Outcome(RecipientState.EXPIRED, Result.EXPIRED, record.profile.expired)
        for recipient in recipients:
            if not recipient.state.terminal:
                here = end(uow, self.journal, replace(here, recipient=recipient), late)
        return here.record
