"""Proofs of existence: the earliest time at which each object is known to have existed (clause 5.6.2.3).

An object is named by the SHA-256 of its octets. Without another proof, everything exists at the present.
"""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256


class Proofs:
    """Proofs for one file, gathered from its newest time-stamp to its oldest."""

    def __init__(self, present: datetime) -> None:
        self.present = present
        self._earliest: dict[bytes, datetime] = {}

    def time_of(self, octets: bytes) -> datetime:
        """The earliest proven time, the present when there is none."""
        return self._earliest.get(sha256(octets).digest(), self.present)

    def prove(self, objects: Iterable[bytes], at: datetime) -> None:
        """Each of these existed at `at` already."""
        for octets in objects:
            name = sha256(octets).digest()
            self._earliest[name] = min(at, self._earliest.get(name, self.present))
