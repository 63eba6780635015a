"""Transactions, recipients, documents and events: every method, on SQLite and PostgreSQL alike."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.catalogue import Service
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DocumentRecord, EventRecord
from gateway.domain.results import RecipientState, Result
from gateway.domain.states import State
from tests.storage_samples import (
    ISSUER,
    MADRID_SUMMER,
    NOW,
    PERSON,
    add_key,
    furnished,
    guid,
    recipient,
    transaction,
)

RIVALS = 8


def test_transaction_round_trips(database: SqlDatabase) -> None:
    """What is read equals what was stored, by GUID, locked and by external id."""
    furnished(database)
    with database.write() as unit:
        expected = transaction()
        assert unit.transactions.get(guid(1)) == expected
        assert unit.transactions.lock(guid(1)) == expected
        assert unit.transactions.by_external_id(1, "póliza 1") == expected


def test_absent_rows_are_none(database: SqlDatabase) -> None:
    """Nothing is invented for what is not there."""
    with database.read() as unit:
        assert unit.transactions.get(guid(9)) is None
        assert unit.transactions.by_external_id(1, "x") is None
        assert unit.recipients.by_link(b"\0" * 32) is None
        assert unit.recipients.of(guid(9)) == []
        assert unit.documents.of(guid(9)) == []
        assert unit.events.of(guid(9)) == []
    with database.write() as unit:
        assert unit.transactions.lock(guid(9)) is None
        assert not unit.transactions.move(guid(9), State.RECEIVED, State.VALIDATED, NOW)


@pytest.mark.parametrize("zone", [UTC, MADRID_SUMMER])
def test_instants_come_back_in_utc(database: SqlDatabase, zone: "UTC") -> None:
    """An instant given in any zone is the same instant, to the microsecond, and comes back as UTC."""
    furnished(database, range(0))
    instant = datetime(2026, 10, 25, 2, 30, 0, 999999, tzinfo=zone)
    with database.write() as unit:
        add_key(unit)
        unit.transactions.add(replace(transaction(), received_at=instant))
        read = unit.transactions.get(guid(1))
    assert read is not None
    assert read.received_at == instant
    assert read.received_at.tzinfo is UTC


def test_naive_instants_are_refused(database: SqlDatabase) -> None:
    """An instant without a zone is a bug, never a guess."""
    furnished(database, range(0))
    naive = transaction().received_at.replace(tzinfo=None)
    with pytest.raises(GatewayError) as caught, database.write() as unit:  # noqa: PT012
        add_key(unit)
        unit.transactions.add(replace(transaction(), received_at=naive))
    assert caught.value.kind is ErrorKind.INTERNAL


def test_taken_external_id_leaves_the_unit_usable(database: SqlDatabase) -> None:
    """A second transaction of the same external id is refused, and the same unit goes on and commits."""
    furnished(database)
    with database.write() as unit:
        add_key(unit, 2)
        add_key(unit, 3)
        assert not unit.transactions.add(transaction(2, external_id="póliza 1"))
        assert unit.transactions.get(guid(2)) is None
        assert unit.transactions.add(transaction(3))
        unit.commit()
    with database.read() as unit:
        assert unit.transactions.get(guid(3)) is not None


def test_external_ids_are_unique_per_issuer_only(database: SqlDatabase) -> None:
    """Two issuers may use the same external id."""
    furnished(database)
    with database.write() as unit:
        unit.issuers.add(replace(ISSUER, number=2))
        add_key(unit, 2)
        assert unit.transactions.add(replace(transaction(2, external_id="póliza 1"), issuer=2))


def test_one_of_racing_submissions_wins(database: SqlDatabase) -> None:
    """Of many threads that add the same external id, one gets True, and all then see its row."""
    furnished(database, range(0))
    start = Barrier(RIVALS)

    def submit(number: int) -> tuple[bool, str]:
        start.wait()
        with database.write() as unit:
            add_key(unit, number)
            won = unit.transactions.add(transaction(number, external_id="same"))
            seen = unit.transactions.by_external_id(1, "same")
            unit.commit()
        assert seen is not None
        return won, seen.guid

    with ThreadPoolExecutor(RIVALS) as pool:
        outcomes = list(pool.map(submit, range(1, RIVALS + 1)))
    assert sum(won for won, _ in outcomes) == 1
    assert len({seen for _, seen in outcomes}) == 1


def test_one_of_racing_moves_wins(database: SqlDatabase) -> None:
    """Of many threads that move the same state, exactly one wins."""
    furnished(database)
    start = Barrier(RIVALS)

    def move(_: int) -> bool:
        start.wait()
        with database.write() as unit:
            won = unit.transactions.move(guid(1), State.RECEIVED, State.VALIDATED, NOW)
            unit.commit()
        return won

    with ThreadPoolExecutor(RIVALS) as pool:
        assert sum(pool.map(move, range(RIVALS))) == 1


def test_move_keeps_what_it_is_not_told(database: SqlDatabase) -> None:
    """A move changes state and time; result and custody only when they are given."""
    furnished(database)
    later = NOW + timedelta(seconds=1)
    with database.write() as unit:
        assert unit.transactions.move(guid(1), State.RECEIVED, State.DECIDED, later, Result.COMPLETED)
        assert unit.transactions.move(
            guid(1), State.DECIDED, State.CLOSED, later, custody_until=NOW + timedelta(days=1827)
        )
        assert not unit.transactions.move(guid(1), State.DECIDED, State.CLOSED, later)
        moved = unit.transactions.get(guid(1))
    assert moved == replace(
        transaction(),
        state=State.CLOSED,
        result=Result.COMPLETED,
        updated_at=later,
        custody_until=NOW + timedelta(days=1827),
    )


def test_expired_lists_open_transactions_by_time(database: SqlDatabase) -> None:
    """Only states below 10 whose time has passed, the earliest first, up to the limit."""
    furnished(database, range(1, 6))
    with database.write() as unit:
        unit.transactions.move(guid(2), State.RECEIVED, State.DECIDED, NOW)
        unit.transactions.move(guid(3), State.RECEIVED, State.PARTIALLY_DECIDED, NOW)
        before = NOW + timedelta(days=4)
        assert unit.transactions.expired(before, 10) == [guid(1), guid(3)]
        assert unit.transactions.expired(before + timedelta(microseconds=1), 2) == [guid(1), guid(3)]
        assert unit.transactions.expired(before + timedelta(microseconds=1), 9)[-1] == guid(4)


def test_awaited_lists_sealed_ones_of_a_service_that_are_not_over(database: SqlDatabase) -> None:
    """In state 3 and no other, of this service, not yet over; the first to end first, up to the limit."""
    furnished(database, range(1, 6))
    with database.write() as unit:
        service = (unit.transactions.get(guid(1)) or transaction(1)).service
        other = next(each for each in Service if each is not service)
        for number in (1, 2, 4):
            unit.transactions.move(guid(number), State.RECEIVED, State.SEALED, NOW)
        early = NOW - timedelta(days=1)
        assert unit.transactions.awaited(service, early, 10) == [guid(1), guid(2), guid(4)]
        assert unit.transactions.awaited(service, early, 2) == [guid(1), guid(2)]
        first = unit.transactions.get(guid(1))
        assert first is not None
        assert unit.transactions.awaited(service, first.close_at, 10) == [guid(2), guid(4)]
        assert unit.transactions.awaited(other, early, 10) == []


def test_lock_holds_rivals_back(database: SqlDatabase) -> None:
    """Who locks a row decides on what it read, because rivals wait: no increment is lost."""
    furnished(database)

    def increment(_: int) -> None:
        with database.write() as unit:
            unit.transactions.lock(guid(1))
            [before] = unit.recipients.of(guid(1))
            assert unit.recipients.replace(before, replace(before, failures=before.failures + 1))
            unit.commit()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(increment, range(20)))
    with database.read() as unit:
        assert unit.recipients.of(guid(1))[0].failures == 20


CHANGED = replace(
    recipient(),
    asked=replace(PERSON, phone="+34 611 111 111"),
    state=RecipientState.ACCESSED,
    result=Result.REJECTED,
    link_digest=b"\x07" * 32,
    failures=3,
    locked_until=NOW,
    conditions_at=NOW,
    unlocked_at=NOW,
    decided_at=NOW,
    reason="no es mío",
)


def test_recipient_replace_is_compare_and_set(database: SqlDatabase) -> None:
    """A recipient is replaced only while the whole row equals what the caller saw."""
    furnished(database)
    with database.write() as unit:
        assert unit.recipients.replace(recipient(), CHANGED)
        assert not unit.recipients.replace(recipient(), CHANGED)
        assert unit.recipients.of(guid(1)) == [CHANGED]
        assert unit.recipients.by_link(b"\x07" * 32) == CHANGED


@pytest.mark.parametrize(
    "field",
    [
        *("asked", "state", "result", "link_digest", "failures", "locked_until"),
        *("conditions_at", "unlocked_at", "decided_at", "reason"),
    ],
)
def test_every_field_of_a_recipient_is_compared(database: SqlDatabase, field: str) -> None:
    """A change of any one field, also to or from nothing, makes an older view lose."""
    furnished(database)
    other = replace(recipient(), **{field: getattr(CHANGED, field)})
    with database.write() as unit:
        assert not unit.recipients.replace(other, CHANGED)
        assert unit.recipients.replace(recipient(), other)
        assert not unit.recipients.replace(recipient(), CHANGED)
        assert unit.recipients.replace(other, recipient())


def test_recipients_come_in_order(database: SqlDatabase) -> None:
    """Recipients are listed by position, whatever order they were stored in; none is no statement."""
    furnished(database)
    with database.write() as unit:
        unit.recipients.add([recipient(1, 2), recipient(1, 1)])
        unit.recipients.add([])
        assert [row.position for row in unit.recipients.of(guid(1))] == [0, 1, 2]


def test_documents_are_stamped_once_known(database: SqlDatabase) -> None:
    """A document row round-trips, takes its stamped digest, and an unknown one is an error."""
    furnished(database)
    rows = [
        DocumentRecord(guid(1), 0, "d1", "contrato.pdf", "application/pdf", 2**33, b"\x01" * 32, 3, True),
        DocumentRecord(guid(1), 1, "d2", "", "image/png", 0, b"\x02" * 32),
    ]
    with database.write() as unit:
        unit.documents.add(reversed(rows))
        assert unit.documents.of(guid(1)) == rows
        unit.documents.set_stamped(guid(1), 1, b"\x03" * 32, 12)
        stamped = replace(rows[1], stamped_sha256=b"\x03" * 32, stamped_size=12)
        assert unit.documents.of(guid(1)) == [rows[0], stamped]
        with pytest.raises(GatewayError) as caught:
            unit.documents.set_stamped(guid(1), 2, b"\x03" * 32, 12)
    assert caught.value.kind is ErrorKind.DOCUMENT_NOT_FOUND


def test_events_are_numbered_without_gaps_or_doubles(database: SqlDatabase) -> None:
    """Racing writers draw every number once, and the timeline comes back in that order."""
    furnished(database)

    def note(number: int) -> None:
        with database.write() as unit:
            sequence = unit.events.next_sequence(guid(1))
            unit.events.add(_event(sequence, number))
            unit.commit()

    with ThreadPoolExecutor(RIVALS) as pool:
        list(pool.map(note, range(24)))
    with database.read() as unit:
        timeline = unit.events.of(guid(1))
    assert [event.sequence for event in timeline] == list(range(24))
    assert timeline[0] == _event(0, int(timeline[0].id))


def _event(sequence: int, number: int) -> EventRecord:
    details = (("reference", f"ñ {number}"), ("reference", ""))
    later = NOW + timedelta(seconds=number)
    return EventRecord(guid(1), sequence, str(number), "ACCESSED", State.ACCESSED, None, NOW, later, details)
