"""A deposit's files are taken slice by slice, so that closing one keeps no writer waiting for long."""

import pytest
from sqlalchemy import func, select

from gateway.adapters.storage.deposit_store import DepositStore
from gateway.adapters.storage.tables import deposit_queue
from gateway.domain.deposit import Phase
from gateway.usecases import deposit
from tests.custody_samples import closed
from tests.house import House


class Killed(BaseException):
    """A process dies: no `except Exception` may notice."""


def waiting(house: House) -> int:
    query = select(func.count()).select_from(deposit_queue).where(deposit_queue.c.deposit.is_(None))
    with house.tech.database.engine.connect() as connection:
        return connection.execute(query).scalar_one()


def test_a_crash_between_slices_loses_no_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was taken ahead, and what came since, is in the deposit of that number."""
    monkeypatch.setattr(deposit, "TAKEN_AT_ONCE", 3)
    first = closed(house, "LOAN-1")
    with monkeypatch.context() as dying:

        def die(*_: object) -> bool:
            raise Killed

        dying.setattr(DepositStore, "add", die)
        with pytest.raises(Killed):
            house.system.deposits.make.at_once()
    if not house.settings.database.url:
        assert waiting(house) == 0
    second = closed(house, "LOAN-2")
    made = house.system.deposits.make.at_once()
    assert made
    assert (made.number, made.phase, made.leaves, waiting(house)) == (1, Phase.SEALED, 3, 0)
    for guid in (first, second):
        [record] = house.system.deposits.records.of(guid)
        assert record.deposit == 1
    assert house.system.deposits.make.at_once().number == 2  # type: ignore[union-attr]
