"""The one place where something that happened becomes an event, a move of state and an evidence intent.

Everything is written in the caller's unit of work: event, compare-and-set of the state, the rendered
evidence with its digest, and the task that will seal it. Nothing is signed here.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent, EvidenceFacts
from gateway.domain.record import (
    INTERACTIVE,
    DataKey,
    EventRecord,
    EvidenceStatus,
    StoredEvidence,
    TransactionRecord,
)
from gateway.domain.results import Result
from gateway.domain.states import TRANSITIONS, Event, State, move
from gateway.usecases.alerts.queue import queue_alert
from gateway.usecases.facts import Known, facts_of, known_of
from gateway.usecases.feedback.offer import offer
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Sealer, UnitOfWork, Vault


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened at `at` to the recipient at `position` (None: to the whole transaction).

    `evidence` overrides what the table calls for; `details` go into event and evidence alike.
    """

    at: datetime
    position: int | None = None
    evidence: ErdsEvent | None = None
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Journal:
    sealer: Sealer
    vault: Vault
    clock: Clock

    def moved(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        event: Event,
        what: Happening,
        result: Result | None = None,
        custody_until: datetime | None = None,
    ) -> TransactionRecord:
        """Apply `event` by the state table and return the transaction as it is now.

        Raises GatewayError(CLOSED) from state 10 on, STEP_OUT_OF_ORDER where the table has no row, and
        TEMPORARILY_UNAVAILABLE when somebody else moved first.
        """
        step = move(record.state, event)
        if step is None:
            closed = record.state.closed_to_access
            raise GatewayError(ErrorKind.CLOSED if closed else ErrorKind.STEP_OUT_OF_ORDER)
        updated_at = max(what.at, record.updated_at)
        if not uow.transactions.move(record.guid, record.state, step.to, updated_at, result, custody_until):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        after = replace(
            record,
            state=step.to,
            updated_at=updated_at,
            result=record.result if result is None else result,
            custody_until=custody_until or record.custody_until,
        )
        chosen = replace(what, evidence=what.evidence or step.evidence)
        self.noted(uow, after, event.value, chosen)
        return after

    def observed(
        self, uow: UnitOfWork, record: TransactionRecord, event: Event, what: Happening
    ) -> TransactionRecord:
        """Apply a receipt from outside, which may come late: what cannot move is kept as a note."""
        if move(record.state, event) is None:
            self.noted(uow, record, event.value, what)
            return record
        return self.moved(uow, record, event, what)

    def begun(
        self, uow: UnitOfWork, record: TransactionRecord, known: Known, details: tuple[tuple[str, str], ...]
    ) -> None:
        """Events 0 and 1 of a transaction that is being inserted, as VALIDATED, in this very unit of work.

        Nothing is read back: all of it is in the caller's hands.
        """
        received = Happening(record.received_at, details=details)
        accepted = replace(received, evidence=TRANSITIONS[State.RECEIVED, Event.VALIDATED].evidence)
        self._event(uow, replace(record, state=State.RECEIVED), "RECEIVED", received, 0)
        event_id = self._event(uow, record, Event.VALIDATED.value, accepted, 1)
        self._evidence(uow, record, known, accepted, event_id)

    def noted(self, uow: UnitOfWork, record: TransactionRecord, kind: str, what: Happening) -> None:
        """Keep an event that moves nothing, with its evidence, of the same id, if `what` names one."""
        event_id = self._event(uow, record, kind, what, uow.events.next_sequence(record.guid))
        if what.evidence:
            self._evidence(uow, record, known_of(uow, record), what, event_id)

    def intend(
        self,
        uow: UnitOfWork,
        facts: EvidenceFacts,
        owner: str,
        key: DataKey,
        position: int | None = None,
        lane: int = INTERACTIVE,
    ) -> None:
        """Store an evidence rendered, with its digest, and the task that seals exactly these octets."""
        rendered = self.sealer.render(facts)
        uow.evidences.add(
            StoredEvidence(
                id=facts.evidence_id,
                owner=owner,
                position=position,
                event=facts.event,
                event_time=facts.event_time,
                status=EvidenceStatus.RENDERED,
                rendered_sha256=hashlib.sha256(rendered).digest(),
                body=self.vault.protect(key, rendered, facts.evidence_id),
            )
        )
        now, subject = self.clock.now(), facts.evidence_id
        uow.tasks.add(new_task(Kind.SEAL_EVIDENCE, owner, now, subject, lane=lane))

    def _event(
        self, uow: UnitOfWork, record: TransactionRecord, kind: str, what: Happening, sequence: int
    ) -> str:
        event = EventRecord(
            guid=record.guid,
            sequence=sequence,
            id=str(uuid4()),
            kind=kind,
            state=record.state,
            position=what.position,
            at=what.at,
            recorded_at=self.clock.now(),
            details=what.details,
        )
        uow.events.add(event)
        offer(uow, record, event)
        queue_alert(uow, record, event)
        return event.id

    def _evidence(
        self, uow: UnitOfWork, record: TransactionRecord, known: Known, what: Happening, event_id: str
    ) -> None:
        if what.evidence is None:
            raise ValueError("this happening calls for no evidence")
        facts = facts_of(record, known, what.evidence, what.at, what.position, what.details, event_id)
        self.intend(uow, facts, record.guid, known.key, what.position, record.lane)
