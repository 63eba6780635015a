"""The audit log in a real database, against somebody who may change every row of it."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DatabaseError

from gateway.adapters.storage.audit_store import Node
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.telemetry.audit import AuditLog
from gateway.domain.audit import NOTHING, AuditEntry, AuditHead, digest_of
from gateway.usecases.audit_trail import AuditTrail
from tests.audit_samples import unguarded

NOW = datetime(2026, 11, 22, 9, 30, 5, 123456, tzinfo=UTC)
WRITER = """
import sys
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.telemetry.audit import AuditLog
log = AuditLog(SqlDatabase(build_engine(sys.argv[1])))
for number in range(20):
    log.append("code-sent", f"{sys.argv[2]}-{number}")
"""


class FixedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def audited(database: SqlDatabase) -> SqlDatabase:
    """Six entries of node1 and one of node2."""
    database = SqlDatabase(database.engine, Node("node1", FixedClock()))
    for number in range(1, 7):
        AuditLog(database).append("evidence-sealed", f"id-{number}", event="Signed")
    other = SqlDatabase(database.engine, Node("node2", FixedClock()))
    AuditLog(other).append("issuer-disabled", "0001")
    return database


def attack(database: SqlDatabase, *statements: str, **values: object) -> None:
    """Run these as a database administrator, the triggers put aside."""
    with database.engine.begin() as connection, unguarded(connection):
        for statement in statements:
            connection.execute(text(statement), values)


def first_fault(database: SqlDatabase, *kept: AuditHead) -> tuple[int, str]:
    """Sequence and words of node1's first fault; node2 stays sound."""
    first, second = AuditTrail(database).verify(kept)
    assert second.fault is None
    assert first.fault is not None
    assert first.fault.node == "node1"
    return first.fault.sequence, first.fault.what


def head(database: SqlDatabase) -> AuditHead:
    return AuditTrail(database).heads()[0]


def rows(database: SqlDatabase, after: int = 0) -> list[AuditEntry]:
    return list(AuditTrail(database).entries("node1", after, 100))


def rewrite(connection: Connection, entries: list[AuditEntry]) -> None:
    """The forger's chain from these entries on, made anew with the right digests, the head's note too."""
    for entry in entries:
        connection.execute(
            text(
                "UPDATE audit_entries SET subject = :subject, previous = :previous, digest = :digest"
                " WHERE node = :node AND sequence = :sequence"
            ),
            {
                "subject": entry.subject,
                "previous": entry.previous,
                "digest": entry.digest,
                "node": entry.node,
                "sequence": entry.sequence,
            },
        )
    note(connection, entries[-1].head)


def note(connection: Connection, newest: AuditHead) -> None:
    noted = {"sequence": newest.sequence, "digest": newest.digest, "node": newest.node}
    connection.execute(
        text("UPDATE audit_heads SET sequence = :sequence, digest = :digest WHERE node = :node"), noted
    )


def rechained(previous: bytes, entries: list[AuditEntry]) -> list[AuditEntry]:
    done = []
    for entry in entries:
        made = replace(entry, previous=previous)
        made = replace(made, digest=digest_of(made))
        done.append(made)
        previous = made.digest
    return done


def test_an_untouched_chain_holds(audited: SqlDatabase) -> None:
    """Each node's chain is its own, counts from 1, and its head is what the last append returned."""
    last = AuditLog(audited).append("closed", "id-9")
    first, second = AuditTrail(audited).verify()
    assert (first.fault, second.fault) == (None, None)
    assert first.head == last == head(audited)
    assert (first.head.sequence, second.head.sequence) == (7, 1)
    assert (first.anchored, first.unanchored) == (0, 7)
    assert rows(audited, 5)[0].at == NOW
    assert rows(audited)[0].previous == NOTHING
    assert rows(audited)[0].details == '{"event":"Signed"}'


