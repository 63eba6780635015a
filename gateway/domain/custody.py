"""Custody after closing: extensions, contracts, holds and tombstones as plain facts, and their arithmetic.

The end itself is `TransactionRecord.custody_until`, set at 12; nothing here knows how any of it is kept.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.domain.retention import Duration

# How far ahead of the present an end of custody may lie.
FARTHEST = Duration(months=1200)
# Reasons and names that operators give: opaque words, never personal data.
WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
COMMITMENT = b"fehaciente-tombstone 1.0\n"


class Cause(StrEnum):
    """Who asked for an extension. Stored and stated in evidence: never rename one."""

    ISSUER = "ISSUER_REQUEST"
    OPERATOR = "OPERATOR"
    CONTRACT = "CONTRACT"


class PurgeReason(StrEnum):
    """Why a transaction was purged. Stored and stated in evidence: never rename one."""

    END_OF_CUSTODY = "END_OF_CUSTODY"
    ORDER = "ORDER"


@dataclass(frozen=True, slots=True)
class Extension:
    """One extension of a transaction's custody, by calendar months; `token` is the caller's own, if any."""

    guid: str
    old_end: datetime
    new_end: datetime
    months: int
    cause: Cause
    at: datetime
    token: str = ""


@dataclass(frozen=True, slots=True)
class CustodyContract:
    """What an issuer has agreed: each end is moved by `months` before it comes, never beyond `until`."""

    issuer: int
    months: int
    until: datetime
    set_at: datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: while `released_at` is None the transaction is never purged. All words are opaque."""

    guid: str
    reason: str
    placed_at: datetime
    placed_by: str
    released_at: datetime | None = None
    released_by: str = ""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """All that is left of a purged transaction.

    `commitment` is over the digests of `files` files (see `commitment`). `external_mark` is a keyed hash of
    the issuer's own identifier, so that it is not used again unnoticed.
    """

    guid: str
    issuer: int
    purged_at: datetime
    reason: PurgeReason
    files: int
    commitment: bytes
    external_mark: bytes

    @property
    def owner(self) -> str:
        """The tombstone's evidence has an owner and a data key of its own."""
        return f"tombstone-{self.guid}"


def extended(old_end: datetime, by: Duration, now: datetime) -> datetime:
    """The new end. Raises ValueError unless `by` is months or years, and the end ahead, FARTHEST at most."""
    if by.months < 1 or by.seconds:
        raise ValueError("custody is extended by years or months")
    new_end = by.after(old_end)
    if new_end <= now:
        raise ValueError("the new end would be over already")
    if new_end > FARTHEST.after(now):
        raise ValueError("the new end is more than a hundred years ahead")
    return new_end


def commitment(certificate_sha256: bytes, digests: Iterable[bytes]) -> bytes:
    """SHA-256 over the salt and the sorted SHA-256 digests of everything that the transaction's proof held.

    The salt is the digest of the sealed certificate (XML), whose signature nobody can guess: whoever holds
    that file and the others can show what was purged, and nobody else learns anything from the tombstone.
    """
    hashed = hashlib.sha256(COMMITMENT + certificate_sha256)
    for digest in sorted(digests):
        hashed.update(digest)
    return hashed.digest()
