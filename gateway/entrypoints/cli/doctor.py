"""`fehaciente doctor`: one line for each thing that an installation needs, and how it is."""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.domain.errors import Text
from gateway.entrypoints.cli.printing import line

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ILL = 1


class Health(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, how it is, and what is to be done about it (empty when it is well).

    `what` is a name for scripts; what is `told` as a plain string is in no language.
    """

    what: str
    health: Health
    told: Text | str = ""
    advice: Text | None = None


Examine = Callable[[Path | None], Iterable[Finding]]


def add_grammar(commands: "Commands") -> None:
    commands.add_parser(
        "doctor", help="is everything there that this installation needs? exits with 1 when something fails"
    )


def run(asked: argparse.Namespace, examine: Examine) -> int:
    """Print each finding as it comes."""
    healths = []
    for finding in examine(asked.config):
        healths.append(finding.health)
        advice = finding.advice.in_language(asked.language) if finding.advice else ""
        told = finding.told if isinstance(finding.told, str) else finding.told.in_language(asked.language)
        line(finding.health.value, finding.what, told, *([advice] if advice else []))
    return ILL if Health.FAIL in healths else 0
