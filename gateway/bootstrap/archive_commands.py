"""`custody export` and `custody import`: archives joined with the use cases that read and store."""

from collections.abc import Iterator
from pathlib import Path

from gateway.adapters.archive.reader import ArchiveReader
from gateway.adapters.archive.sealed import sealed_root
from gateway.adapters.archive.writer import ArchiveWriter
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.validation.context import Context
from gateway.bootstrap.system import System
from gateway.bootstrap.technology import Technology
from gateway.domain.archive import ArchivedTransaction, ArchiveEntry, Imported
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings, read_secret

# The next one may well succeed where one is refused; the disk or the database may not.
REFUSALS = frozenset({ErrorKind.ARCHIVE_REFUSED, ErrorKind.DUPLICATE_EXTERNAL_ID, ErrorKind.PURGED})


def export(
    settings: Settings, tech: Technology, system: System, issuer: int, target: Path, passphrase: Path
) -> tuple[int, int, Iterator[str]]:
    """How many at most, how many are open, and each GUID once it is written; the seal comes last."""
    found = system.export_issuer(issuer)
    # Here, before anything is read: what is wrong with either is told at once.
    writer = ArchiveWriter(target, read_secret(passphrase), lambda octets: tech.sealer.seal(octets).octets)

    def written() -> Iterator[str]:
        with writer:
            for archived in found.archived:
                writer.add(archived)
                yield archived.record.guid
            left_out = found.transactions + found.left_out - writer.count
            writer.finish(found.issuer, settings.gateway.installation, left_out, tech.clock.now())
        tech.audit.append("custody-exported", f"{issuer:04d}:{writer.archive_id}")

    return found.transactions, found.left_out, written()


def take_over(
    tech: Technology, system: System, source: Path, passphrase: Path, trust: Path, issuer: int | None
) -> tuple[int, Iterator[tuple[str, Imported, str]]]:
    """How many, and what became of each. Nothing is stored before seal and index hold."""
    # Of the other's authorities nothing more is known than what the seal brings along.
    anchors, at = Anchors.from_pem(trust.read_bytes()), tech.clock.now()
    context = Context(anchors, tech.algorithms, at, revocation_required=False)
    reader = ArchiveReader(source, read_secret(passphrase), lambda octets: sealed_root(octets, context))
    manifest = reader.manifest
    number = manifest.issuer.number if issuer is None else issuer

    def taken() -> Iterator[tuple[str, Imported, str]]:
        try:
            system.import_custody.settle_issuer(manifest.issuer, number)
            for entry, archived in reader.transactions():
                yield _one(system, manifest.id, entry, archived, number)
            tech.audit.append("custody-imported", f"{number:04d}:{manifest.id}")
        finally:
            reader.close()

    return manifest.transactions, taken()


def _one(
    system: System, archive_id: str, entry: ArchiveEntry, archived: ArchivedTransaction, issuer: int
) -> tuple[str, Imported, str]:
    try:
        return entry.guid, system.import_custody(archive_id, entry, archived, issuer), ""
    except GatewayError as error:
        if error.kind not in REFUSALS:
            raise
        return entry.guid, Imported.REFUSED, str(error)
