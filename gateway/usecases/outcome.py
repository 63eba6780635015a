"""A recipient's own decision, told once more to whoever decided: browsers lose answers and send forms twice.

It is the one thing that is answered after state 10, only to the session that decided, and for minutes only.
"""

from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.results import POSITIVE, RecipientState
from gateway.usecases.commands import Session
from gateway.usecases.copies.reach import gets_copy
from gateway.usecases.facts import issuer_of
from gateway.usecases.participation import concerned
from gateway.usecases.ports import Clock, Database
from gateway.usecases.results import OwnOutcome
from gateway.usecases.visit import find

TOLD_FOR = timedelta(minutes=10)
DECISIONS = POSITIVE | {RecipientState.REJECTED, RecipientState.WITHDRAWN}


@dataclass(frozen=True, slots=True)
class TellOutcome:
    """`tells`: whether recipients are written to at the end at all."""

    database: Database
    clock: Clock
    tells: bool = True

    def __call__(self, session: Session) -> OwnOutcome | None:
        """None when this recipient decided nothing, or not within the last ten minutes."""
        with self.database.read() as uow:
            record = uow.transactions.get(session.guid)
            recipient = find(uow.recipients.of(session.guid), session.position)
            if record is None or recipient.state not in DECISIONS or recipient.decided_at is None:
                return None
            if self.clock.now() >= recipient.decided_at + TOLD_FOR:
                return None
            return OwnOutcome(
                recipient.state,
                record.guid,
                issuer_of(uow, record.issuer).name,
                record.asked.return_url,
                recipient.decided_at,
                tuple(each.name for each in concerned(uow, record, recipient)),
                self.tells and gets_copy(record, recipient, uow.effects.of(record.guid)),
            )
