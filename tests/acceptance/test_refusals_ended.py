"""The end of custody of refused submissions: not early, not unproven, and then nothing of them is left."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, insert, select, update

from gateway.adapters.storage.tables import audit_entries, data_keys, evidences, rejections, tasks
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.files import owner_folder
from gateway.adapters.vault.sweep import sweep
from gateway.domain.custody import commitment
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import TaskState
from gateway.usecases.purge import Obstacle
from gateway.usecases.shred import GRACE
from tests.custody_samples import AFTER, audited, checkpoint, rows
from tests.house import House, refused
from tests.orders import order
from tests.refusal_samples import DAY, bring_end, deposit, due, kept, refuse

PERSONAL = ("García".encode(), b"12345678Z", b"600000123", b"ana@example.org", b"LOAN-1", b"Contrato.pdf")


def obstacles(house: House) -> list[Obstacle | None]:
    return [candidate.obstacle for candidate in house.system.end_refusals.candidates()]


def copy_of(house: House, table: Table, column: str, owner: str) -> list[dict[str, Any]]:
    with house.tech.database.engine.connect() as connection:
        found = connection.execute(select(table).where(table.c[column] == owner)).mappings()
        return [dict(row) for row in found]


def test_nothing_of_it_is_left(house: House) -> None:
    """No table holds its words or ciphertexts, no key or blob is there; the audit log says what ended and
    the next deposit is made as ever. Transactions, and a refusal of today, are untouched."""
    request_id = due(house)
    later, guid = refuse(house, "LOAN-2"), house.submit(order(external_id="LOAN-3")).guid
    [row] = copy_of(house, rejections, "request_id", request_id)
    [evidence] = copy_of(house, evidences, "owner", request_id)
    [key] = copy_of(house, data_keys, "owner", request_id)
    folder = owner_folder(house.settings.vault.folder, request_id)
    house.system.fixity.enrol()
    assert folder.exists()
    assert obstacles(house) == [None]
    assert house.system.end_refusals() == 1
    assert not folder.exists()
    gone = (*PERSONAL, row["personal"], evidence["body"], key["wrapped"])
    assert [(table, word) for table, octets in rows(house) for word in gone if word in octets] == []
    assert {table for table, octets in rows(house) if request_id.encode() in octets} <= {
        "audit_entries", "deposit_leaves", "record_paths"
    }  # fmt: skip
    assert audited(house, "refusal-ended") == [request_id]
    salt = evidence["sealed_sha256"]
    [entry] = copy_of(house, audit_entries, "action", "refusal-ended")
    assert commitment(salt, [row["raw_sha256"], salt]).hex() in entry["details"]
    with house.tech.database.read() as uow:
        assert [each.kek_id for each in uow.keks.pending()] == [key["kek_id"]]
    assert house.system.end_refusals() == 0
    assert kept(house) == [later]
    assert house.system.fixity.enrol() == 0
    house.drain()
    deposit(house)
    assert house.status(guid)


def test_no_free_page_remembers(small_house: House) -> None:
    """SQLite overwrites what it deletes: not even its file holds the ciphertext of what was refused."""
    house = small_house
    request_id = due(house)
    [row] = copy_of(house, rejections, "request_id", request_id)
    [evidence] = copy_of(house, evidences, "owner", request_id)
    file = house.settings.gateway.data / "fehaciente.sqlite"
    # Long values are spread over pages: their beginnings are looked for.
    words = (row["personal"][:60], evidence["body"][:60])
    checkpoint(house)
    assert all(word in file.read_bytes() for word in words)
    assert house.system.end_refusals() == 1
    checkpoint(house)
    assert not any(word in file.read_bytes() for word in (*words, *PERSONAL))


def test_the_setting_counts_from_the_receipt(tmp_path: Path) -> None:
    """With three days, and nothing but time passing, it stays on the second and goes after the third."""
    house = House(tmp_path, more="[custody]\nrefusals = 3d\n")
    refuse(house)
    house.drain()
    deposit(house)
    house.clock.advance(DAY)
    assert house.system.end_refusals() == 0
    house.clock.advance(DAY + AFTER)
    assert house.system.end_refusals() == 1
    assert kept(house) == []
    house.close()


def test_not_before_the_end(small_house: House) -> None:
    """Not before the time is over, and as much again as clocks may differ; it is not even a candidate."""
    house = small_house
    request_id = due(house)
    for ahead in (timedelta(hours=1), timedelta()):
        bring_end(house, request_id, ahead)
        assert obstacles(house) == []
        assert house.system.end_refusals() == 0
        assert kept(house) == [request_id]
    house.clock.advance(house.settings.tsa.max_offset)
    assert house.system.end_refusals() == 1


def test_not_before_it_is_proven(house: House) -> None:
    """Its evidence is sealed first, and then deposited, however long its time has been over."""
    request_id = refuse(house)
    bring_end(house, request_id, -DAY)
    assert obstacles(house) == [Obstacle.NOT_SEALED]
    assert house.system.end_refusals() == 0
    house.drain()
    assert obstacles(house) == [Obstacle.NOT_DEPOSITED]
    assert house.system.end_refusals() == 0
    assert owner_folder(house.settings.vault.folder, request_id).exists()
    deposit(house)
    assert house.system.end_refusals() == 1


def test_a_seal_that_was_given_up_is_waited_for(small_house: House) -> None:
    """With its task among the dead letters nothing is left to be done, yet nothing is proven: it stays until
    support has revived the task."""
    house = small_house
    request_id = refuse(house)
    bring_end(house, request_id, -DAY)
    buried = update(tasks).where(tasks.c.guid == request_id).values(state=TaskState.DEAD.value)
    with house.tech.database.engine.begin() as connection:
        connection.execute(buried)
    house.drain()
    assert obstacles(house) == [Obstacle.NOT_SEALED]
    assert house.system.end_refusals() == 0
    [dead] = house.system.support.dead_tasks(9)
    assert house.system.support.revive_task(dead.id)
    house.drain()
    deposit(house)
    assert house.system.end_refusals() == 1


def test_a_crash_after_the_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commit counts: what is left of the blobs opens for nobody, and the sweep takes it."""
    request_id = due(house)
    folder = owner_folder(house.settings.vault.folder, request_id)

    def crash(_owner: str) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(house.tech.vault, "forget", crash)
        with pytest.raises(SystemExit):
            house.system.end_refusals()
    assert folder.exists()
    with house.tech.database.read() as uow:
        refused(ErrorKind.NOT_FOUND, uow.keys.get, request_id)
    assert house.system.end_refusals() == 0
    assert sweep(house.settings.vault.folder, house.tech.database, house.clock.now() + DAY) == 1
    assert not folder.exists()


