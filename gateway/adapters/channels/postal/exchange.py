"""Where files change hands with a courier: `out` from us, `in` to us, `in/refused` what we could not read.

Whatever the technology, a file is whole or not there, and nothing is overwritten by us. What is taken from
`in` is removed: it holds personal data, and is kept sealed by then.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

OUT, IN, REFUSED = "out", "in", "in/refused"
UNFINISHED = ".unfinished-"
# What a courier may name a file: nothing that leads elsewhere, nothing hidden, nothing of ours.
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}", re.ASCII)
# The largest status file or scan that is read.
LIMIT = 20_000_000


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware and UTC."""


class Uncertain(Exception):
    """Something broke after a file may have arrived."""


class Exchange(Protocol):
    """The courier's end is a person's or a program's. Every method raises ConnectionError when there is no
    way to it, or nothing can have changed."""

    def hand_over(self, files: Mapping[str, bytes]) -> str:
        """Into `out`, the last one last: with it the job is whole. Gives the name of a file that is there
        with other octets already, or nothing. Raises Uncertain once the job may be whole."""

    def holds(self, name: str) -> bool:
        """Whether `out` still has it."""

    def arrived(self) -> Sequence[str]:
        """Names of whole files in `in`, in order."""

    def read(self, name: str) -> bytes | None:
        """Of `in`; None when it is gone, or larger than LIMIT."""

    def remove(self, name: str) -> None:
        """From `in`; one that is gone is no error."""

    def refuse(self, name: str, why: bytes) -> None:
        """From `in` to `in/refused`, and beside it the reasons as `<name>.errors.csv`."""
