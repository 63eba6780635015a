"""One row that does not open, or one way that breaks, keeps no other from its deposit, purge or extension."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from gateway.adapters.storage.tables import data_keys, deposit_queue
from gateway.domain.custody import CustodyContract
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit, Phase, items_of
from gateway.domain.errors import ErrorKind
from gateway.usecases.purge import Obstacle
from tests.custody_samples import audited, bring_end, closed, end_of, ready_to_purge
from tests.house import BANK, House, refused

DAY = timedelta(days=1)


def wrapped(house: House, owner: str) -> bytes:
    chosen = select(data_keys.c.wrapped).where(data_keys.c.owner == owner)
    with house.tech.database.engine.connect() as connection:
        return bytes(connection.execute(chosen).scalar_one())


def replace_key(house: House, owner: str, octets: bytes) -> None:
    """As a disk that turned some bits of the row would."""
    change = update(data_keys).where(data_keys.c.owner == owner).values(wrapped=octets)
    with house.tech.database.engine.begin() as connection:
        connection.execute(change)


def waiting(house: House, owner: str) -> list[int | None]:
    """Of each queued file of the owner, the deposit that took it."""
    chosen = select(deposit_queue.c.deposit).where(deposit_queue.c.owner == owner)
    with house.tech.database.engine.connect() as connection:
        return list(connection.execute(chosen).scalars())


def test_an_owner_that_does_not_open_waits_for_the_next_deposit(house: House) -> None:
    """The deposit is made without it, the audit log names it, and once mended it loses nothing."""
    broken, whole = closed(house, "LOAN-1"), closed(house, "LOAN-2")
    key, files = wrapped(house, broken), len(waiting(house, broken))
    replace_key(house, broken, b"\0" * len(key))
    deposit = house.system.deposits.make.at_once()
    assert deposit
    assert (deposit.phase, deposit.leaves) == (Phase.SEALED, 2)
    assert house.system.deposits.records.of(whole)
    assert waiting(house, broken) == [None] * files
    assert audited(house, "leaf-put-back") == [broken]
    replace_key(house, broken, key)
    assert house.system.deposits.make.at_once()
    (record,) = house.system.deposits.records.of(broken)
    assert (record.deposit, len(items_of(record.leaf))) == (2, files)
    assert waiting(house, broken) == []


def test_a_row_that_does_not_open_is_not_purged_and_keeps_no_other(small_house: House) -> None:
    """Whichever comes first: the others go, and the list says why it stays."""
    house = small_house
    guids = sorted(ready_to_purge(house, f"LOAN-{number}") for number in range(3))
    replace_key(house, guids[0], b"\0" * 60)
    assert house.system.purge() == 2
    assert [(each.guid, each.obstacle) for each in house.system.purge.candidates()] == [
        (guids[0], Obstacle.UNREADABLE)
    ]


def test_a_contract_moves_the_others(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """More broken rows than a batch, and they end first: the failure is told, the others are moved."""
    house = small_house
    monkeypatch.setattr("gateway.usecases.extend_custody.BATCH", 1)
    guids = [closed(house, f"LOAN-{number}") for number in range(3)]
    ends = [bring_end(house, guid, timedelta(days=day)) for day, guid in enumerate(guids, 1)]
    for guid in guids[:2]:
        replace_key(house, guid, b"\0" * 60)
    now = house.clock.now()
    with house.tech.database.write() as uow:
        uow.custody.set_contract(CustodyContract(BANK.number, 6, now + timedelta(days=9999), now))
        uow.commit()
    refused(ErrorKind.INTERNAL, house.system.extend_custody.by_contract)
    assert end_of(house, guids[2]) > ends[2]


@dataclass
class Way:
    """A way that breaks, or takes what comes."""

    breaks: bool
    idempotent: bool = True

    def send(self, deposit: Deposit, _files: Any) -> Receipt:
        if self.breaks:
            raise ValueError("a foreign library's own")
        return Receipt(Outcome.DELIVERED, deposit.period_to)


def test_a_way_that_breaks_keeps_no_other(small_house: House) -> None:
    """Every deposit goes by the sound way; what broke is raised in the end."""
    house = small_house
    assert house.system.deposits.make.at_once()
    assert house.system.deposits.make.at_once()
    send = replace(house.system.deposits.send, senders={"a": Way(True), "b": Way(False)})
    with pytest.raises(ValueError, match="foreign"):
        send()
    outcomes = {(each.way, each.outcome) for _, sendings in send.all() for each in sendings}
    assert outcomes == {("a", None), ("b", Outcome.DELIVERED)}


def test_a_clock_that_ran_ahead_stops_no_deposits(small_house: House) -> None:
    """Closed in a month yet to come, sealed when the clock was right again: the next is due in time."""
    house = small_house
    closed(house)
    make = house.system.deposits.make

    class Refusing:
        """An authority's time is not ours: nothing is stamped while the clock is wrong."""

        def __getattr__(self, name: str) -> Any:
            if name == "stamp":
                raise ConnectionError
            return getattr(make.maker, name)

    house.clock.advance(30 * DAY)
    with pytest.raises(ConnectionError):
        replace(make, maker=Refusing())()  # type: ignore[arg-type]
    house.clock.advance(-30 * DAY)
    first = make()
    assert first
    assert first.period_to > house.clock.now() + 29 * DAY
    assert make() is None
    house.clock.advance(DAY)
    second = make()
    assert second
    assert (second.number, second.phase) == (2, Phase.SEALED)
