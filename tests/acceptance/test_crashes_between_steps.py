"""A worker may die at any commit of any task: another one carries on, and nothing is done twice."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase, SqlUnitOfWork
from gateway.bootstrap.system import system
from gateway.domain.record import EvidenceStatus
from tests.house import LEASE, House

# More commits than all the tasks of one transaction make.
MOST_COMMITS = 60


class Mortal:
    """A database whose user dies at the n-th commit from now, just before or just after it."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database = database
        self.engine = database.engine
        self.left = -1
        self.committed = False

    @contextmanager
    def write(self, **how: Any) -> Iterator[Any]:
        with self._database.write(**how) as uow:
            yield Dying(self, uow)

    def read(self) -> AbstractContextManager[SqlUnitOfWork]:
        return self._database.read()

    def close(self) -> None:
        self._database.close()


@dataclass
class Dying:
    database: Mortal
    uow: SqlUnitOfWork

    def __getattr__(self, name: str) -> Any:
        return getattr(self.uow, name)

    def commit(self) -> None:
        self.database.left -= 1
        dies = self.database.left == 0
        if not dies or self.database.committed:
            self.uow.commit()
        if dies:
            raise SystemExit


@pytest.fixture
def mortal(house: House) -> Mortal:
    database = Mortal(house.tech.database)
    house.tech = replace(house.tech, database=database)  # type: ignore[arg-type]
    house.system = system(house.settings, house.tech, lambda: None)
    return database


def work(house: House, database: Mortal, left: int) -> int:
    """Do what is due, dying at one commit; how many commits were left to live."""
    while tasks := house.claim(1):
        database.left = left
        house.run(*tasks)
        left, database.left = database.left, -1
    return left


@pytest.mark.parametrize("committed", [False, True])
def test_death_at_every_commit(house: House, mortal: Mortal, committed: bool) -> None:
    """For each commit of a transaction's tasks: who dies there is followed by one who ends the work."""
    mortal.committed = committed
    deaths = 0
    for number in range(1, MOST_COMMITS):
        guid = house.submit().guid
        left = recovered(house, mortal, number)
        guest = house.guest(guid)
        guest.read()
        house.system.request_code(guest.session)
        left = recovered(house, mortal, left)
        guest.sign()
        left = recovered(house, mortal, left)
        check(house, guid)
        if left > 0:
            break
        deaths += 1
    assert 15 < deaths < MOST_COMMITS - 1


def recovered(house: House, database: Mortal, left: int) -> int:
    """Die on the way, if it is that far, and let others end the work: after the lease, and after a pause
    where the channel says that a message had not left."""
    left = work(house, database, left)
    house.wait(2 * LEASE)
    house.wait(2 * LEASE)
    return left


def check(house: House, guid: str) -> None:
    assert house.state(guid) == (12, 7)
    ids = [message["id"] for message in house.messages() if guid in message["id"]]
    assert sorted(each.partition("-")[0] for each in ids) == ["code", "notice", "outcome"]
    assert all(file.evidence.status is EvidenceStatus.SEALED for file in house.evidence(guid))
    assert len(house.certificates(guid)) == 2
    kinds = house.kinds(guid)
    once = (
        "STAMPED",
        "SEALED",
        "DISPATCHED",
        "DELIVERED",
        "CODE_SENT",
        "CLOSING",
        "CLOSED",
        "CERTIFIED",
        "PACKED",
        "OUTCOME_SENT",
    )
    assert all(kinds.count(kind) == 1 for kind in once)
    assert house.drain() == 0
    assert not house.system.support.dead_tasks(10)
