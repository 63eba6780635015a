"""A purge and whoever wants to keep the transaction at the same moment: one of them wins, wholly."""

import threading
from collections.abc import Callable

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from tests.custody_samples import YEAR, closed, deposited, pass_custody
from tests.house import House

KEEPERS: dict[str, Callable[[House, str], object]] = {
    "hold": lambda house, guid: house.system.holds.place(guid, "court-1", "ops"),
    "extension": lambda house, guid: house.system.extend_custody.by_operator(guid, YEAR),
}


def outcome(action: Callable[[], object]) -> ErrorKind | None:
    try:
        action()
    except GatewayError as error:
        return error.kind
    return None


def at_once(**actions: Callable[[], object]) -> dict[str, ErrorKind | None]:
    """Each in a thread of its own, begun together; how each was refused, None if it was not."""
    begin, told = threading.Barrier(len(actions)), dict[str, ErrorKind | None]()

    def run(name: str, action: Callable[[], object]) -> None:
        begin.wait()
        told[name] = outcome(action)

    threads = [threading.Thread(target=run, args=each) for each in actions.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def race(house: House, guid: str, keep: Callable[[House, str], object]) -> None:
    told = at_once(
        keep=lambda: keep(house, guid), purge=lambda: house.system.purge.by_order(guid, "erasure-9")
    )
    with house.tech.database.read() as uow:
        purged, there = uow.tombstones.get(guid), uow.transactions.get(guid)
        held, moved = uow.holds.of(guid), uow.custody.extensions(guid)
    if purged:
        assert told == {"keep": ErrorKind.NOT_FOUND, "purge": None}
        assert (there, held, moved) == (None, [], [])
    else:
        assert told == {"keep": None, "purge": ErrorKind.RULE_BROKEN}
        assert there is not None
        assert len(held) + len(moved) == 1
        assert house.documents(guid, "ORIGINAL")


@pytest.mark.parametrize("keeper", KEEPERS)
def test_one_of_both_wins(house: House, keeper: str) -> None:
    """Either it is purged and whoever came late is told that there is none, or it is kept whole; never a
    hold or an extension of what is gone, nor a purge of what was just kept."""
    guids = [closed(house, f"LOAN-{number}") for number in range(4)]
    deposited(house)
    for guid in guids:
        pass_custody(house, guid)
        race(house, guid, KEEPERS[keeper])
