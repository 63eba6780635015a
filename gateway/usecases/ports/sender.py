"""What the web sender needs from the outside: its rows, and orders signed in its issuers' names."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.draft import (
    AlertSettings,
    Draft,
    DraftRow,
    DraftStatus,
    KeptTemplate,
    RowOutcome,
    RowStatus,
)
from gateway.domain.parties import Issuer
from gateway.domain.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Alert:
    """A line of the in-page inbox: `kind` is the timeline's word (RECEIVED, SEALED, CERTIFIED)."""

    guid: str
    external_id: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """Which of an issuer's transactions: states from and to, a result or any, received from `not_before` on,
    and beyond `before` (instant of receipt and GUID of the last one seen)."""

    issuer: int
    states: tuple[int, int]
    result: int | None
    before: tuple[datetime, str]
    not_before: datetime


class Drafts(Protocol):
    """Every change is a compare-and-set on version and status."""

    def add(self, draft: Draft) -> bool: ...
    def get(self, draft_id: str) -> Draft | None: ...
    def of(self, issuer: int, status: DraftStatus, limit: int) -> Sequence[Draft]: ...
    def count(self, issuer: int, status: DraftStatus) -> int: ...
    def expired(self, before: datetime, limit: int) -> Sequence[str]: ...
    def replace(self, before: Draft, after: Draft) -> Draft | None: ...
    def remove(self, draft: Draft) -> bool: ...
    def set_rows(self, draft: Draft, rows: Iterable[DraftRow]) -> None: ...
    def rows(self, draft: Draft, first: int, limit: int) -> Sequence[DraftRow]: ...
    def rows_as(self, draft: Draft, status: RowStatus, limit: int) -> Sequence[DraftRow]: ...
    def guids(self, draft: Draft, limit: int) -> Sequence[str]: ...
    def outcomes(self, draft: Draft, limit: int) -> Sequence[RowOutcome]: ...
    def settle(self, draft: Draft, row: DraftRow) -> bool: ...
    def reopen(self, draft: Draft) -> None: ...
    def tally(self, draft: Draft) -> Mapping[RowStatus, int]: ...


class SenderRows(Protocol):
    """Templates, alerts, and the issuer's transactions by page."""

    def add_template(self, kept: KeptTemplate) -> bool: ...
    def templates(self, issuer: int, limit: int) -> Sequence[KeptTemplate]: ...
    def versions(self, issuer: int, template_id: str) -> Sequence[KeptTemplate]: ...
    def retire_template(self, issuer: int, template_id: str, at: datetime) -> bool: ...
    def alert_settings(self, issuer: int) -> AlertSettings | None: ...
    def set_alerts(self, chosen: AlertSettings) -> None: ...
    def seen_at(self, person: str) -> datetime | None: ...
    def set_seen(self, person: str, at: datetime) -> None: ...
    def alerts(self, issuer: int, since: datetime, limit: int) -> Sequence[Alert]: ...
    def unread(self, issuer: int, since: datetime) -> int: ...
    def listed(self, asked: Listed, limit: int) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """A transaction's XML with the issuer's signature, and what was read back of exactly these octets."""

    raw: bytes
    transaction: Transaction
    content_digest: bytes
    signer_sha256: str


@dataclass(frozen=True, slots=True)
class HeldKey:
    """One of the keys held for an issuer; `sha256` is of its certificate (hexadecimal). `signs`: it is the
    one in use now."""

    name: str
    sha256: str
    subject: str
    not_after: datetime
    signs: bool


class KeyFolder(Protocol):
    """Where the keys lie that sign in issuers' names."""

    def add(self, issuer: int, key_pem: bytes, chain_pem: bytes, now: datetime) -> bytes:
        """Keep both, synced; gives the leaf's DER. Raises GatewayError(CONFIGURATION)."""

    def held(self, issuer: int, at: datetime) -> Sequence[HeldKey]:
        """Oldest first."""

    def retire(self, issuer: int, certificate_sha256: str) -> bool:
        """Destroy the key; whether there was one with that certificate."""


class OrderSigner(Protocol):
    """Holds the keys of issuers that have no system of their own."""

    def ready(self, issuer: Issuer) -> None:
        """Raises GatewayError(SENDER_KEY_MISSING) when there is no key that signs for it now."""

    def sign(self, issuer: Issuer, transaction: Transaction) -> SignedOrder:
        """Write, sign, verify and read back. Raises GatewayError: SENDER_KEY_MISSING, CERTIFICATE_REFUSED,
        SCHEMA_INVALID, TOO_LARGE, TEMPORARILY_UNAVAILABLE (no time-stamp)."""
