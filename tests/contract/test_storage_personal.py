"""Personal columns: sealed for their row alone, found by keyed hashes, readable by nobody without the key."""

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy import Table, select, update

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.tables import documents, effects, events, recipients, transactions
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault.search_key import ColumnKeys, search_key
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey, DocumentRecord, EventRecord, Rejection
from gateway.domain.states import State
from gateway.usecases.ports import UnitOfWork
from tests.storage_samples import (
    COMPANY,
    NOW,
    PERSON,
    add_key,
    column_keys,
    effect,
    furnished,
    guid,
    opened,
    recipient,
    stored_text,
    transaction,
)

WORDS = ("Íñigo", "Núñez", "12.345.678", "12345678Z", "ejemplo.example", "600000123", "600 000 123", "Obras",
         "Mayor", "n-42", "N42", "contrato.pdf", "buzón", "motivo", "detalle", "asunto", "línea")  # fmt: skip


def _full(unit: UnitOfWork, number: int) -> None:
    """Personal words in every column that may hold any."""
    add_key(unit, number)
    unit.keys.add(f"request-{number}", column_keys().keyring.new_key())
    assert unit.transactions.add(replace(transaction(number), subject="asunto"))
    unit.recipients.add([replace(recipient(number), reason="motivo")])
    row = DocumentRecord(guid(number), 0, "d1", "contrato.pdf", "application/pdf", 9, bytes(32), 3, True)
    unit.documents.add([row, replace(row, position=1)])
    details = (("detail", "detalle"),)
    for sequence in range(2):
        unit.events.add(
            EventRecord(
                guid(number), sequence, "e", "ACCESSED", State.RECEIVED, None, NOW, NOW, details[sequence:]
            )
        )
    assert unit.effects.intend(replace(effect(number), guid=guid(number)))
    assert unit.effects.finish(f"effect-{number}", Receipt(Outcome.ACCEPTED, NOW, "buzón", "detalle"))
    unit.rejections.add(Rejection(f"request-{number}", 1, "E", "detalle", NOW, bytes(32), "ab" * 32))


def _kind(action: Callable[[], object]) -> ErrorKind:
    with pytest.raises(GatewayError) as caught:
        action()
    return caught.value.kind


def test_no_column_tells_of_people(database: SqlDatabase) -> None:
    """Names, identifiers, addresses, subjects, file names and reasons stand in no column of any table."""
    furnished(database, range(0))
    with database.write() as unit:
        _full(unit, 1)
        unit.recipients.replace(
            replace(recipient(), reason="motivo"), replace(recipient(), reason="motivo", asked=COMPANY)
        )
        unit.commit()
    told = stored_text(database)
    assert [word for word in WORDS if word in told] == []
    assert "póliza 1" in told, "the issuer's own identifier stays readable, and unique"
    with database.read() as unit:
        assert unit.transactions.get(guid(1)) == replace(transaction(), subject="asunto")
        assert unit.recipients.of(guid(1)) == [replace(recipient(), reason="motivo", asked=COMPANY)]
        assert [row.name for row in unit.documents.of(guid(1))] == ["contrato.pdf"] * 2
        assert [row.details for row in unit.events.of(guid(1))] == [(("detail", "detalle"),), ()]
        [done] = unit.effects.of(guid(1))
        assert done == unit.effects.get("effect-1")
        assert (done.address, done.reference, done.detail) == ("+34600000123", "buzón", "detalle")


READS: dict[str, tuple[Table, Callable[[UnitOfWork, int], object]]] = {
    "transactions": (transactions, lambda unit, number: unit.transactions.get(guid(number))),
    "recipients": (recipients, lambda unit, number: unit.recipients.of(guid(number))),
    "documents": (documents, lambda unit, number: unit.documents.of(guid(number))),
    "events": (events, lambda unit, number: unit.events.of(guid(number))),
    "effects": (effects, lambda unit, number: unit.effects.of(guid(number))),
}


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("change", ["other owner", "other key", "flip", "cut", "gone"])
def test_rows_open_in_their_place_only(database: SqlDatabase, name: str, change: str) -> None:
    """Another transaction's octets, also under the same data key, and changed ones, are an error."""
    furnished(database, range(0))
    with database.write() as unit:
        _full(unit, 1)
        _full(unit, 2)
        unit.commit()
    table, read = READS[name]
    with database.write() as unit:
        if change == "other key":
            key = unit.keys.get(guid(1))
            unit.keys.destroy(guid(2))
            unit.keys.add(guid(2), key)
        rows = unit._session.rows(select(table.c.personal).where(table.c.guid == guid(1)))
        octets = _changed(rows[0].personal, change)
        unit._session.changed(update(table).where(table.c.guid == guid(2)).values(personal=octets), {})
        unit.commit()
    with database.read() as unit:
        assert read(unit, 1)
        if change == "gone" and name not in {"transactions", "recipients"}:
            # Then the row says what its clear columns do: nothing.
            assert not set(WORDS) & set(repr(read(unit, 2)).replace("'", " ").split())
        else:
            assert _kind(lambda: read(unit, 2)) is ErrorKind.INTERNAL


def _changed(octets: bytes, change: str) -> bytes | None:
    changes = {"flip": octets[:-1] + bytes([octets[-1] ^ 1]), "cut": octets[:5], "gone": None}
    return changes.get(change, octets)


