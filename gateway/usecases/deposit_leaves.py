"""The leaves of a deposit: one leaf document for each owner, kept under the owner's own data key.

It lists all files of the owner so far, those of earlier deposits too: the newest record proves everything,
and the earlier ones prove earlier times.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.deposit import FIRST_DIGEST, Item, Leaf, items_of, leaf_document
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Database, RecordMaker, UnitOfWork, Vault

BATCH = 200
NEVER_OPENS = frozenset({ErrorKind.INTERNAL, ErrorKind.KEY_DESTROYED})
SALT_OCTETS = 32


@dataclass(frozen=True, slots=True)
class MakeLeaves:
    database: Database
    vault: Vault
    maker: RecordMaker

    def __call__(self, deposit: int) -> None:
        """Make what is missing, batch by batch; leaves that are there stay as they are.

        The files of an owner that cannot be opened wait for the next deposit, and the audit log says so.
        """
        while self._batch(deposit):
            pass

    def _batch(self, deposit: int) -> int:
        """Leaf and end of the queue rows share a unit of work: a crash leaves both or neither."""
        with self.database.write() as uow:
            owners, waiting = uow.deposit_queue.owners(deposit, BATCH), list[str]()
            for owner in owners:
                if not self._settled(uow, deposit, owner):
                    uow.deposit_queue.put_back(deposit, owner)
                    waiting.append(owner)
            for owner in waiting:
                uow.audit.append("leaf-put-back", owner, deposit=str(deposit))
            uow.commit()
        return len(owners)

    def _settled(self, uow: UnitOfWork, deposit: int, owner: str) -> bool:
        """False for an owner whose key or last leaf does not open: it keeps no other from being deposited."""
        try:
            leaf = self._leaf(uow, deposit, owner)
        except GatewayError as error:
            if error.kind not in NEVER_OPENS:
                raise
            return False
        if leaf is not None:
            uow.deposit_leaves.add(leaf)
        uow.deposit_queue.drop(deposit, owner)
        return True

    def _leaf(self, uow: UnitOfWork, deposit: int, owner: str) -> Leaf | None:
        """None when the owner was purged meanwhile: then nothing can be proven any more, nor needs to be."""
        key = uow.keys.find(owner)
        if key is None:
            return None
        items = [*uow.deposit_queue.items(deposit, owner)]
        for earlier in uow.deposit_leaves.of(owner)[-1:]:
            items += items_of(self.vault.reveal(key, earlier.body, context(earlier.deposit)))
        document = leaf_document(owner, deposit, secrets.token_bytes(SALT_OCTETS), items)
        sha256 = self.maker.combined(FIRST_DIGEST, members(document, items))
        return Leaf(deposit, owner, sha256, self.vault.protect(key, document, context(deposit)))


def members(document: bytes, items: Sequence[Item]) -> tuple[bytes, ...]:
    """The digests of an owner's group of data objects: its leaf document and every file that it lists."""
    return (hashlib.sha256(document).digest(), *(item.sha256 for item in items))


def context(deposit: int) -> str:
    """What a leaf document is protected as."""
    return f"leaf-{deposit}"
