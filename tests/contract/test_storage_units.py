"""Units of work: what is committed lasts, what is not never was, and errors leave as the gateway's own."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from gateway.adapters.storage import unit_of_work
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.states import State
from gateway.usecases.ports import Database, UnitOfWork
from tests.storage_samples import (
    ISSUER,
    NOW,
    add_key,
    column_keys,
    furnished,
    guid,
    opened,
    recipient,
    task,
    transaction,
)

ROOT = Path(__file__).parents[2]
# Commits transactions one by one, telling each GUID after its commit, until it is killed.
ENDLESS = """
import sys
from itertools import count
from pathlib import Path
from tests.storage_samples import add_key, column_keys, opened, recipient, task, transaction
keys = column_keys(Path(sys.argv[2]))
database = opened(sys.argv[1], keys)
for number in count(1):
    with database.write() as unit:
        add_key(unit, number, keys)
        unit.transactions.add(transaction(number))
        unit.recipients.add([recipient(number)])
        unit.tasks.add(task(number))
        unit.commit()
    print(number, flush=True)
"""


def test_classes_are_the_ports(database: SqlDatabase) -> None:
    """The adapter serves as the ports that use cases know (mypy holds the signatures)."""
    port: Database = database
    with port.read() as unit:
        typed: UnitOfWork = unit
        assert typed.issuers.all() == []


def test_leaving_without_commit_rolls_back(database: SqlDatabase) -> None:
    """Whether the block ends early or by an exception, nothing of it remains."""
    furnished(database)
    with database.write() as unit:
        unit.transactions.move(guid(1), State.RECEIVED, State.VALIDATED, NOW)
    with pytest.raises(ZeroDivisionError), database.write() as unit:
        assert unit.transactions.move(guid(1), State.RECEIVED, State.VALIDATED, NOW) / 0
    with database.read() as unit:
        assert unit.transactions.get(guid(1)) == transaction()


def test_commit_survives_reopening(database: SqlDatabase, database_url: str) -> None:
    """Another process's connection sees what was committed."""
    furnished(database)
    database.close()
    again = opened(database_url)
    with again.read() as unit:
        assert unit.transactions.get(guid(1)) == transaction()
        assert unit.recipients.of(guid(1)) == [recipient()]
    again.close()


def test_unit_is_over_after_its_commit(database: SqlDatabase) -> None:
    """Nothing can be written by mistake after the commit, outside any transaction."""
    with pytest.raises(GatewayError) as caught, database.write() as unit:  # noqa: PT012
        unit.commit()
        unit.issuers.add(ISSUER)
    assert caught.value.kind is ErrorKind.INTERNAL


def test_reading_units_change_nothing(database: SqlDatabase) -> None:
    """A change inside a reading unit is refused by the database; the same connection then writes again."""
    furnished(database)
    with pytest.raises(GatewayError) as caught, database.read() as unit:
        unit.tasks.add(task())
    assert caught.value.kind is ErrorKind.INTERNAL
    with database.write() as unit:
        unit.tasks.add(task())
        unit.commit()


def test_reading_units_see_one_picture(database: SqlDatabase) -> None:
    """What others commit meanwhile does not appear half-way through a reading unit."""
    furnished(database)
    with database.read() as unit:
        assert unit.transactions.get(guid(1)) == transaction()
        with database.write() as rival:
            rival.transactions.move(guid(1), State.RECEIVED, State.VALIDATED, NOW)
            rival.commit()
        assert unit.transactions.get(guid(1)) == transaction()


def test_foreign_keys_hold(database: SqlDatabase) -> None:
    """A recipient of no transaction cannot exist."""
    with pytest.raises(GatewayError) as caught, database.write() as unit:  # noqa: PT012
        add_key(unit, 5)
        unit.recipients.add([recipient(5)])
    assert caught.value.kind is ErrorKind.INTERNAL


def test_numbers_out_of_range_are_refused(database: SqlDatabase) -> None:
    """The database itself refuses states that do not exist."""
    furnished(database)
    with pytest.raises(Exception, match="ck_transactions_state"), database.engine.begin() as connection:
        connection.execute(text("UPDATE transactions SET state = 13"))


def test_errors_name_no_personal_data(database: SqlDatabase) -> None:
    """The error that leaves, and the one behind it, show no parameter of the statement."""
    with pytest.raises(GatewayError) as caught, database.write() as unit:  # noqa: PT012
        add_key(unit, 5)
        unit.recipients.add([recipient(5)])
    story = f"{caught.value!r} {caught.value.__cause__!s}"
    assert "Íñigo" not in story
    assert "600" not in story


