"""Every node rings every job: whatever two nodes do at the same moment is done once.

Both are whole gateways over one database and one folder, each with a name of its own in the audit log.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway.adapters.storage.tables import (
    audit_entries,
    custody_extensions,
    deposit_leaves,
    deposit_queue,
    fixity,
    tasks,
    tombstones,
)
from gateway.adapters.vault import kek_files
from gateway.bootstrap import running
from gateway.bootstrap.system import system
from gateway.bootstrap.technology import technology
from gateway.domain.custody import CustodyContract
from gateway.domain.deposit import Phase
from gateway.domain.record import TaskState
from gateway.entrypoints.jobs.timetable import TIMETABLE
from tests.custody_samples import bring_end, closed, deposited, pass_custody
from tests.house import BANK, House

DAY = timedelta(days=1)
GUIDS = 4


class Nodes:
    """The jobs of two nodes, and how both ring one of them at once."""

    def __init__(self, house: House) -> None:
        self.house = house
        settings = replace(house.settings, gateway=replace(house.settings.gateway, node="node2"))
        self.other = technology(settings, house.clock)
        both = ((house.settings, house.tech), (settings, self.other))
        self.jobs = [running._jobs(each, tech, system(each, tech, lambda: None)) for each, tech in both]

    def ring(self, action: str) -> None:
        """Twice on each node at the same moment, and once more for whoever was kept away by a lease."""
        begin, failures = threading.Barrier(4), list[BaseException]()

        def run(job: Callable[[], object]) -> None:
            begin.wait()
            try:
                job()
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=(jobs[action],)) for jobs in self.jobs * 2]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        self.jobs[0][action]()


@pytest.fixture
def nodes(database_url: str, tmp_path: Path) -> Iterator[Nodes]:
    house = House(tmp_path, database_url)
    nodes = Nodes(house)
    yield nodes
    nodes.other.database.close()
    house.close()


def audited(house: House, action: str) -> list[str]:
    query = select(audit_entries.c.subject).where(audit_entries.c.action == action)
    with house.tech.database.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def counted(house: House, table: object, *where: object) -> int:
    query = select(func.count()).select_from(table).where(*where)  # type: ignore[arg-type]
    with house.tech.database.engine.connect() as connection:
        return connection.execute(query).scalar_one()


def test_every_job_rings_on_two_nodes(nodes: Nodes) -> None:
    """With transactions in every stage there is no job that fails because another node does it too."""
    house = nodes.house
    closed(house)
    house.submit()
    house.drain()
    house.clock.advance(DAY)
    for job in TIMETABLE:
        nodes.ring(job.action)


def test_one_deposit_a_period(nodes: Nodes) -> None:
    """Numbers follow one another, each owner has one leaf, and what was closed is said once."""
    house = nodes.house
    for number in (1, 2):
        for each in range(GUIDS):
            closed(house, f"LOAN-{number}-{each}")
        house.clock.advance(DAY)
        nodes.ring("deposit")
        deposits = [deposit for deposit, _ in house.system.deposits.send.all()]
        assert [deposit.number for deposit in deposits] == list(range(1, number + 1))
        assert deposits[-1].phase is Phase.SEALED
        assert counted(house, deposit_leaves) == GUIDS * number
    assert counted(house, deposit_queue) == 0
    for action in ("deposit-closed", "deposit-sealed", "deposit-sent"):
        assert len(audited(house, action)) == 2


def test_expiry_extension_and_purge_happen_once(nodes: Nodes) -> None:
    """Each transaction expires once, is extended once by contract, and leaves one tombstone."""
    house = nodes.house
    guids = [house.submit().guid for _ in range(GUIDS)]
    house.drain()
    house.clock.advance(timedelta(days=16))
    nodes.ring("expire")
    house.drain()
    for guid in guids:
        assert house.state(guid) == (12, 99906)
        assert set(Counter(house.kinds(guid)).values()) == {1}, house.kinds(guid)
    deposited(house)
    with house.tech.database.write() as uow:
        until = house.clock.now() + timedelta(days=4000)
        uow.custody.set_contract(CustodyContract(BANK.number, 12, until, house.clock.now()))
        uow.commit()
    for guid in guids:
        bring_end(house, guid, timedelta(days=2))
    nodes.ring("extend_by_contract")
    assert counted(house, custody_extensions) == GUIDS
    with house.tech.database.write() as uow:
        uow.custody.end_contract(BANK.number)
        uow.commit()
    house.drain()
    deposited(house)
    for guid in guids:
        pass_custody(house, guid)
    nodes.ring("purge")
    assert counted(house, tombstones) == GUIDS
    assert Counter(audited(house, "transaction-purged")) == Counter(guids)


def test_keys_and_checks_are_shared(nodes: Nodes) -> None:
    """A cohort gets one key, each owner is enrolled and checked once, and done tasks are forgotten."""
    house = nodes.house
    guid = closed(house)
    nodes.ring("enrol_fixity")
    assert counted(house, fixity) == 1
    nodes.ring("fixity")
    with house.tech.database.read() as uow:
        [row] = uow.fixity.page("", 9)
    assert row.owner == guid
    house.clock.advance(timedelta(days=40))
    before = len(kek_files.living(house.settings.vault.keys))
    nodes.ring("rotate_keks")
    assert len(kek_files.living(house.settings.vault.keys)) == before + 1
    assert counted(house, tasks, tasks.c.state == TaskState.DONE.value) > 0
    nodes.ring("forget_done")
    assert counted(house, tasks, tasks.c.state == TaskState.DONE.value) == 0
    assert house.state(guid) == (12, 7)