def test_what_is_rolled_back_leaves_no_entry(audited: SqlDatabase) -> None:
    """An entry stands or falls with what it tells of."""
    with audited.write() as uow:
        uow.audit.append("closed", "id-9")
    assert head(audited).sequence == 6
    with audited.write() as uow:
        uow.audit.append("closed", "id-9")
        uow.audit.append("closed", "id-10")
        uow.commit()
    assert head(audited).sequence == 8
    assert AuditTrail(audited).verify()[0].fault is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET subject = 'x' WHERE sequence = 2",
        "DELETE FROM audit_entries WHERE sequence = 2",
        "DELETE FROM audit_heads",
        "UPDATE audit_heads SET sequence = sequence - 1",
        "UPDATE audit_heads SET sequence = sequence + 2",
    ],
)
def test_the_database_itself_refuses_changes(audited: SqlDatabase, statement: str) -> None:
    """A second wall: without dropping the triggers, rows are only ever added."""
    with pytest.raises(DatabaseError, match="audit"), audited.engine.begin() as connection:
        connection.execute(text(statement))
    assert AuditTrail(audited).verify()[0].fault is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("subject", "id-7"),
        ("action", "evidence-lost"),
        ("details", '{"event": "Signed"}'),
        ("happened_at", "2020-01-01 00:00:00.000000"),
        ("digest", bytes(32)),
    ],
)
def test_an_edit_is_named(audited: SqlDatabase, column: str, value: object) -> None:
    """Whatever column of a row is edited, that row is the first bad one."""
    attack(
        audited,
        f"UPDATE audit_entries SET {column} = :value WHERE node = 'node1' AND sequence = 3",
        value=value,
    )
    sequence, what = first_fault(audited)
    assert sequence == 3
    assert "altered" in what


def test_an_edit_with_its_own_digest_is_named(audited: SqlDatabase) -> None:
    """A row edited and digested anew is betrayed by the one after it."""
    [third, fourth, *_] = rows(audited, 2)
    forged = rechained(third.previous, [replace(third, subject="id-7")])
    with audited.engine.begin() as connection, unguarded(connection):
        rewrite(connection, forged)
        note(connection, head_before := AuditHead("node1", 6, rows(audited)[-1].digest))
    assert head_before.sequence == 6
    assert first_fault(audited) == (
        fourth.sequence,
        "does not follow the entry before it: one of the two was exchanged",
    )


def test_a_deletion_in_the_middle_is_named(audited: SqlDatabase) -> None:
    """The missing number is the first bad row."""
    attack(audited, "DELETE FROM audit_entries WHERE node = 'node1' AND sequence = 4")
    assert first_fault(audited) == (4, "is missing")


def test_a_deletion_with_renumbering_is_named(audited: SqlDatabase) -> None:
    """Closing the gap by renumbering alters every row that moved; the first of them is named."""
    attack(
        audited,
        "DELETE FROM audit_entries WHERE node = 'node1' AND sequence = 4",
        "UPDATE audit_entries SET sequence = 4 WHERE node = 'node1' AND sequence = 5",
        "UPDATE audit_entries SET sequence = 5 WHERE node = 'node1' AND sequence = 6",
    )
    sequence, what = first_fault(audited)
    assert sequence == 4
    assert "renumbered" in what


def test_a_reorder_is_named(audited: SqlDatabase) -> None:
    """Two rows that changed places are found at the earlier one."""
    attack(
        audited,
        "UPDATE audit_entries SET sequence = 99 WHERE node = 'node1' AND sequence = 2",
        "UPDATE audit_entries SET sequence = 2 WHERE node = 'node1' AND sequence = 5",
        "UPDATE audit_entries SET sequence = 5 WHERE node = 'node1' AND sequence = 99",
    )
    sequence, what = first_fault(audited)
    assert sequence == 2
    assert "moved" in what


def test_the_first_row_removed_is_named(audited: SqlDatabase) -> None:
    """A chain begins at 1."""
    attack(audited, "DELETE FROM audit_entries WHERE node = 'node1' AND sequence = 1")
    assert first_fault(audited) == (1, "is missing")


def test_a_row_moved_to_another_node_is_named(audited: SqlDatabase) -> None:
    """The node is part of what is digested."""
    attack(
        audited,
        "DELETE FROM audit_entries WHERE node = 'node1' AND sequence > 1",
        "DELETE FROM audit_entries WHERE node = 'node1'",
        "UPDATE audit_entries SET node = 'node1' WHERE node = 'node2'",
        "DELETE FROM audit_heads WHERE node = 'node2'",
    )
    [report] = AuditTrail(audited).verify()
    assert report.fault is not None
    assert report.fault.sequence == 1


def test_a_number_below_one_is_named(audited: SqlDatabase) -> None:
    """Nothing hides before the beginning: the database refuses such numbers, and the walk would see them."""
    with pytest.raises(DatabaseError), audited.engine.begin() as connection, unguarded(connection):
        connection.execute(text("UPDATE audit_entries SET sequence = -3 WHERE sequence = 6"))


