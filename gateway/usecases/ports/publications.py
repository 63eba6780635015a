"""What publications need: their rows, and a reader who sees the page from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.publication import Publication, PublicVisit, VisitKind


class Publications(Protocol):
    def begin(self, guid: str, published_at: datetime) -> None: ...
    def take(self, publication: Publication) -> None:
        """One whose period was over elsewhere."""

    def get(self, guid: str) -> Publication | None:
        """None before it is public."""

    def visit(self, visit: PublicVisit) -> None: ...
    def fix(self, guid: str, number: int) -> Sequence[PublicVisit]:
        """Compare-and-set of the number of checks to `number`: the visits since the one before, which
        belong to it from now on; none when somebody else was first."""

    def visits(self, guid: str) -> Sequence[PublicVisit]:
        """All of them, oldest first."""

    def count(self, guid: str, kind: VisitKind) -> int: ...
    def logged(self, guid: str, sha256: bytes) -> None:
        """Name the file of all visits."""


class PublicReader(Protocol):
    """Anybody's browser, outside: it reads what the gateway's public address answers."""

    def read(self, path: str) -> bytes:
        """The octets under the public address. Raises ConnectionError with a word of why there are none."""
