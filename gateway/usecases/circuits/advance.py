"""Carries a circuit on: by the clock, and at once when everything that was sent has failed.

A step is one commit: what is to be sent is queued together with the event that says by which rule, so that no
rule is carried out twice, whoever asks at the same time.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.circuits import Action, Limits, Rule, Standing, Step, next_step
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord, Task, TransactionRecord
from gateway.usecases.circuits.history import STEP, circuit_of, standing_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_series import effect_of, queue
from gateway.usecases.outbox import Kind, Postpone, new_task
from gateway.usecases.ports import Clock, Database, UnitOfWork
from gateway.usecases.reports.notices import notices
from gateway.usecases.visit import find

NOT_SENT_YET = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Advance:
    """`limits` hold for issuers without a circuit; `served` are the channels that there are."""

    database: Database
    journal: Journal
    clock: Clock
    limits: Limits
    served: frozenset[Channel]

    def __call__(self, task: Task) -> bool:
        """Raises Postpone until the next step is due."""
        with self.database.write() as uow:
            record = uow.transactions.lock(task.guid)
            if record is None:
                return False
            recipient = find(uow.recipients.of(task.guid), int(task.subject))
            step = self._carry_on(uow, record, recipient)
            uow.commit()
            now = self.clock.now()
        if step.action is Action.SEND:
            # What comes after it is found out once it is queued.
            raise Postpone(now)
        if step.at is not None:
            raise Postpone(step.at)
        if step.why.waits and not record.state.closed_to_access and now < record.close_at:
            raise Postpone(now + NOT_SENT_YET)
        return False

    def onward(
        self, uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord, _at: datetime
    ) -> bool:
        """Whether anything is left to try; what is due now is queued in this unit of work."""
        step = self._carry_on(uow, record, recipient)
        if step.action is Action.NOTHING:
            return False
        due_at = step.at if step.action is Action.WAIT and step.at else self.clock.now()
        uow.tasks.add(new_task(Kind.CIRCUIT, record.guid, due_at, str(recipient.position), lane=record.lane))
        return True

    def _carry_on(self, uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord) -> Step:
        """What comes next; when that is now, it is queued."""
        now = self.clock.now()
        circuit = circuit_of(uow, record, self.limits, recipient)
        standing = standing_of(uow, record, recipient, self.served) if circuit.rules else _nothing(record)
        step = next_step(circuit, standing, now)
        if step.action is Action.SEND and step.rule is not None:
            self._send(uow, record, recipient, step.rule, now)
            self._note(uow, record, recipient.position, step, step.rule)
        return step

    def _send(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        recipient: RecipientRecord,
        rule: Rule,
        now: datetime,
    ) -> None:
        if _used(uow, recipient, rule.channel):
            again = replace(recipient, series=recipient.series + 1)
            if not uow.recipients.replace(recipient, again):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            recipient = again
        queue(uow, record, tuple(uow.recipients.of(record.guid)), recipient, now, rule.channel)

    def _note(
        self, uow: UnitOfWork, record: TransactionRecord, position: int, step: Step, rule: Rule
    ) -> None:
        present = find(uow.recipients.of(record.guid), position)
        details = (
            ("rule", rule.name),
            ("channel", rule.channel.value),
            ("reason", step.why.name),
            ("effect", effect_of(present, rule.channel)),
        )
        self.journal.noted(uow, record, STEP, Happening(self.clock.now(), position, details=details))


def _used(uow: UnitOfWork, recipient: RecipientRecord, channel: Channel) -> bool:
    """Whether the present series has sent, or is to send, by it: another message is another series."""
    name = effect_of(recipient, channel)
    sent = any(each.id.startswith(f"{name}.") for each in notices(uow, recipient))
    return sent or any(
        dict(each.details).get("effect") == name
        for each in uow.events.of(recipient.guid)
        if each.kind == STEP
    )


def _nothing(record: TransactionRecord) -> Standing:
    return Standing((), record.close_at)
