"""Workers that others wake: quicker by it, never dependent on it, and never told twice what happens once."""

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pika
import pytest
from sqlalchemy import text

from gateway.adapters.storage.engine import POSTGRESQL
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.work.bell import Bell
from gateway.adapters.work.dramatiq_broker import BrokerAddress, DramatiqListener, DramatiqRope
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from tests.brokers import RabbitMq, shared_broker
from tests.storage_samples import task
from tests.workforces import Engine

LONG = 60.0
SOON = 20.0


@pytest.fixture(params=("local", "dramatiq"))
def engine(request: pytest.FixtureRequest, database: SqlDatabase) -> Engine:
    engine = Engine(request.param, database)
    if request.param == "local" and database.engine.dialect.name != POSTGRESQL:
        pytest.skip("nobody is told by SQLite, which is for one machine")
    return engine


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RabbitMq]:
    """A node that a test may kill."""
    node = RabbitMq(tmp_path)
    node.start()
    yield node
    node.stop()


def add(database: SqlDatabase, *rows: Task) -> None:
    with database.write() as unit:
        for row in rows:
            unit.tasks.add(row)
        unit.commit()


def added(database: SqlDatabase) -> bool:
    """False for the first that meets a connection which the server ended."""
    try:
        add(database, task())
    except GatewayError:
        return False
    return True


def until(condition: object, seconds: float = SOON) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def test_a_bell_wakes_workers_of_another_process(engine: Engine) -> None:
    """The workers would look again in a minute; they begin at once."""
    ran: list[str] = []
    listener = engine.listener()
    workers = engine.announced(listener, {"stamp": lambda row: ran.append(row.id) or False}, poll=LONG)
    workers.start()
    try:
        until(listener.hears)
        with engine.ringing() as ring:
            for number in range(3):
                add(engine.database, task(number))
                ring()
                until(lambda number=number: len(ran) == number + 1)
    finally:
        assert workers.stop(SOON)
    assert "lost" not in engine.outcomes


def test_calls_repeated_repeat_nothing(engine: Engine) -> None:
    """Two crews are told of everything many times over; each task runs once."""
    ran: list[str] = []
    rows = [task(number) for number in range(60)]
    with (
        engine.working(lambda row: ran.append(row.id) or False, poll=LONG),
        engine.working(lambda row: ran.append(row.id) or False, poll=LONG),
        engine.ringing() as ring,
    ):
        add(engine.database, *rows)
        deadline = time.monotonic() + SOON
        while len(ran) < len(rows) and time.monotonic() < deadline:
            ring()
            time.sleep(0.001)
    assert sorted(ran) == sorted(row.id for row in rows)


def test_full_workers_leave_a_call_to_others(engine: Engine) -> None:
    """While one crew is at its limit, what it cannot take is done by another that it called."""
    held, release = threading.Event(), threading.Event()
    ran: list[str] = []

    def stuck(_: Task) -> bool:
        held.set()
        release.wait(SOON)
        return False

    add(engine.database, *(task(number) for number in range(2)))
    bell, listener = engine.bell(), engine.listener()
    bell.start()
    other = engine.announced(listener, {"stamp": lambda row: ran.append(row.id) or False}, poll=LONG)
    with engine.working(stuck, threads=1, full=bell.full):
        assert held.wait(SOON)
        other.start()
        until(listener.hears)
        add(engine.database, *(task(number) for number in range(2, 6)))
        until(lambda: len(ran) == 4)
        release.set()
    assert other.stop(SOON)
    bell.stop(SOON)


def test_a_killed_broker_costs_time_only(broker: RabbitMq, database: SqlDatabase) -> None:
    """While it is dead, ringing takes no time and is counted as lost, and workers find what is due; when it
    is back, they are woken again."""
    outcomes: list[str] = []
    ran: list[str] = []
    address = broker.address("mortal")
    bell, listener = Bell(DramatiqRope(address), outcomes.append), DramatiqListener(address)
    local = Engine("dramatiq", database)
    pause = [LONG]
    workers = local.announced(
        listener, {"stamp": lambda row: ran.append(row.id) or False}, idle=lambda: pause[0]
    )
    bell.start()
    workers.start()
    try:
        until(listener.hears)
        add(database, task(1))
        bell.ring()
        until(lambda: ran == ["task-1"])
        pause[0] = 0.05
        broker.kill()
        until(lambda: not listener.hears())
        add(database, task(2))
        began = time.monotonic()
        for _ in range(1000):
            bell.ring()
        assert time.monotonic() - began < 0.5
        workers.wake()
        until(lambda: ran == ["task-1", "task-2"] and "lost" in outcomes)
        broker.start()
        until(listener.hears, 60)
        pause[0] = LONG
        outcomes.clear()
        workers.wake()
        time.sleep(0.2)
        add(database, task(3))
        until(lambda: (bell.ring(), "rung" in outcomes)[1])
        until(lambda: ran == ["task-1", "task-2", "task-3"])
    finally:
        assert workers.stop(SOON)
        bell.stop(SOON)


