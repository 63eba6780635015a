"""The end of a service in which recipients are asked for no act: by its time, from what is proven of each.

It fires only after `time_to_close` plus the permitted clock offset, never before: until then a contact may
be corrected, a circuit may try another channel, and a receipt may still come. Nobody's reading ends early.
"""

from dataclasses import dataclass

from gateway.domain.catalogue import Act, Profile
from gateway.domain.conclusion import conclude, evidence_of, summary
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.results import Result
from gateway.usecases.journal import Journal
from gateway.usecases.outcomes import conclude_one
from gateway.usecases.participation import own_events
from gateway.usecases.ports import Clock, UnitOfWork
from gateway.usecases.reports.notices import notices

WITHOUT_ACT = frozenset({Act.NONE, Act.COURIER})


def concludes(profile: Profile) -> bool:
    """Whether its recipients end by what is proven of them, and not by what they did."""
    return profile.recipients and profile.act in WITHOUT_ACT


@dataclass(frozen=True, slots=True)
class Conclude:
    journal: Journal
    clock: Clock

    def __call__(self, uow: UnitOfWork, record: TransactionRecord) -> TransactionRecord:
        """End everybody who has not ended; the caller has locked the transaction, and its time is over."""
        for recipient in uow.recipients.of(record.guid):
            if recipient.result is Result.PENDING:
                record = self._one(uow, record, recipient)
        return record

    def _one(
        self, uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord
    ) -> TransactionRecord:
        # Of the attempts at one message the last one counts.
        messages = list({each.id.rpartition(".")[0]: each.id for each in notices(uow, recipient)}.values())
        events = list(own_events(uow.events.of(record.guid), recipient))
        ended = conclude(recipient.state, messages, events)
        return conclude_one(
            uow,
            self.journal,
            record,
            recipient,
            ended.state,
            ended.result,
            self.clock.now(),
            evidence_of(record.profile, ended),
            (("deadline", record.close_at.isoformat()), *summary(ended, messages, events)),
        )
