"""One database transaction over all stores: what is not committed never happened."""

from contextlib import AbstractContextManager
from typing import Protocol

from gateway.usecases.ports.audit import AuditChain
from gateway.usecases.ports.backlog import Backlog
from gateway.usecases.ports.batches import Batches, BatchItems, Quotas, Reservations
from gateway.usecases.ports.console import Searches, Stories
from gateway.usecases.ports.custody import CustodyStore, Holds, Tombstones
from gateway.usecases.ports.deposits import (
    DepositLeaves,
    DepositQueue,
    Deposits,
    DepositSendings,
    Records,
)
from gateway.usecases.ports.desk import Blocks, DeskRequests, Listings
from gateway.usecases.ports.feedback import FeedbackQueue, Subscriptions
from gateway.usecases.ports.fixity import FixityStore
from gateway.usecases.ports.pack import Packs
from gateway.usecases.ports.privacy import Keks
from gateway.usecases.ports.sender import Drafts, SenderRows
from gateway.usecases.ports.stores import (
    Certificates,
    Challenges,
    Documents,
    Effects,
    Events,
    Evidences,
    GuidBlocks,
    Issuers,
    Keys,
    Recipients,
    Rejections,
    Replays,
    Stamps,
    Tasks,
    Transactions,
)


class UnitOfWork(Protocol):
    """All stores, over one transaction. Leaving without `commit()` rolls back."""

    @property
    def issuers(self) -> Issuers: ...
    @property
    def transactions(self) -> Transactions: ...
    @property
    def recipients(self) -> Recipients: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def events(self) -> Events: ...
    @property
    def evidences(self) -> Evidences: ...
    @property
    def keys(self) -> Keys: ...
    @property
    def keks(self) -> Keks: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def backlog(self) -> Backlog: ...
    @property
    def guid_blocks(self) -> GuidBlocks: ...
    @property
    def effects(self) -> Effects: ...
    @property
    def challenges(self) -> Challenges: ...
    @property
    def certificates(self) -> Certificates: ...
    @property
    def packs(self) -> Packs: ...
    @property
    def stamps(self) -> Stamps: ...
    @property
    def rejections(self) -> Rejections: ...
    @property
    def replays(self) -> Replays: ...
    @property
    def drafts(self) -> Drafts: ...
    @property
    def sender(self) -> SenderRows: ...
    @property
    def custody(self) -> CustodyStore: ...
    @property
    def holds(self) -> Holds: ...
    @property
    def fixity(self) -> FixityStore: ...
    @property
    def tombstones(self) -> Tombstones: ...
    @property
    def deposit_queue(self) -> DepositQueue: ...
    @property
    def deposits(self) -> Deposits: ...
    @property
    def deposit_leaves(self) -> DepositLeaves: ...
    @property
    def deposit_sendings(self) -> DepositSendings: ...
    @property
    def records(self) -> Records: ...
    @property
    def searches(self) -> Searches: ...
    @property
    def batches(self) -> Batches: ...
    @property
    def batch_items(self) -> BatchItems: ...
    @property
    def quotas(self) -> Quotas: ...
    @property
    def reservations(self) -> Reservations: ...
    @property
    def subscriptions(self) -> Subscriptions: ...
    @property
    def feedback(self) -> FeedbackQueue: ...
    @property
    def stories(self) -> Stories: ...
    @property
    def listings(self) -> Listings: ...
    @property
    def blocks(self) -> Blocks: ...
    @property
    def desk_requests(self) -> DeskRequests: ...
    @property
    def audit(self) -> AuditChain: ...

    def commit(self) -> None:
        """Make everything durable (synced) before it returns."""


class Database(Protocol):
    def write(self, *, synced: bool = True) -> AbstractContextManager[UnitOfWork]:
        """A unit of work that may change rows (BEGIN IMMEDIATE on SQLite).

        Not `synced`: a loss of power may undo it, as if it had never been; leases bear that.
        """

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """A unit of work that only reads a consistent picture."""