def test_a_message_says_nothing(database: SqlDatabase) -> None:
    """No task, no GUID, no person: what travels through the broker is that something is due."""
    engine = Engine("dramatiq", database)
    with engine.ringing() as ring:
        ring()
        until(lambda: engine.outcomes == ["rung"])
    with pika.BlockingConnection(pika.ConnectionParameters(port=shared_broker().port)) as connection:
        _, _, body = connection.channel().basic_get(engine.queue, auto_ack=True)
    message = json.loads(body)
    assert message.keys() == {
        "queue_name", "actor_name", "args", "kwargs", "options", "message_id", "message_timestamp"
    }  # fmt: skip
    assert (message["actor_name"], message["args"], message["kwargs"], message["options"]) == (
        "due",
        [],
        {},
        {},
    )


def test_an_unread_queue_stays_short(database: SqlDatabase) -> None:
    """Without any worker the broker keeps a bounded number of calls, and none for long."""
    address = shared_broker().address(Engine("dramatiq", database).queue)
    rope = DramatiqRope(address)
    for _ in range(1200):
        rope.pull()
    with pika.BlockingConnection(pika.ConnectionParameters(port=address.port)) as connection:
        channel = connection.channel()
        until(lambda: channel.queue_declare(address.queue, passive=True).method.message_count == 1000)
    rope.close()


def test_a_wrong_password_stops_nobody(database: SqlDatabase) -> None:
    """Workers without their broker look by themselves, and stop when they are told to."""
    node = shared_broker()
    address = BrokerAddress("127.0.0.1", node.port, "/", "guest", "wrong", "refused", 5, 2.0)
    outcomes: list[str] = []
    bell = Bell(DramatiqRope(address), outcomes.append)
    bell.start()
    workers = Engine("dramatiq", database).announced(
        DramatiqListener(address), {"stamp": lambda _: False}, poll=0.02
    )
    workers.start()
    add(database, task())
    bell.ring()
    until(lambda: outcomes == ["lost"])
    with database.read() as unit:
        assert not unit.tasks.dead(1)
    assert workers.stop(SOON)
    bell.stop(SOON)
    assert "wrong" not in repr(address)


def test_broken_tls_files_stop_the_start(tmp_path: Path) -> None:
    """Roots that are no certificates are a configuration error, not a broker that seems down."""
    (tmp_path / "ca.pem").write_text("no certificate")
    address = BrokerAddress(
        "localhost", 1, "/", "guest", "", "q", 5, 1.0, tls=True, ca_file=tmp_path / "ca.pem"
    )
    with pytest.raises(GatewayError) as caught:
        DramatiqRope(address)
    assert caught.value.kind is ErrorKind.CONFIGURATION


def test_a_listener_of_postgresql_comes_back(database: SqlDatabase) -> None:
    """When the server ends its connections, bell and listener connect again."""
    if database.engine.dialect.name != POSTGRESQL:
        pytest.skip("of PostgreSQL")
    engine, ran = Engine("local", database), list[str]()
    listener = engine.listener()
    handlers = {"stamp": lambda row: ran.append(row.id) or False}
    # A claim that fails is tried again soon; else nothing is looked for in a minute.
    workers = engine.announced(listener, handlers, poll=0.05, idle=lambda: LONG)
    workers.start()
    with engine.ringing() as ring:
        until(listener.hears)
        ring()
        until(lambda: engine.outcomes == ["rung"])
        with database.engine.connect() as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            connection.execute(text(f"{ended} AND datname = current_database()"))
        until(lambda: not listener.hears())
        until(listener.hears)
        until(lambda: (ring(), engine.outcomes[-1] == "rung" and "lost" in engine.outcomes)[1])
        until(lambda: added(database))
        ring()
        until(lambda: ran == [task().id])
    assert workers.stop(SOON)
