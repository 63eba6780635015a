"""After a restore: sequences leap, and what may have left already waits for a person."""

from datetime import UTC, datetime, timedelta

from gateway.adapters.storage.guids import DatabaseGuids
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.accounts import Account, StaffSession, Way
from gateway.domain.record import TaskState
from gateway.domain.staff import Person, Role
from gateway.usecases.after_restore import LEAP, AfterRestore, Resumed
from gateway.usecases.outbox import Kind, new_task
from tests.fakes import FixedClock
from tests.storage_samples import column_keys, furnished

HELD = set(Kind) - {
    *(Kind.SEAL_EVIDENCE, Kind.PACK, Kind.PLAY, Kind.EXPORT),
    # These ask, or keep what came: nothing leaves by them.
    *(Kind.FOLLOW_CALL, Kind.FOLLOW_BRIDGE, Kind.KEEP_RECORDING, Kind.PUBLISH, Kind.CHECK_PUBLICATION),
}
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_sequences_leap_and_messages_wait(database: SqlDatabase) -> None:
    """GUIDs go beyond the leap; what sends or leads to it, leased or not, is dead; the rest stays ready."""
    furnished(database)
    before = DatabaseGuids(database, 1).next(1)
    tasks = {kind: new_task(kind, "g-1", NOW) for kind in Kind}
    with database.write() as uow:
        for task in tasks.values():
            uow.tasks.add(task)
        uow.tasks.claim(NOW, NOW, 1)
        uow.commit()
    resume = AfterRestore(database, FixedClock(NOW))
    assert resume() == Resumed(issuers=1, held=len(HELD))
    assert resume() == Resumed(issuers=1, held=0)
    assert DatabaseGuids(database, 1).next(1).sequence >= before.sequence + 2 * LEAP
    with database.read() as uow:
        dead = {task.kind: task for task in uow.tasks.dead(20)}
        actions = [entry.action for entry in uow.audit.entries("node1", 0, 10)]
    assert set(dead) == HELD
    assert all(task.state is TaskState.DEAD and "backup" in task.last_error for task in dead.values())
    assert actions.count("backup-restored") == 2


def test_everybody_is_signed_out(database: SqlDatabase) -> None:
    """A session of before the backup may have been ended since, and is not alive again."""
    session = StaffSession("", "staff-1", Way.LOGIN, NOW, NOW, NOW + timedelta(hours=9))
    with database.write() as uow:
        uow.keys.add("staff-1", column_keys().keyring.new_key())
        uow.staff.add(Account(Person("staff-1", "luz", "Luz", Role.SUPPORT), "x"), NOW)
        uow.staff_sessions.add("token", session)
        uow.commit()
    AfterRestore(database, FixedClock(NOW + timedelta(minutes=1)))()
    with database.read() as uow:
        assert uow.staff_sessions.get("token") is None
