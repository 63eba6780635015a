"""Consents that were given: what use cases ask of storage."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.consents import GivenConsent


class Consents(Protocol):
    """Found by issuer and a keyed hash of the identity's letters and digits."""

    def add(self, identity: str, consents: Iterable[GivenConsent]) -> None: ...
    def of(self, issuer: int, identity: str) -> Sequence[GivenConsent]:
        """The oldest first."""

    def withdraw(self, consent: GivenConsent, at: datetime) -> bool:
        """False when somebody else was first."""
