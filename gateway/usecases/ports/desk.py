"""What the desk keeps: contacts that are blocked, requests that count once, and lists of transactions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.contact import ContactKind
from gateway.domain.listing import Listed, Place, Wanted


class Blocks(Protocol):
    """Contacts as keyed hashes. An empty `guid` is every transaction's."""

    def add(self, kind: ContactKind, contact: str, guid: str, by: str, at: datetime) -> bool:
        """False when that block is in force already."""

    def release(self, kind: ContactKind, contact: str, guid: str, by: str, at: datetime) -> bool:
        """False when there is none."""

    def blocked(self, kind: ContactKind, contact: str, guid: str) -> bool:
        """Whether no message of this transaction may reach the contact."""


class DeskRequests(Protocol):
    def first(self, token: str, guid: str, action: str, at: datetime) -> bool:
        """Note the request; False when one with this token was noted before."""


class Listings(Protocol):
    """Rows for lists, with nothing personal in them."""

    def page(self, issuer: int, wanted: Wanted, after: Place | None, limit: int) -> Sequence[Listed]:
        """In order of reception, then of GUID, beyond `after`."""

    def by_guids(self, issuer: int, guids: Sequence[str]) -> Sequence[Listed]:
        """Of those, the issuer's own, in any order."""

    def by_external_ids(self, issuer: int, external_ids: Sequence[str]) -> Sequence[Listed]: ...
    def purged(self, issuer: int, guids: Sequence[str]) -> Collection[str]:
        """Which of them are tombstones of the issuer's."""

    def purged_marks(self, issuer: int, marks: Sequence[bytes]) -> Mapping[bytes, str]:
        """The GUIDs of the issuer's tombstones by the marks of their external ids."""
