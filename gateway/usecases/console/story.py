"""A transaction's whole story, masked before it leaves; of a purged one, its tombstone.

One unit of work reads it all, by the GUID alone, so that its cost is the transaction's own size.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.domain.contact import ContactKind
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import EventRecord, EvidenceStatus, RecipientRecord, Task, TransactionRecord
from gateway.domain.staff import Permission, Person
from gateway.domain.states import State
from gateway.usecases.console import lines
from gateway.usecases.console.levels import level_of
from gateway.usecases.console.masking import Mask
from gateway.usecases.console.permitted import allow
from gateway.usecases.console.views import CustodyLine, Grave, Header, InBatch, Next, Stop, Story
from gateway.usecases.facts import issuer_of
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault
from gateway.usecases.ports.console import EvidenceLine

START, EXPIRY, CUSTODY_END = "start", "expiry", "custody_end"


@dataclass(frozen=True, slots=True)
class TellStory:
    database: Database
    vault: Vault
    clock: Clock

    def __call__(self, person: Person, guid: str, *, clear: bool = False) -> Story | Grave:
        """`clear` only for those who may UNMASK. Raises GatewayError NOT_FOUND or ACCESS_DENIED."""
        allow(person, Permission.READ)
        if clear:
            allow(person, Permission.UNMASK)
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
            return self._grave(uow, guid) if record is None else self._story(uow, record, clear)

    def _story(self, uow: UnitOfWork, record: TransactionRecord, clear: bool) -> Story:
        guid, people = record.guid, uow.recipients.of(record.guid)
        # What was corrected since Submit is as personal as what it was before.
        mask = Mask([*record.asked.recipients, *(each.asked for each in people)], clear=clear)
        events, effects = uow.events.of(guid), uow.effects.of(guid)
        evidence, tasks = self._evidence(uow, guid), uow.stories.tasks(guid)
        by_id = {effect.id: effect for effect in effects}
        pack = uow.packs.get(guid)
        return Story(
            header=_header(uow, record, mask),
            clear=clear,
            rail=rail(record, events),
            recipients=tuple(
                lines.recipient(
                    each, mask, uow.challenges.of(guid, each.position), events, by_id, _blocked(uow, each)
                )
                for each in people
            ),
            documents=tuple(lines.document(each, mask) for each in uow.documents.of(guid)),
            timeline=tuple(lines.timeline(events, evidence, mask)),
            receipts=tuple(lines.receipt(each, mask) for each in effects),
            evidence=tuple(evidence),
            tasks=tuple(lines.task(each, mask) for each in tasks),
            custody=CustodyLine(
                record.custody_until,
                tuple(uow.custody.extensions(guid)),
                tuple(uow.holds.of(guid)),
                tuple(uow.stories.deposits(guid)),
                uow.stories.queued(guid),
            ),
            next=tuple(self._next(record, tasks)),
            # Neither holds anything of any person.
            feedback=tuple((queued, tuple(tries)) for queued, tries in uow.feedback.of(guid)),
            batches=tuple(InBatch(each.batch, each.position) for each in uow.batch_items.of_guid(guid)),
            certified_at=uow.stories.certified_at(guid),
            packed_at=pack.made_at if pack else None,
        )

    def _evidence(self, uow: UnitOfWork, owner: str) -> Sequence[EvidenceLine]:
        """With the level of each that is sealed, which its octets alone tell."""
        key = uow.keys.find(owner)
        sealed = [each for each in uow.evidences.of(owner) if each.status is EvidenceStatus.SEALED]
        levels = {
            each.id: level_of(self.vault.reveal(key, each.body, each.id)) if key else "" for each in sealed
        }
        return [replace(each, level=levels.get(each.id, "")) for each in uow.stories.evidences(owner)]

    def _grave(self, uow: UnitOfWork, guid: str) -> Grave:
        tombstone = uow.tombstones.get(guid)
        if tombstone is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        evidence = self._evidence(uow, tombstone.owner)
        return Grave(tombstone, issuer_of(uow, tombstone.issuer), tuple(evidence))

    def _next(self, record: TransactionRecord, tasks: Sequence[Task]) -> Sequence[Next]:
        """What comes by itself, soonest first: circuits and what else waits has its task row."""
        coming = [Next(task.kind, task.due_at) for task in tasks if not lines.is_dead(task)]
        now = self.clock.now()
        if record.state < State.DISPATCHED and record.start_at > now:
            coming.append(Next(START, record.start_at))
        if not record.state.closed_to_access:
            coming.append(Next(EXPIRY, record.close_at))
        if record.custody_until:
            coming.append(Next(CUSTODY_END, record.custody_until))
        return sorted(coming, key=lambda each: each.at)


def rail(record: TransactionRecord, events: Sequence[EventRecord]) -> tuple[Stop, ...]:
    """States 0 to 12: when each was first reached, and which of them this service or this course skipped."""
    first = {event.state: event.recorded_at for event in reversed(events)}
    return tuple(
        Stop(
            state,
            first.get(state),
            now=state is record.state,
            skipped=state not in first and (state < record.state or state in record.profile.skips),
        )
        for state in State
    )


def _header(uow: UnitOfWork, record: TransactionRecord, mask: Mask) -> Header:
    return Header(
        guid=record.guid,
        issuer=issuer_of(uow, record.issuer),
        external_id=record.external_id,
        service=record.service.value,
        title=record.profile.title,
        state=record.state,
        result=record.result,
        subject=mask.words(record.subject),
        language=record.language,
        sign_method=record.default_sign_method,
        received_at=record.received_at,
        start_at=record.start_at,
        close_at=record.close_at,
        updated_at=record.updated_at,
        request_id=record.request_id,
        sandbox=record.sandbox,
    )


def _blocked(uow: UnitOfWork, recipient: RecipientRecord) -> tuple[str, ...]:
    contacts = {ContactKind.EMAIL: recipient.asked.email, ContactKind.PHONE: recipient.asked.phone}
    return tuple(
        kind.value
        for kind, text in contacts.items()
        if text and uow.blocks.blocked(kind, text, recipient.guid)
    )
