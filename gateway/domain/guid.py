"""The public identifier of a transaction: `NNNNNN-NNNN-NNNNNNNNNNNNNNN.par`.

Installation (six digits), issuer (four) and sequence (fifteen). It is printed on every page and is
guessable: it never gives access to anything by itself.
"""

import re
from dataclasses import dataclass

PATTERN = re.compile(r"(\d{6})-(\d{4})-(\d{15})\.par", re.ASCII)


@dataclass(frozen=True, slots=True)
class Guid:
    """The three numbers of a GUID; `str()` gives its public form. Raises ValueError out of range."""

    installation: int
    issuer: int
    sequence: int

    def __post_init__(self) -> None:
        limits = ((self.installation, 10**6), (self.issuer, 10**4), (self.sequence, 10**15))
        if any(not 0 <= number < limit for number, limit in limits):
            raise ValueError("a number of the GUID is out of range")

    def __str__(self) -> str:
        return f"{self.installation:06d}-{self.issuer:04d}-{self.sequence:015d}.par"

    @classmethod
    def parse(cls, text: str) -> "Guid":
        """Read the public form; raises ValueError for anything else."""
        match = PATTERN.fullmatch(text)
        if not match:
            raise ValueError("not a GUID")
        installation, issuer, sequence = map(int, match.groups())
        return cls(installation, issuer, sequence)
