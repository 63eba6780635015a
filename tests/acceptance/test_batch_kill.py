"""Batches and SIGKILL: whatever commit a worker dies at, every item has one answer and one transaction."""

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from gateway import settings as configuration
from gateway.adapters.storage.tables import batch_items, evidences, transactions
from gateway.adapters.storage.unit_of_work import SqlUnitOfWork
from gateway.bootstrap.system import System, system
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.batch import Batch, BatchPolicy, BatchStatus
from scripts.installation import Installation, free_port
from tests.batch_house import batch_house, bring, refusals
from tests.batch_samples import batch_xml, orders
from tests.house import BANK, House
from tests.orders import order
from tests.services import postgresql_database

ITEMS = 80
BAD = order(external_id="bad").replace(b"<service>CONTRACT_EXPRESS<", b"<service>NONSENSE<")
ACCEPTANCE = "http://uri.etsi.org/19522/Event/SubmissionAcceptance"


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


@contextmanager
def mortal(chance: random.Random, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One commit of three is the last thing a worker does, or the first that it does not."""
    commit = SqlUnitOfWork.commit

    def dying(unit: SqlUnitOfWork) -> None:
        fate = chance.random()
        if fate < 0.15:
            raise Killed
        commit(unit)
        if fate < 0.3:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(SqlUnitOfWork, "commit", dying)
        yield


@pytest.fixture(params=["sqlite", "postgresql"])
def house(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[House]:
    if request.param == "sqlite":
        made = batch_house(tmp_path)
        yield made
        made.close()
        return
    with postgresql_database() as url:
        made = batch_house(tmp_path, url)
        yield made
        made.close()


def only_batches(house: House) -> None:
    """Run due tasks of batches until nothing of them is due: what dies keeps its lease."""
    for _ in range(500):
        now = house.clock.now()
        with house.tech.database.write() as uow:
            tasks = uow.tasks.claim(now, now + timedelta(minutes=1), 1, 1)
            done = not tasks or tasks[0].kind not in {"read_batch", "take_batch"}
            if not done:
                uow.commit()
        if done:
            return
        house.run(*tasks)


@pytest.mark.parametrize("policy", list(BatchPolicy))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_killed_at_any_commit(
    house: House, policy: BatchPolicy, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers die before or after one commit of three; in the end everything is there, once."""
    items = orders(ITEMS) if policy is BatchPolicy.ALL_OR_NOTHING else [*orders(ITEMS), BAD]
    batch = bring(house, batch_xml([*items, items[0]]), policy=policy)
    chance = random.Random(seed)
    for _ in range(100):
        try:
            with mortal(chance, monkeypatch):
                only_batches(house)
        except Killed:
            pass
        house.clock.advance(timedelta(minutes=3))
        if house.system.batches.get(BANK, batch.id).batch.status.over:
            break
    only_batches(house)
    check(house.tech, house.system, batch, ITEMS, len(items) - ITEMS)
    owners = refusals(house, batch, ITEMS + 1)
    assert [len(house.evidence_of(owner)) for owner in owners] == [1] * (len(items) - ITEMS)


def check(tech: Technology, use_cases: System, batch: Batch, good: int, bad: int, more: int = 1) -> None:
    """So many transactions, each with one acceptance; every item answered, the repeated one by the same."""
    view = use_cases.batches.get(BANK, batch.id)
    assert view.batch.status is BatchStatus.FINISHED
    assert (view.counts.accepted, view.counts.refused) == (good + more, bad)
    with tech.database.engine.connect() as connection:
        guids = connection.scalars(select(batch_items.c.guid).where(batch_items.c.guid.is_not(None))).all()
        known = connection.scalars(select(transactions.c.guid)).all()
        accepted = connection.execute(
            select(evidences.c.owner, func.count()).where(evidences.c.event == ACCEPTANCE).group_by("owner")
        ).all()
    assert len(guids) == good + more
    assert set(guids) == set(known)
    assert Counter(dict(row for row in map(tuple, accepted))) == Counter(dict.fromkeys(known, 1))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("backend", ["sqlite", "postgresql"])
def test_killed_processes_lose_nothing(tmp_path: Path, backend: str) -> None:
    """Real worker processes, two at a time, killed again and again in the middle of a batch."""
    if backend == "sqlite":
        _killed(tmp_path, "")
        return
    with postgresql_database() as url:
        _killed(tmp_path, url)


def _killed(folder: Path, url: str) -> None:
    installation = Installation(folder / "gateway", free_port(), url, workers=2, lease="3s")
    installation.create()
    tech = technology(configuration.load(installation.config))
    use_cases = system(configuration.load(installation.config), tech, lambda: None)
    writer = use_cases.batches.spool.create()
    writer.write(batch_xml(orders(150)))
    batch = use_cases.batches.submit(BANK, "lote-1", writer.finish(), "ab" * 32, covered=True)
    chance, deadline = random.Random(20261124), time.monotonic() + 270
    workers = [installation.start("worker") for _ in range(2)]
    try:
        reached = 0
        while not (view := use_cases.batches.get(BANK, batch.id)).batch.status.over:
            assert time.monotonic() < deadline, view
            # Who has just been started has done nothing that could be lost: killed is who is at work.
            if view.counts.accepted < min(reached + 25, 149):
                time.sleep(0.05)
                continue
            reached = view.counts.accepted
            time.sleep(chance.uniform(0.0, 0.5))
            victim = workers.pop(0)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
            workers.append(installation.start("worker"))
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    check(tech, use_cases, batch, 150, 0, more=0)
    tech.database.close()
