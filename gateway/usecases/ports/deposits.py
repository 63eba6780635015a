"""What deposits and evidence records need: their rows, and the makers of trees, files and sendings.

Every compare-and-set returns whether this caller won.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from gateway.domain.delivery import Receipt
from gateway.domain.deposit import (
    Deposit,
    DepositFacts,
    Item,
    Leaf,
    RecordChain,
    RecordPath,
    Sending,
    TreeStamp,
)


class DepositQueue(Protocol):
    def add(self, owner: str, name: str, sha256: bytes, at: datetime) -> None:
        """Queue a file of `owner` (GUID or request id), in the unit of work that fixes it.

        `name` says which of the owner's files it is, and nothing personal: it goes into the leaf document.
        """

    def oldest(self) -> datetime | None:
        """When the oldest file that no deposit took yet was queued."""

    def take(self, deposit: int) -> int:
        """Give everything that no deposit took yet to this one; how many files."""

    def take_some(self, deposit: int, limit: int) -> int:
        """Give some to the deposit that will be the next, where taking all would keep other writers waiting
        (SQLite); how many, 0 elsewhere. The caller knows in the same unit of work that there is none yet."""

    def owners(self, deposit: int, limit: int) -> Sequence[str]:
        """Owners of files that the deposit took and whose leaves are not made yet, in their order."""

    def items(self, deposit: int, owner: str) -> Sequence[Item]: ...
    def put_back(self, deposit: int, owner: str) -> int:
        """The owner's leaf cannot be made: the next deposit takes its files again; how many."""

    def drop(self, deposit: int, owner: str) -> int:
        """The owner's leaf is made: forget its files; how many."""


class Deposits(Protocol):
    def add(self, deposit: Deposit) -> bool:
        """Insert; False when the number is taken. The unit of work stays usable."""

    def get(self, number: int) -> Deposit | None: ...
    def newest(self) -> Deposit | None: ...
    def all(self) -> Sequence[Deposit]:
        """In order of their numbers."""

    def claim(self, number: int, now: datetime, until: datetime) -> bool:
        """Take or extend the lease of an unfinished deposit, if it is free at `now`."""

    def release(self, number: int) -> None: ...
    def rooted(self, number: int, root: bytes, leaves: int) -> bool:
        """Compare-and-set from CLOSED to ROOTED."""

    def sealed(self, number: int, xml_sha256: bytes, at: datetime) -> bool:
        """Compare-and-set from ROOTED to SEALED."""

    def received(self, number: int, protocol: str, receipt_sha256: bytes | None, at: datetime) -> bool:
        """The notary's protocol number of a sealed deposit, once."""

    def add_file(self, number: int, name: str, octets: bytes) -> None: ...
    def file(self, number: int, name: str) -> bytes | None:
        """Names: deposit.xml, deposit.pdf and receipt."""


class DepositLeaves(Protocol):
    def add(self, leaf: Leaf) -> bool:
        """Insert; False when the owner has a leaf in this deposit."""

    def digests(self, deposit: int) -> Sequence[tuple[bytes, str]]:
        """Every leaf of a deposit with its owner, in the order of the leaves as octets."""

    def of(self, owner: str) -> Sequence[Leaf]:
        """The owner's leaves, oldest deposit first."""

    def get(self, deposit: int, owner: str) -> Leaf | None: ...


class DepositSendings(Protocol):
    def intend(self, sending: Sending) -> bool:
        """Insert the intent row; False when this attempt exists already."""

    def finish(self, deposit: int, way: str, attempt: int, receipt: Receipt) -> bool:
        """The result row, once."""

    def of(self, deposit: int) -> Sequence[Sending]:
        """Oldest intent first."""


class Records(Protocol):
    """Trees and the places of data in them: what evidence records are put together from."""

    def add_path(self, path: RecordPath) -> bool:
        """Insert; False when the data has this chain already."""

    def paths(self, deposit: int, owner: str) -> Sequence[RecordPath]:
        """One a chain, in their order."""

    def add_stamp(self, stamp: TreeStamp) -> bool:
        """Insert; False when the tree has a stamp at this position."""

    def stamps(self, tree: str) -> Sequence[TreeStamp]:
        """Oldest first."""

    def settle(self, tree: str, position: int, evidence: bytes) -> bool:
        """Fix a stamp's validation data for good, once, before anything covers it."""

    def newest_stamps(self, after_tree: str, limit: int) -> Sequence[TreeStamp]:
        """The last stamp of every tree beyond `after_tree`, in the order of the trees' names."""

    def by_digest(self, digest: str, after: tuple[int, str], limit: int) -> Sequence[RecordPath]:
        """Newest chains by a digest algorithm, beyond (deposit, owner), in that order."""


class Tree(Protocol):
    @property
    def root(self) -> bytes: ...
    def path(self, leaf: int) -> Sequence[bytes]:
        """The siblings that lead from the leaf at this position to the root, lowest first."""


class RecordMaker(Protocol):
    """Everything cryptographic about trees and records. `form` is XML (RFC 6283) or ASN.1 (RFC 4998)."""

    def tree(self, digest: str, leaves: Sequence[bytes]) -> Tree: ...
    def combined(self, digest: str, members: Sequence[bytes]) -> bytes:
        """The leaf of a group of digests."""

    def digest(self, name: str, octets: bytes) -> bytes: ...
    def stamp(self, tree: str, position: int, digest: str, root: bytes) -> TreeStamp:
        """Time-stamp a root. Raises GatewayError(TEMPORARILY_UNAVAILABLE) when no authority answers."""

    def evidence(self, token: bytes) -> bytes:
        """Validation data of a token as of now, packed. Raises GatewayError(CERTIFICATE_REFUSED): revoked."""

    def ends(self, token: bytes) -> datetime:
        """When the token stops proving anything by itself: its certificates' or its algorithms' end."""

    def digest_ends(self, name: str) -> datetime: ...
    def stamp_leaf(self, form: str, stamp: TreeStamp) -> bytes:
        """What time-stamp renewal puts into a tree."""

    def chain_leaf(
        self, form: str, digest: str, own: Sequence[bytes], before: Sequence[RecordChain]
    ) -> bytes:
        """What hash-tree renewal puts into a tree; `own` are the data's digests by the new algorithm."""

    def write(self, form: str, chains: Sequence[RecordChain], leaf: bytes, deposit: str) -> bytes:
        """The evidence record; the XML form carries the leaf document and a word on the deposit along."""


class DepositPaper(Protocol):
    """The deposit file."""

    def xml(self, facts: DepositFacts) -> bytes:
        """By xsd/deposit.xsd, unsigned and deterministic: the sealer makes it a deposit file."""

    def pdf(self, facts: DepositFacts, xml_sha256: bytes) -> bytes:
        """One page for the notary."""


class DepositSender(Protocol):
    """One way to the notary."""

    @property
    def idempotent(self) -> bool:
        """Whether sending the same files again leaves nothing twice."""

    def send(self, deposit: Deposit, files: Mapping[str, bytes]) -> Receipt:
        """Hand the files over. Raises `ConnectionError` only when nothing can have arrived."""


DepositSenders = Mapping[str, DepositSender]
