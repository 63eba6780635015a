"""`fehaciente clock`: our clock against each time-stamping authority's, as they are asked now."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.entrypoints.cli.printing import line

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

WRONG = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """One authority: `least` and `most` seconds that our clock is ahead of its; None when it did not say."""

    authority: str
    state: str
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class ClockReport:
    """`limit`: seconds beyond which nothing is sealed; `wrong`: several agree that it is our clock."""

    readings: Sequence[Reading]
    limit: float
    wrong: bool

    @property
    def usable(self) -> bool:
        return not self.wrong and any(reading.state == "well" for reading in self.readings)


Check = Callable[[Path | None], ClockReport]


def add_grammar(commands: "Commands") -> None:
    commands.add_parser(
        "clock", help="our clock against the authorities'; exits with 1 when nothing can be sealed"
    )


def run(asked: argparse.Namespace, check: Check) -> int:
    report = check(asked.config)
    for each in report.readings:
        ahead = "" if each.least is None or each.most is None else f"{each.least:+.3f}s to {each.most:+.3f}s"
        line(each.authority, each.state, ahead)
    verdict = "our clock is wrong" if report.wrong else "usable" if report.usable else "no authority is well"
    line("limit", f"{report.limit:g}s", verdict)
    return 0 if report.usable else WRONG