def test_a_crash_before_the_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is half gone: row, key, evidence and message are as they were, and the next round ends it."""
    request_id = due(house)
    before = sorted(rows(house))

    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("gateway.adapters.storage.unit_of_work.SqlUnitOfWork.commit", crash)
        with pytest.raises(SystemExit):
            house.system.end_refusals()
    assert sorted(rows(house)) == before
    assert owner_folder(house.settings.vault.folder, request_id).exists()
    assert house.system.end_refusals() == 1


def test_two_processes_end_it_once(house: House) -> None:
    """Whoever comes second finds nothing to do, and the audit log tells of one end."""
    request_ids = [refuse(house, f"LOAN-{number}") for number in range(4)]
    house.drain()
    deposit(house)
    for request_id in request_ids:
        bring_end(house, request_id, -DAY)
    begin, told = threading.Barrier(2), list[int]()

    def run() -> None:
        begin.wait()
        told.append(house.system.end_refusals())

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 4
    assert len(told) == 2
    assert sorted(audited(house, "refusal-ended")) == sorted(request_ids)


def test_more_than_a_page_and_one_that_fails(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates come page by page, also past those that stay; one that cannot go keeps no other."""
    house = small_house
    monkeypatch.setattr("gateway.usecases.end_refusals.PAGE", 2)
    first = [refuse(house, f"LOAN-{number}") for number in range(4)]
    house.drain()
    deposit(house)
    waiting = refuse(house, "LOAN-9")
    for number, request_id in enumerate([first[0], waiting, *first[1:]]):
        bring_end(house, request_id, -(10 - number) * DAY)
    forget = house.tech.vault.forget

    def failing(owner: str) -> None:
        if owner == first[1]:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        forget(owner)

    monkeypatch.setattr(house.tech.vault, "forget", failing)
    assert obstacles(house) == [None, Obstacle.NOT_SEALED, None, None, None]
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, house.system.end_refusals)
    assert kept(house) == [waiting]
    folders = [owner_folder(house.settings.vault.folder, each).exists() for each in first]
    assert folders == [False, True, False, False]


def test_what_a_backup_brings_back_is_erased_again(house: House) -> None:
    """Rows of an old backup, whose key is destroyed, block nothing and go; without a data key they stay."""
    request_id = due(house)
    old = [
        (table, copy_of(house, table, column, request_id))
        for table, column in ((rejections, "request_id"), (evidences, "owner"), (data_keys, "owner"))
    ]
    assert house.system.end_refusals() == 1
    kek_files.create(house.settings.vault.keys, house.clock.now())
    for _ in range(3):
        house.system.shred([old[-1][1][0]["kek_id"]])
        house.clock.advance(GRACE)
    with house.tech.database.engine.begin() as connection:
        for table, copied in old[:-1]:
            connection.execute(insert(table), copied)
    assert obstacles(house) == [Obstacle.KEY_DESTROYED]
    assert house.system.end_refusals() == 0
    assert kept(house) == [request_id], "somebody forgot to restore the data keys"
    with house.tech.database.engine.begin() as connection:
        connection.execute(insert(data_keys), old[-1][1])
    assert obstacles(house) == [Obstacle.KEY_DESTROYED]
    assert house.system.end_refusals() == 0
    assert kept(house) == []
    assert audited(house, "refusal-erased-again") == [request_id]
    assert copy_of(house, evidences, "owner", request_id) == []