def test_a_cut_end_is_found_by_the_note(audited: SqlDatabase) -> None:
    """Whoever cuts the end off and forgets the head's note is found without anything outside."""
    attack(audited, "DELETE FROM audit_entries WHERE node = 'node1' AND sequence > 4")
    assert first_fault(audited) == (5, "is missing, though the database noted 6 entries")


def test_a_cut_end_is_found_by_a_head_held_outside(audited: SqlDatabase) -> None:
    """With the note set back as well, only the head that an outsider holds finds the missing end."""
    held = head(audited)
    with audited.engine.begin() as connection, unguarded(connection):
        connection.execute(text("DELETE FROM audit_entries WHERE node = 'node1' AND sequence > 4"))
        note(connection, rows(audited)[3].head)
    assert AuditTrail(audited).verify()[0].fault is None
    sequence, what = first_fault(audited, held)
    assert sequence == 5
    assert "cut off" in what


def test_a_chain_gone_whole_is_found_by_a_head_held_outside(audited: SqlDatabase) -> None:
    """A node of which the database knows nothing any more is reported, because the anchor knows it."""
    held = head(audited)
    attack(
        audited,
        "DELETE FROM audit_entries WHERE node = 'node1'",
        "DELETE FROM audit_heads WHERE node = 'node1'",
    )
    assert [report.head.node for report in AuditTrail(audited).verify()] == ["node2"]
    assert first_fault(audited, held)[0] == 1


def test_a_restored_backup_is_found_even_after_it_went_on(audited: SqlDatabase) -> None:
    """An old backup that gets new entries forks from what is held outside, and the fork is named."""
    with audited.engine.begin() as connection, unguarded(connection):
        held = head(audited)
        connection.execute(text("DELETE FROM audit_entries WHERE node = 'node1' AND sequence > 4"))
        note(connection, rows(audited)[3].head)
    for number in range(4):
        AuditLog(audited).append("closed", f"new-{number}")
    assert AuditTrail(audited).verify()[0].fault is None
    sequence, what = first_fault(audited, held)
    assert sequence == 6
    assert "held outside" in what


def test_a_chain_made_anew_is_found_by_a_head_held_outside(audited: SqlDatabase) -> None:
    """An edit with every later digest made anew is sound in itself; the head held outside disagrees."""
    held = head(audited)
    tail = rows(audited, 2)
    forged = rechained(tail[0].previous, [replace(tail[0], subject="id-7"), *tail[1:]])
    with audited.engine.begin() as connection, unguarded(connection):
        rewrite(connection, forged)
    assert AuditTrail(audited).verify()[0].fault is None
    sequence, what = first_fault(audited, held)
    assert sequence == 6
    assert "made anew" in what


def test_an_earlier_anchor_narrows_the_place_down(audited: SqlDatabase) -> None:
    """Of several heads held outside the earliest that disagrees is named."""
    entries = rows(audited)
    forged = rechained(entries[2].previous, [replace(entries[2], subject="id-7"), *entries[3:]])
    with audited.engine.begin() as connection, unguarded(connection):
        rewrite(connection, forged)
    kept = [entries[5].head, entries[1].head, entries[3].head]
    report = AuditTrail(audited).verify(kept)[0]
    assert report.fault is not None
    assert (report.fault.sequence, report.anchored) == (4, 2)


def test_rows_after_the_anchor_are_unanchored(audited: SqlDatabase) -> None:
    """A head held outside vouches for what came before it, and says nothing of what came after."""
    held = head(audited)
    for number in range(3):
        AuditLog(audited).append("closed", f"id-{number}")
    report = AuditTrail(audited).verify([held])[0]
    assert report.fault is None
    assert (report.anchored, report.unanchored) == (6, 3)


def test_a_note_that_lags_is_named(audited: SqlDatabase) -> None:
    """Rows added past the note, by whoever bypassed the lock, are noticed."""
    with audited.engine.begin() as connection, unguarded(connection):
        note(connection, rows(audited)[3].head)
    assert first_fault(audited) == (6, "is not the newest that the database noted")


def test_processes_append_to_one_chain(audited: SqlDatabase, database_url: str) -> None:
    """Two processes of one node at once leave one whole chain of all their entries."""
    command = [sys.executable, "-c", WRITER, database_url]
    writers = [subprocess.Popen([*command, name]) for name in ("a", "b")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    report = AuditTrail(audited).verify()[0]
    assert report.fault is None
    assert report.head.sequence == 46