def test_rows_of_one_transaction_cannot_be_swapped(database: SqlDatabase) -> None:
    """Two documents of one transaction, under one key, do not open in each other's place."""
    furnished(database, range(0))
    with database.write() as unit:
        _full(unit, 1)
        first, second = unit._session.rows(select(documents.c.personal).order_by(documents.c.position))
        for position, row in enumerate((second, first)):
            place = documents.c.position == position
            unit._session.changed(update(documents).where(place).values(personal=row.personal), {})
        assert _kind(lambda: unit.documents.of(guid(1))) is ErrorKind.INTERNAL


def test_destroyed_keys_leave_rows_that_nobody_reads(database: SqlDatabase) -> None:
    """Once the data key is gone its rows answer KEY_DESTROYED, in the same unit and afterwards."""
    furnished(database, range(0))
    with database.write() as unit:
        _full(unit, 1)
        _full(unit, 2)
        assert unit.transactions.get(guid(1))
        unit.keys.destroy(guid(1))
        assert _kind(lambda: unit.transactions.get(guid(1))) is ErrorKind.KEY_DESTROYED
        assert _kind(lambda: unit.recipients.add([recipient(1, 5)])) is ErrorKind.KEY_DESTROYED
        unit.commit()
    with database.read() as unit:
        for _, read in READS.values():
            assert _kind(lambda read=read: read(unit, 1)) is ErrorKind.KEY_DESTROYED  # type: ignore[misc]
            assert read(unit, 2)


def test_without_keys_nothing_personal_is_read_or_written(database: SqlDatabase, database_url: str) -> None:
    """A database that was opened for its schema only says so, and gives the rest of its rows."""
    furnished(database)
    bare = SqlDatabase(build_engine(database_url))
    with bare.read() as unit:
        assert unit.issuers.get(1)
        assert _kind(lambda: unit.transactions.get(guid(1))) is ErrorKind.CONFIGURATION
    with bare.write() as unit:
        add_key(unit, 2)
        assert _kind(lambda: unit.transactions.add(transaction(2))) is ErrorKind.CONFIGURATION
    bare.close()


class _Counting(ColumnKeys):
    """Counts how often data keys are opened."""

    opened: ClassVar[list[DataKey]] = []

    def unwrap(self, key: DataKey) -> bytes:
        self.opened.append(key)
        return super().unwrap(key)


def test_a_key_is_opened_once_a_unit(database: SqlDatabase, database_url: str) -> None:
    """However many rows a unit reads and writes, it opens each owner's key once; the next unit does again."""
    keys = column_keys()
    counting = _Counting(keys.keyring, keys.search_key)
    counting.opened.clear()
    counted = opened(database_url, counting)
    furnished(database, range(0))
    with counted.write() as unit:
        _full(unit, 1)
        for _, read in READS.values():
            read(unit, 1)
        unit.commit()
    assert len(counting.opened) == 2, "the transaction's and the rejection's"
    with counted.read() as unit:
        unit.recipients.of(guid(1))
        unit.transactions.get(guid(1))
    assert len(counting.opened) == 3
    counted.close()


def _marks(database: SqlDatabase, number: int) -> Sequence[Any]:
    columns = [recipients.c[name] for name in ("identity_key", "access_key", "phone_key", "email_key")]
    with database.engine.connect() as connection:
        return connection.execute(select(*columns).where(recipients.c.guid == guid(number))).one()


def test_people_are_found_by_keyed_hashes(database: SqlDatabase) -> None:
    """A telephone, an address or an identifier has one mark, however spelt and wherever it is."""
    furnished(database, range(1, 4))
    spelt = replace(PERSON, phone="0034600000123"[2:], email="INIGO@ejemplo.EXAMPLE")
    with database.write() as unit:
        unit.recipients.replace(recipient(2), replace(recipient(2), asked=spelt))
        unit.recipients.replace(recipient(3), replace(recipient(3), asked=COMPANY))
        unit.commit()
    first, second, company = (_marks(database, number) for number in (1, 2, 3))
    assert tuple(first) == tuple(second)
    assert tuple(company) == ("", "", "", "")
    assert len(set(first)) == 4
    assert {len(mark) for mark in first} == {40}


def test_marks_depend_on_key_and_kind(tmp_path: Path) -> None:
    """Another installation's marks of the same text differ, and so do an address's and a telephone's."""
    ours, theirs = column_keys(), column_keys(tmp_path)
    marks = {keys.mark(kind, "123") for keys in (ours, theirs) for kind in ("phone", "email")}
    assert len(marks) == 4
    assert ours.mark("phone", "123") == ours.mark("phone", "123")


def _search_key(file: str) -> bytes:
    return search_key(Path(file))


def test_racing_processes_make_one_search_key(tmp_path: Path) -> None:
    """Of many processes that start on a new installation all take the same key, and no draft is left."""
    file = tmp_path / "keys" / "search.key"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(_search_key, [str(file)] * 8, chunksize=1))) == 1
    assert [path.name for path in file.parent.iterdir()] == ["search.key"]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"zz" * 32, b"00" * 31, b"\xff" * 64])
def test_bad_search_keys_are_configuration_errors(tmp_path: Path, content: bytes) -> None:
    """A file of another length or alphabet stops the start, and so does one that others may read."""
    file = tmp_path / "search.key"
    file.write_bytes(content)
    file.chmod(0o600)
    assert _kind(lambda: search_key(file)) is ErrorKind.CONFIGURATION
    file.write_text("00" * 32)
    file.chmod(0o640)
    assert _kind(lambda: search_key(file)) is ErrorKind.CONFIGURATION
