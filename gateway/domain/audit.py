"""The audit log's chain: what an entry is, how it follows the one before it, and what is wrong with a chain.

Entries hold opaque words only, so that purging personal data never has to touch them. It knows no rows.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

WORD = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
SUBJECT = re.compile(r"[A-Za-z0-9._:-]{1,200}", re.ASCII)
NODE = re.compile(r"[A-Za-z0-9._-]{1,60}", re.ASCII)
MAX_DETAILS = 16
NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of a node's chain: the number of its newest entry, and that entry's digest (SHA-256)."""

    node: str
    sequence: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Anchor:
    """Heads that somebody outside holds, in a file; `verdict` is what its signature by `signer` is worth."""

    name: str
    heads: tuple[AuditHead, ...]
    verdict: str
    signer: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row. `details` is the JSON text that the digest covers; `at` is aware and UTC."""

    node: str
    sequence: int
    at: datetime
    action: str
    subject: str
    details: str
    previous: bytes
    digest: bytes

    @property
    def head(self) -> AuditHead:
        return AuditHead(self.node, self.sequence, self.digest)


@dataclass(frozen=True, slots=True)
class Fault:
    """The first bad row of a chain, and what is wrong with it, in plain English for an operator."""

    node: str
    sequence: int
    what: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """A chain as it was found. `anchored` is the newest entry that an outside head vouches for (0: none)."""

    head: AuditHead
    anchored: int
    fault: Fault | None = None

    @property
    def unanchored(self) -> int:
        """How many entries nobody outside vouches for yet."""
        return max(0, self.head.sequence - self.anchored)


def following(
    head: AuditHead, at: datetime, action: str, subject: str, details: Mapping[str, str]
) -> AuditEntry:
    """The entry after `head`. Raises ValueError for anything that is not one opaque word."""
    words = (action, *details, *details.values())
    if not SUBJECT.fullmatch(subject) or not all(map(WORD.fullmatch, words)):
        raise ValueError("audit entries hold opaque words only")
    if len(details) > MAX_DETAILS:
        raise ValueError(f"an audit entry holds {MAX_DETAILS} details at most")
    text = json.dumps(dict(details), sort_keys=True, separators=(",", ":"))
    digest = _digest(head.node, head.sequence + 1, at, action, subject, text, head.digest)
    return AuditEntry(head.node, head.sequence + 1, at, action, subject, text, head.digest, digest)


def digest_of(entry: AuditEntry) -> bytes:
    """SHA-256 over everything that the row says, the digest before it included."""
    return _digest(
        entry.node, entry.sequence, entry.at, entry.action, entry.subject, entry.details, entry.previous
    )


def check(
    node: str, entries: Iterable[AuditEntry], kept: Sequence[AuditHead], newest: AuditHead | None
) -> ChainReport:
    """Walk a node's whole chain, in order of sequence, up to its first fault.

    `kept` are heads of this node that somebody outside holds; `newest` is the database's own note of the
    head, which whoever may change rows may change too.
    """
    outside = {head.sequence: head for head in sorted(kept, key=lambda head: head.sequence)}
    head, anchored = AuditHead(node, 0, NOTHING), 0
    for entry in entries:
        wrong = _wrong(head, entry) or _contradicted(entry, outside.get(entry.sequence))
        if wrong is not None:
            return ChainReport(head, anchored, wrong)
        head = entry.head
        anchored = head.sequence if head.sequence in outside else anchored
    return ChainReport(head, anchored, _cut(head, max(outside, default=0), newest))


def _wrong(head: AuditHead, entry: AuditEntry) -> Fault | None:
    due = head.sequence + 1
    if entry.sequence > due:
        return Fault(head.node, due, "is missing")
    if entry.sequence < due:
        return Fault(head.node, entry.sequence, "is there twice, or bears a number that no entry can have")
    if entry.digest != digest_of(entry):
        return Fault(head.node, due, "was altered, moved or renumbered: its digest is another")
    if entry.previous != head.digest:
        return Fault(head.node, due, "does not follow the entry before it: one of the two was exchanged")
    return None


def _contradicted(entry: AuditEntry, kept: AuditHead | None) -> Fault | None:
    if kept is None or kept.digest == entry.digest:
        return None
    what = "is not the entry that is held outside: it, or one before it, was made anew"
    return Fault(entry.node, entry.sequence, what)


def _cut(head: AuditHead, anchored: int, newest: AuditHead | None) -> Fault | None:
    """What a chain that is sound as far as it goes lacks at its end."""
    missing = head.sequence + 1
    if head.sequence < anchored:
        what = f"is missing, though entry {anchored} is held outside: cut off, or an old backup restored"
        return Fault(head.node, missing, what)
    noted = newest or AuditHead(head.node, 0, NOTHING)
    if noted.sequence > head.sequence:
        return Fault(head.node, missing, f"is missing, though the database noted {noted.sequence} entries")
    if noted != head:
        return Fault(head.node, head.sequence, "is not the newest that the database noted")
    return None


def _digest(node: str, sequence: int, at: datetime, *words: str | bytes) -> bytes:
    said = [node, sequence, at.isoformat(timespec="microseconds")]
    said += [word if isinstance(word, str) else word.hex() for word in words]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).digest()
