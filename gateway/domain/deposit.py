"""Deposits with the notary, the leaves that they are over, and the evidence records that follow from them.

A deposit is a hash tree over one leaf for each owner (a transaction, or a refused submission), and one for
its own header, which chains it to the deposit before. Values only: trees and stamps are made elsewhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from gateway.domain.audit import AuditHead
from gateway.domain.delivery import Outcome

HEADER_TITLE, LEAF_TITLE = "fehaciente-deposit 1.0", "fehaciente-leaf 1.0"
FIRST_DIGEST = "sha256"


class Phase(StrEnum):
    """How far a deposit is. CLOSED: its set is fixed. ROOTED: its tree too. SEALED: its file is published."""

    CLOSED = "CLOSED"
    ROOTED = "ROOTED"
    SEALED = "SEALED"


@dataclass(frozen=True, slots=True)
class Deposit:
    """One deposit. Its period goes from the end of the last one's; `leaves` counts the header's too."""

    number: int
    phase: Phase
    period_from: datetime
    period_to: datetime
    header: bytes
    leaves: int | None = None
    root: bytes | None = None
    xml_sha256: bytes | None = None
    sealed_at: datetime | None = None
    protocol: str = ""
    receipt_sha256: bytes | None = None
    receipt_at: datetime | None = None

    @property
    def tree(self) -> str:
        return f"deposit-{self.number}"

    @property
    def file_name(self) -> str:
        """Without extension; the files of all deposits sort in their order."""
        return f"deposit-{self.number:06d}"


@dataclass(frozen=True, slots=True)
class DepositFacts:
    """What a deposit file says. `listed` are the leaves in the tree's order, or nothing when too many."""

    number: int
    installation: str
    period_from: datetime
    period_to: datetime
    previous_sha256: bytes | None
    heads: tuple[AuditHead, ...]
    header: bytes
    digest: str
    root: bytes
    leaves: int
    token: bytes
    gen_time: datetime
    authority: str
    listed: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One file of an owner: its name there, and its SHA-256."""

    name: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class Leaf:
    """An owner's leaf in a deposit: `sha256` stands in the tree, `body` keeps the leaf document.

    `body` is protected under the owner's data key, so that purging takes it along.
    """

    deposit: int
    owner: str
    sha256: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class TreeStamp:
    """A time-stamp of a tree, that renews the one before it (none at position 0).

    The paths (siblings, concatenated) lead from the digest of what is renewed, in either syntax, to the
    root that `token` is over. `evidence` is validation data of the token, packed; it never changes once
    `final`, for then a renewal may cover it.
    """

    tree: str
    position: int
    digest: str
    token: bytes
    gen_time: datetime
    authority: str
    evidence: bytes = b""
    final: bool = False
    xml_path: bytes = b""
    asn1_path: bytes = b""


@dataclass(frozen=True, slots=True)
class RecordPath:
    """Where an owner's data of a deposit stands in a tree: chain 0 in the deposit's, later ones by renewal.

    `covers` is how many stamps of the chain before were there to be covered; `members` are the digests
    of the data by the new algorithm, concatenated and protected (none in chain 0: the leaf has them).
    """

    deposit: int
    owner: str
    chain: int
    tree: str
    xml_path: bytes
    asn1_path: bytes
    covers: int = 0
    members: bytes = b""


@dataclass(frozen=True, slots=True)
class RecordChain:
    """One chain of an evidence record, with all that its maker needs. `own` are the digests of the data."""

    digest: str
    own: tuple[bytes, ...]
    xml_path: bytes
    asn1_path: bytes
    stamps: tuple[TreeStamp, ...]


@dataclass(frozen=True, slots=True)
class Sending:
    """The intent row of handing a deposit over by one way; `outcome` is None until the result row."""

    deposit: int
    way: str
    attempt: int
    intended_at: datetime
    outcome: Outcome | None = None
    finished_at: datetime | None = None
    reference: str = ""
    detail: str = ""


def header_document(
    number: int,
    installation: str,
    period: tuple[datetime, datetime],
    previous_sha256: bytes | None,
    heads: Iterable[AuditHead],
) -> bytes:
    """The canonical text that chains a deposit to the one before; its digest is a leaf of the tree."""
    begins, ends = (moment.astimezone(UTC).isoformat(timespec="microseconds") for moment in period)
    lines = [
        HEADER_TITLE,
        f"installation {installation}",
        f"number {number}",
        f"period {begins} {ends}",
        f"previous {previous_sha256.hex() if previous_sha256 else '-'}",
        *(f"audit {head.node} {head.sequence} {head.digest.hex()}" for head in heads),
    ]
    return _text(lines)


def leaf_document(owner: str, deposit: int, salt: bytes, items: Iterable[Item]) -> bytes:
    """The canonical text that pairs an owner with the digests of its files; the salt keeps it unguessable."""
    listed = sorted({(item.name, item.sha256.hex()) for item in items})
    lines = [LEAF_TITLE, f"owner {owner}", f"deposit {deposit}", f"salt {salt.hex()}"]
    return _text([*lines, *(f"{sha256} {name}" for name, sha256 in listed)])


def items_of(leaf: bytes) -> tuple[Item, ...]:
    """The files that a leaf document lists; raises ValueError for another text."""
    title, _, _, _, *lines = leaf.decode().splitlines()
    if title != LEAF_TITLE:
        raise ValueError("not a leaf document")
    pairs = (line.split(" ", 1) for line in lines)
    return tuple(Item(name, bytes.fromhex(sha256)) for sha256, name in pairs)


def heads_of(header: bytes) -> tuple[AuditHead, ...]:
    """The audit logs' ends that a header names; raises ValueError for another text."""
    found = [line.split(" ") for line in header.decode().splitlines() if line.startswith("audit ")]
    return tuple(AuditHead(node, int(count), bytes.fromhex(digest)) for _, node, count, digest in found)


def previous_of(header: bytes) -> bytes | None:
    """The SHA-256 of the previous deposit's file; None in the first."""
    line = next(line for line in header.decode().splitlines() if line.startswith("previous "))
    sha256 = line.removeprefix("previous ")
    return None if sha256 == "-" else bytes.fromhex(sha256)


def _text(lines: Sequence[str]) -> bytes:
    return ("\n".join(lines) + "\n").encode()
