"""The evidence pack, made once after the certificate: intent, act, proof.

The list of its files, with their digests, is stored and noted before it is sealed; what an earlier attempt
noted is sealed by the next one. Its issuer gets it by `PackQuery`; nothing ever alters it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.pack import PackEntry, PackFile, PackRecord, checked
from gateway.domain.parties import Issuer
from gateway.domain.record import Task
from gateway.domain.states import State
from gateway.usecases.commands import Reference
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.pack_contents import Kept, PackContents
from gateway.usecases.ports import Clock, Database, ExternalMark, PackPaper, PackSealer, Vault
from gateway.usecases.queries import own
from gateway.usecases.results import PackResult

FILE, PACKED = "pack.asice", "PACKED"


@dataclass(frozen=True, slots=True)
class Pack:
    database: Database
    vault: Vault
    paper: PackPaper
    sealer: PackSealer
    contents: PackContents
    journal: Journal
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            record, made = uow.transactions.get(task.guid), uow.packs.get(task.guid)
            if record is None or record.state is not State.CLOSED or (made and made.sha256):
                return False
            kept = self.contents.rows(uow, record)
        if kept is None:
            return False
        guides = self.contents.guides(kept)
        files = [*guides, *self.contents.files(kept)]
        index, entries = self._intended(kept, checked(file.entry for file in files), guides)
        chosen = self._chosen(kept, entries, files)
        octets = self.paper.container(chosen, self.sealer.seal(entries), kept.closed_at)
        [sha256] = self.vault.put(record.guid, kept.key, [octets])
        return self._publish(
            task, kept, PackRecord(record.guid, index, sha256, len(octets), self.clock.now())
        )

    def _intended(
        self, kept: Kept, own_entries: Sequence[PackEntry], guides: Sequence[PackFile]
    ) -> tuple[bytes, Sequence[PackEntry]]:
        """The digest of the list that stands, and the list: an earlier attempt's, or ours, stored now."""
        guid, key = kept.record.guid, kept.key
        own_index, *_ = self.vault.put(guid, key, [_written(own_entries), *(each.octets for each in guides)])
        with self.database.write() as uow:
            index = uow.packs.intend(guid, own_index)
            uow.commit()
        return index, own_entries if index == own_index else _read(self.vault.get(guid, key, index))

    def _chosen(
        self, kept: Kept, entries: Sequence[PackEntry], files: Sequence[PackFile]
    ) -> Sequence[PackFile]:
        """The listed files' octets; guides that another version of the gateway wrote are in the vault."""
        at_hand = {file.entry.sha256: file.octets for file in files}
        return [
            PackFile(
                entry.name,
                entry.media_type,
                at_hand.get(entry.sha256) or self.vault.get(kept.record.guid, kept.key, entry.sha256),
            )
            for entry in entries
        ]

    def _publish(self, task: Task, kept: Kept, made: PackRecord) -> bool:
        sha256, made_at = made.sha256, made.made_at
        if sha256 is None or made_at is None:
            raise ValueError("only a made pack is published")
        with self.database.write() as uow:
            if not uow.packs.publish(made) or not uow.tasks.complete(task):
                return False
            if not kept.record.sandbox:
                uow.deposit_queue.add(made.guid, FILE, sha256, made_at)
            what = Happening(made_at, details=(("pack_sha256", sha256.hex()), ("octets", str(made.size))))
            self.journal.noted(uow, kept.record, PACKED, what)
            uow.commit()
        return True


@dataclass(frozen=True, slots=True)
class PackQuery:
    """Another issuer's pack answers as if it did not exist."""

    database: Database
    vault: Vault
    mark: ExternalMark

    def __call__(self, issuer: Issuer, reference: Reference) -> PackResult:
        """Raises GatewayError NOT_FOUND, PURGED, or NOT_YET_THERE before it is made."""
        with self.database.read() as uow:
            record = own(uow, self.mark, issuer, reference)
            key, made = uow.keys.get(record.guid), uow.packs.get(record.guid)
        if made is None or made.sha256 is None or made.made_at is None:
            raise GatewayError(ErrorKind.NOT_YET_THERE)
        octets = self.vault.get(record.guid, key, made.sha256)
        return PackResult(record.guid, made.sha256, octets, made.made_at)


def _written(entries: Sequence[PackEntry]) -> bytes:
    return json.dumps([[each.name, each.media_type, each.sha256.hex()] for each in entries]).encode()


def _read(octets: bytes) -> Sequence[PackEntry]:
    return [PackEntry(name, kind, bytes.fromhex(digest)) for name, kind, digest in json.loads(octets)]
