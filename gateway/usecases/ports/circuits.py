"""Issuers' circuits: what use cases ask of storage."""

from datetime import datetime
from typing import Protocol

from gateway.domain.circuits import Circuit


class Circuits(Protocol):
    def put(self, issuer: int, circuit: Circuit, since: datetime) -> None:
        """From that instant on, for what is submitted then; without rules there is none."""

    def at(self, issuer: int, at: datetime) -> Circuit | None:
        """The one that was in force at an instant; None where none was ever set."""
