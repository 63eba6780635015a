"""`fehaciente custody` as an operator uses it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.bootstrap import commands
from gateway.bootstrap.custody_commands import Desk
from gateway.entrypoints.cli.actions import Actions
from gateway.entrypoints.cli.main import run
from tests.custody_samples import YEAR, closed, end_of, ready_to_purge
from tests.house import House
from tests.refusal_samples import due


def custody(house: House, *words: str) -> int:
    """Run the command over the house's own adapters and clock; gives the exit code."""

    @contextmanager
    def desk(_config: Path | None) -> Iterator[Desk]:
        yield Desk(house.settings, house.tech, house.system, "ops")

    real = commands.actions()
    fields = {name: getattr(real, name) for name in Actions.__slots__}
    return run(["custody", *words], Actions(**(fields | {"custody": desk})))


def test_extend_prints_both_ends(small_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """A period that is none is refused before anything is done."""
    guid = closed(small_house)
    old_end = end_of(small_house, guid)
    assert custody(small_house, "extend", guid, "P1Y") == 0
    printed = capsys.readouterr().out.split()
    assert printed == [guid, old_end.isoformat(), YEAR.after(old_end).isoformat()]
    for wrong in ("P1D", "P0Y", "a year"):
        assert custody(small_house, "extend", guid, wrong) == 1
    assert end_of(small_house, guid) == YEAR.after(old_end)


def test_hold_and_release(small_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """A hold is listed while it is in force; releasing what is not there says so by the exit code."""
    guid = closed(small_house)
    assert custody(small_house, "hold", guid, "--reason", "court-1") == 0
    assert custody(small_house, "holds") == 0
    assert capsys.readouterr().out.split("\t")[:2] == [guid, "court-1"]
    assert custody(small_house, "release", guid) == 0
    assert custody(small_house, "release", guid) == 1
    assert capsys.readouterr().err.startswith("E000501")
    assert custody(small_house, "holds") == 0
    assert capsys.readouterr().out == ""
    assert custody(small_house, "holds", guid) == 0
    assert guid in capsys.readouterr().out
    assert custody(small_house, "hold", guid, "--reason", "Juan Pérez") == 1


def test_contracts(small_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """A contract needs a known issuer, a period and a day to come; it is listed until it is ended."""
    assert custody(small_house, "contract", "1", "P1Y", "--until", "2050-01-01") == 0
    assert custody(small_house, "contract") == 0
    assert capsys.readouterr().out == "0001\tP12M\t2050-01-01T00:00:00+00:00\n"
    assert custody(small_house, "contract", "99", "P1Y", "--until", "2050-01-01") == 1
    assert custody(small_house, "contract", "1", "P1Y") == 1
    assert custody(small_house, "contract", "1", "P1Y", "--until", "some day") == 1
    assert custody(small_house, "contract", "1", "P1Y", "--until", "2020-01-01") == 1
    assert custody(small_house, "contract", "1", "--end") == 0
    assert custody(small_house, "contract", "1", "--end") == 1


def test_purge_lists_and_ends_refusals_too(small_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """The dry run names request id, end and what stands in the way, and changes nothing; the purge counts
    transactions and refused submissions together."""
    house = small_house
    guid, request_id = ready_to_purge(house), due(house, "LOAN-2")
    assert custody(house, "purge", "--dry-run") == 0
    listed = [row.split("\t") for row in capsys.readouterr().out.splitlines()]
    assert [(row[0], row[2]) for row in listed] == [(guid, "PURGE"), (request_id, "PURGE")]
    assert custody(house, "purge") == 0
    assert capsys.readouterr().out == "2 purged\n"
    assert custody(house, "purge", "--dry-run") == 0
    assert capsys.readouterr().out == ""
