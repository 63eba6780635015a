"""Stores of custody on every database: compare-and-set of ends, contracts, holds, what is over."""

from datetime import timedelta

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.custody import Cause, CustodyContract, Extension, Hold
from gateway.domain.states import State
from tests.storage_samples import ISSUER, NOW, furnished, guid

YEAR = timedelta(days=365)


def kept(database: SqlDatabase, numbers: range = range(1, 4)) -> None:
    """Closed transactions; the end of number n is n years ahead."""
    furnished(database, numbers)
    with database.write() as unit:
        for number in numbers:
            until = NOW + number * YEAR
            assert unit.transactions.move(
                guid(number), State.RECEIVED, State.CLOSED, NOW, custody_until=until
            )
        unit.commit()


def extension(number: int = 1, token: str = "") -> Extension:
    return Extension(guid(number), NOW + YEAR, NOW + 2 * YEAR, 12, Cause.ISSUER, NOW, token)


def test_an_end_is_moved_once(database: SqlDatabase) -> None:
    """Whoever saw the old end moves it; a second one finds it gone and leaves no row."""
    kept(database)
    with database.write() as unit:
        assert unit.custody.extend(extension(token="a"))
        assert not unit.custody.extend(extension(token="b"))
        unit.commit()
    with database.read() as unit:
        record = unit.transactions.get(guid(1))
        assert record is not None
        assert record.custody_until == NOW + 2 * YEAR
        assert unit.custody.extensions(guid(1)) == [extension(token="a")]
        assert unit.custody.extensions(guid(2)) == []


def test_what_ends_and_what_is_over(database: SqlDatabase) -> None:
    """Soonest first for a contract; by GUID for a purge, without what is on hold."""
    kept(database)
    with database.write() as unit:
        unit.holds.place(Hold(guid(2), "court-1", NOW, "ops"))
        unit.commit()
    with database.read() as unit:
        before = NOW + 3 * YEAR
        first, second = unit.custody.ending(ISSUER.number, before, (NOW, ""), 10)
        assert (first[1], second[1]) == (guid(1), guid(2))
        assert unit.custody.ending(ISSUER.number, before, (NOW, ""), 1) == [first]
        assert unit.custody.ending(ISSUER.number, before, first, 10) == [second]
        assert unit.custody.ending(ISSUER.number + 1, before, (NOW, ""), 10) == []
        assert unit.custody.ended(before + YEAR, "", 10) == [guid(1), guid(3)]
        assert unit.custody.ended(before + YEAR, guid(1), 10) == [guid(3)]
        assert unit.custody.ended(before, "", 10) == [guid(1)]
    with database.write() as unit:
        assert unit.holds.release(guid(2), "court-1", NOW, "ops") == 1
        assert unit.holds.release(guid(2), "court-1", NOW, "ops") == 0
        unit.commit()
    with database.read() as unit:
        assert unit.custody.ended(before, "", 10) == [guid(1), guid(2)]
        assert unit.holds.of(guid(2)) == [Hold(guid(2), "court-1", NOW, "ops", NOW, "ops")]
        assert unit.holds.active() == []


def test_a_contract_replaces_the_one_before(database: SqlDatabase) -> None:
    """One for each issuer, and none once it is ended."""
    furnished(database)
    first = CustodyContract(ISSUER.number, 12, NOW + YEAR, NOW)
    second = CustodyContract(ISSUER.number, 24, NOW + 9 * YEAR, NOW)
    with database.write() as unit:
        unit.custody.set_contract(first)
        unit.custody.set_contract(second)
        unit.commit()
    with database.write() as unit:
        assert unit.custody.contracts() == [second]
        assert unit.custody.contract(ISSUER.number) == second
        assert unit.custody.end_contract(ISSUER.number)
        assert not unit.custody.end_contract(ISSUER.number)
        assert unit.custody.contract(ISSUER.number) is None
        unit.commit()
