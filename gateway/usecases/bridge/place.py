"""Puts a call through: intent, hand-over to the provider, result, and the task that follows it.

A hand-over of unknown fate is never repeated: the provider may tell of it yet, or the time ends.
"""

from dataclasses import dataclass

from gateway.domain.delivery import Channel, Effect, Outcome, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import Task, TransactionRecord
from gateway.usecases.bridge.outcome import unanswered
from gateway.usecases.deliver import Deliver, Delivered, finished
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import BridgeTexts, Clock, Database

PLACED = frozenset({Outcome.ACCEPTED, Outcome.DELIVERED})


@dataclass(frozen=True, slots=True)
class PlaceCall:
    """The handler of PLACE_CALL tasks; their subject is the attempt, from 1."""

    database: Database
    deliver: Deliver
    texts: BridgeTexts
    journal: Journal
    clock: Clock

    def __call__(self, task: Task) -> bool:
        series = f"call-{task.guid}-{task.subject}"
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            issuer = issuer_of(uow, record.issuer) if record else None
        if record is None or issuer is None:
            return False
        if record.state.closed_to_access or self.clock.now() >= record.close_at:
            begun = self.deliver.left_open(series)
            if begun is not None:
                self._record(task.guid, begun[1])
            return False
        done = self._hand_over(series, record, issuer)
        self._record(task.guid, done)
        if done.receipt.outcome is Outcome.NOT_SENT:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        return False

    def _hand_over(self, series: str, record: TransactionRecord, issuer: Issuer) -> Delivered:
        call = record.asked.call
        if call is None:
            raise GatewayError(ErrorKind.INTERNAL, "a transaction without a call")
        intent = Effect(
            id=series,
            guid=record.guid,
            position=None,
            channel=Channel.VOICE,
            purpose=Purpose.CALL,
            address=call.called.phone,
            intended_at=self.clock.now(),
        )
        return self.deliver(intent, lambda effect_id: self.texts.bridged(effect_id, record, issuer, call))

    def _record(self, guid: str, done: Delivered) -> None:
        if done.stored:
            return
        outcome = done.receipt.outcome
        with self.database.write() as uow:
            record = uow.transactions.lock(guid)
            if record is None or not finished(uow, done):
                return
            kind = "BRIDGE_PLACED" if outcome in PLACED else "BRIDGE_NOT_PLACED"
            said = (("reference", done.receipt.reference), ("detail", done.receipt.detail))
            details = (
                ("effect", done.effect_id),
                ("outcome", outcome.value),
                *((n, v) for n, v in said if v),
            )
            self.journal.noted(uow, record, kind, Happening(done.receipt.at, details=details))
            if outcome in PLACED or outcome is Outcome.UNKNOWN:
                uow.tasks.add(new_task(Kind.FOLLOW_BRIDGE, guid, self.clock.now(), done.effect_id))
            elif outcome is Outcome.REFUSED and not record.state.closed_to_access:
                unanswered(uow, self.journal, record, done.receipt.at)
            uow.commit()
