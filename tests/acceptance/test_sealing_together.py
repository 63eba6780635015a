"""Evidence of several transactions sealed by one call: one signature each, and one bad apple spoils none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import update

from gateway.adapters.storage.tables import evidences
from gateway.adapters.storage.unit_of_work import SqlUnitOfWork
from gateway.adapters.work.execution import Execution
from gateway.adapters.work.retry import Retry
from gateway.domain.record import EvidenceStatus, Task
from gateway.usecases.outbox import Kind
from tests.house import House
from tests.orders import order

SUBMITTED = 4


def _claimed(house: House) -> list[Task]:
    """The tasks that seal the acceptances of several submissions, in hand and not begun."""
    for number in range(SUBMITTED):
        house.submit(order(external_id=f"together-{number}"))
    return [task for task in house.claim(100) if task.kind == Kind.SEAL_EVIDENCE.value]


def _execution(house: House) -> Execution:
    return Execution(house.tech.database, house.system.handlers, house.clock, Retry(), lambda: 1.0)


def test_one_call_seals_all_in_one_commit(house: House) -> None:
    """Every evidence of the group is sealed and verifies, its task is done, and one unit wrote it."""
    tasks = _claimed(house)
    execution = _execution(house)
    [group] = execution.grouped(tasks)
    assert len(group) == SUBMITTED
    real, writes = house.tech.database.write, []

    @contextmanager
    def counted() -> Iterator[SqlUnitOfWork]:
        writes.append(1)
        with real() as uow:
            yield uow

    house.tech.database.write = counted  # type: ignore[method-assign]
    execution.run_group(group)
    assert writes == [1]
    for task in tasks:
        [sealed] = house.evidence(task.guid)
        house.verified(sealed.octets)
    with real() as uow:
        assert not any(uow.tasks.complete(task) for task in tasks)


def test_one_broken_evidence_spoils_no_other(house: House) -> None:
    """What was altered in the database fails by itself; its companions are sealed all the same."""
    tasks = _claimed(house)
    with house.tech.database.engine.begin() as connection:
        altered = update(evidences).where(evidences.c.id == tasks[1].subject)
        connection.execute(altered.values(rendered_sha256=bytes(32)))
    _execution(house).run_group(tasks)
    statuses = [house.evidence_of(task.guid)[0].status for task in tasks]
    sealed, rendered = EvidenceStatus.SEALED, EvidenceStatus.RENDERED
    assert statuses == [sealed, rendered, sealed, sealed]


def test_lost_leases_publish_nothing(house: House) -> None:
    """A worker whose tasks another took over neither completes them nor changes what is published."""
    tasks = _claimed(house)
    house.drain()
    house.clock.advance(house.settings.worker.lease)
    house.drain()
    before: list[Any] = [house.evidence_of(task.guid) for task in tasks]
    handler: Any = house.system.handlers[Kind.SEAL_EVIDENCE.value]
    assert handler.run_many(tasks) == frozenset()
    assert [house.evidence_of(task.guid) for task in tasks] == before


def test_what_closing_sealed_is_only_completed(house: House) -> None:
    """Evidence that was sealed in between keeps its signature, and its task is done with the others."""
    tasks = _claimed(house)
    handler: Any = house.system.handlers[Kind.SEAL_EVIDENCE.value]
    [sealed] = handler.batch.pending(tasks[0].guid)
    with house.tech.database.write() as uow:
        uow.evidences.publish(sealed)
        uow.commit()
    assert handler.run_many(tasks) == {task.id for task in tasks}
    assert house.evidence_of(tasks[0].guid) == [sealed]