def test_kill_9_keeps_exactly_what_was_committed(
    database: SqlDatabase, database_url: str, tmp_path: Path
) -> None:
    """After a process is killed amid its commits, all that it told is there, and every row is whole."""
    furnished(database, range(0))
    child = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, database_url, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert child.stdout is not None
    told = [int(child.stdout.readline()) for _ in range(25)]
    child.send_signal(signal.SIGKILL)
    told += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
    survivor = opened(database_url, column_keys(tmp_path))
    with survivor.write() as unit:
        stored = [number for number in range(1, len(told) + 3) if unit.transactions.get(guid(number))]
        claimed = unit.tasks.claim(NOW, NOW, 10**6)
        assert [len(unit.recipients.of(guid(number))) for number in stored] == [1] * len(stored)
    assert set(told) <= set(stored)
    # The one commit that may have happened without being told is whole as well.
    assert len(stored) - len(told) in {0, 1}
    assert len(claimed) == len(stored)
    survivor.close()


def test_a_process_that_leaves_takes_nothing_along(tmp_path: Path) -> None:
    """A command that reads and ends beside a serving process leaves what that one commits visible to others.

    It once deleted SQLite's log under the server, because a new connection had dropped the server's locks.
    """
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    serving = SqlDatabase(build_engine(url, pool_size=4))
    upgrade(serving.engine)
    with serving.read(), serving.read():
        # Two connections at once: the second one was opened while the first held its locks.
        pass
    for number in range(3):
        code = f"""
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
database = SqlDatabase(build_engine({url!r}))
with database.read() as unit:
    print(len(unit.issuers.all()))
database.close()
"""
        seen = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
        )
        assert int(seen.stdout) == number
        with serving.write() as unit:
            unit.issuers.add(Issuer(number, "Banco", "A1", "mailto:a@example.org"))
            unit.commit()
    serving.close()


def test_second_writer_of_a_thread_is_a_bug(migrated: str, database: SqlDatabase) -> None:
    """On SQLite a thread that would wait for itself is told so at once."""
    if not migrated.startswith("sqlite"):
        pytest.skip("PostgreSQL has many writers")
    with database.write(), pytest.raises(RuntimeError), database.write():
        pass
    with database.write() as unit:
        unit.issuers.add(ISSUER)


def test_writer_that_waits_too_long_is_told_to_retry(
    migrated: str, database: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer behind a stuck one gets TEMPORARILY_UNAVAILABLE, not an endless wait."""
    if not migrated.startswith("sqlite"):
        pytest.skip("SQLite's queue of writers")
    monkeypatch.setattr(unit_of_work, "LOCK_SECONDS", 0.05)
    caught: list[GatewayError] = []

    def rival() -> None:
        try:
            with database.write():
                pass
        except GatewayError as error:
            caught.append(error)

    with database.write():
        thread = threading.Thread(target=rival)
        thread.start()
        thread.join()
    assert [error.kind for error in caught] == [ErrorKind.TEMPORARILY_UNAVAILABLE]


def test_exhausted_pool_is_temporary(database_url: str) -> None:
    """When every connection is taken the caller is told to retry."""
    small = SqlDatabase(build_engine(database_url, pool_size=1, overflow=0, wait=0.05))
    with small.read(), pytest.raises(GatewayError) as caught, small.read():
        pass
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    small.close()


def test_lock_of_another_process_is_temporary(
    migrated: str, database: SqlDatabase, database_url: str
) -> None:
    """A row or database that somebody else holds too long is TEMPORARILY_UNAVAILABLE."""
    furnished(database)
    rival = SqlDatabase(build_engine(database_url))
    impatient = "PRAGMA busy_timeout=50" if migrated.startswith("sqlite") else "SET lock_timeout=50"
    with rival.engine.connect() as connection:
        connection.execute(text(impatient))
        connection.commit()
    with database.write() as holder:
        holder.transactions.lock(guid(1))
        with pytest.raises(GatewayError) as caught, rival.write() as unit:
            unit.transactions.lock(guid(1))
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    rival.close()


def test_unreachable_database_is_temporary(tmp_path: Path) -> None:
    """No server and no folder are conditions that pass, not bugs."""
    for url in ("postgresql://x@127.0.0.1:1/x", f"sqlite:///{tmp_path}/none/gateway.db"):
        nowhere = SqlDatabase(build_engine(url))
        with pytest.raises(GatewayError) as caught, nowhere.read():
            pass
        assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
