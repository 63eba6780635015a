"""Everything that is stored of one owner, decrypted and digested again, object by object.

It reads and compares, and says what is wrong; it keeps nothing and repairs nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.fixity import FixityCheck, FixityProblem
from gateway.domain.record import (
    CertificateRecord,
    DataKey,
    DigestStamp,
    DocumentRecord,
    StoredEvidence,
    TransactionRecord,
)
from gateway.usecases.ports import Database, StampCheck, UnitOfWork, Vault
from gateway.usecases.seal import manifest

PASSING = frozenset({ErrorKind.TEMPORARILY_UNAVAILABLE, ErrorKind.CONFIGURATION})


@dataclass(frozen=True, slots=True)
class _Stored:
    """One consistent picture of an owner's rows; `broken` names rows that could not even be read."""

    owner: str
    key: DataKey
    record: TransactionRecord | None = None
    documents: Sequence[DocumentRecord] = ()
    evidences: Sequence[StoredEvidence] = ()
    certificate: CertificateRecord | None = None
    stamp: DigestStamp | None = None
    blobs: frozenset[bytes] = frozenset()
    broken: tuple[str, ...] = ()


@dataclass(slots=True)
class _Findings:
    objects: int = 0
    octets: int = 0
    failures: list[tuple[str, FixityProblem]] = field(default_factory=list)

    def seen(self, name: str, size: int, problem: FixityProblem | None = None) -> None:
        self.objects += 1
        self.octets += size
        if problem is not None:
            self.failures.append((name, problem))


@dataclass(frozen=True, slots=True)
class FixityObjects:
    database: Database
    vault: Vault
    stamp_check: StampCheck

    def check(self, owner: str) -> FixityCheck:
        """Verify everything of the owner. Raises GatewayError: NOT_FOUND when its data key is gone (it was
        purged), TEMPORARILY_UNAVAILABLE when disk or database cannot tell now."""
        stored = self._stored(owner)
        found = _Findings()
        for name in stored.broken:
            found.seen(name, 0, FixityProblem.UNREADABLE)
        self._blobs(stored, found)
        for evidence in stored.evidences:
            digest = evidence.sealed_sha256 or evidence.rendered_sha256
            self._column(stored.key, evidence.body, evidence.id, digest, found)
        if stored.certificate is not None:
            certificate = stored.certificate
            for body, name, digest in (
                (certificate.xml, "certificate.xml", certificate.xml_sha256),
                (certificate.pdf, "certificate.pdf", certificate.pdf_sha256),
            ):
                self._column(stored.key, body, name, digest, found)
        if stored.stamp is not None and stored.record is not None:
            self._stamp(stored.stamp, stored.record, stored.documents, found)
        return FixityCheck(owner, found.objects, found.octets, tuple(found.failures))

    def _stored(self, owner: str) -> _Stored:
        with self.database.read() as uow:
            key, evidences = uow.keys.get(owner), uow.evidences.of(owner)
            certificate, stamp = uow.certificates.get(owner), uow.stamps.get(owner)
            blobs = _expected_of_others(uow, owner)
            blobs |= _of_pack(uow, owner) | _of_imports(uow, owner) | _of_publication(uow, owner)
            blobs |= {signed.sha256 for signed in uow.signed_files.of(owner)}
            blobs |= {sample.cms_sha256 for sample in uow.samples.of(owner)}
            blobs |= {message.sha256 for message in uow.kept_messages.of(owner)}
            blobs |= {report.raw_sha256 for report in uow.reports.of(owner)}
            try:
                record, documents = uow.transactions.get(owner), uow.documents.of(owner)
            except GatewayError as error:
                _raise_if_passing(error)
                return _Stored(
                    owner, key, None, (), evidences, certificate, stamp, blobs, broken=("transaction",)
                )
        if record is not None:
            blobs |= {record.raw_sha256}
        blobs |= {document.original_sha256 for document in documents}
        blobs |= {document.stamped_sha256 for document in documents if document.stamped_sha256}
        return _Stored(owner, key, record, documents, evidences, certificate, stamp, blobs)

    def _blobs(self, stored: _Stored, found: _Findings) -> None:
        """Those that rows name, and those that are there besides (packs, what was rendered and not kept)."""
        there = frozenset(self.vault.held(stored.owner))
        for digest in sorted(stored.blobs | there):
            name = f"blob:{digest.hex()}"
            if digest not in there:
                found.seen(name, 0, FixityProblem.MISSING)
                continue
            try:
                octets = self.vault.get(stored.owner, stored.key, digest)
            except GatewayError as error:
                _raise_if_passing(error)
                found.seen(name, 0, _problem(error))
            else:
                found.seen(name, len(octets))

    def _column(self, key: DataKey, body: bytes, context: str, digest: bytes, found: _Findings) -> None:
        name = context if context.startswith("certificate.") else f"evidence:{context}"
        try:
            octets = self.vault.reveal(key, body, context)
        except GatewayError as error:
            _raise_if_passing(error)
            found.seen(name, len(body), _problem(error))
            return
        same = hashlib.sha256(octets).digest() == digest
        found.seen(name, len(octets), None if same else FixityProblem.ALTERED)

    def _stamp(
        self,
        stamp: DigestStamp,
        record: TransactionRecord,
        documents: Sequence[DocumentRecord],
        found: _Findings,
    ) -> None:
        """The manifest is the one that the documents' rows give, and the token is over it."""
        same = stamp.manifest == manifest(record, documents)
        found.seen("stamp.manifest", len(stamp.manifest), None if same else FixityProblem.ALTERED)
        try:
            self.stamp_check(stamp.token, stamp.manifest)
        except GatewayError as error:
            _raise_if_passing(error)
            found.seen("stamp.token", len(stamp.token), FixityProblem.ALTERED)
        else:
            found.seen("stamp.token", len(stamp.token))


def _expected_of_others(uow: UnitOfWork, owner: str) -> frozenset[bytes]:
    """The raw octets of a refused submission."""
    raw = uow.fixity.refused_raw(owner)
    return frozenset() if raw is None else frozenset({raw})


def _of_pack(uow: UnitOfWork, owner: str) -> frozenset[bytes]:
    pack = uow.packs.get(owner)
    return frozenset({pack.sha256, pack.index_sha256}) if pack and pack.sha256 else frozenset()


def _of_publication(uow: UnitOfWork, owner: str) -> frozenset[bytes]:
    """The log of everybody who saw it, once its period is over."""
    published = uow.publications.get(owner)
    return frozenset({published.log_sha256}) if published and published.log_sha256 else frozenset()


def _of_imports(uow: UnitOfWork, owner: str) -> frozenset[bytes]:
    """Evidence records that came with an imported transaction."""
    return frozenset(
        digest for each in uow.custody.records(owner) for digest in (each.record_sha256, each.leaf_sha256)
    )


def _problem(error: GatewayError) -> FixityProblem:
    """A destroyed or missing key is another trouble than other octets."""
    return FixityProblem.ALTERED if error.kind is ErrorKind.INTERNAL else FixityProblem.UNREADABLE


def _raise_if_passing(error: GatewayError) -> None:
    if error.kind in PASSING:
        raise error


def differences(
    known: Iterable[tuple[str, FixityProblem]], found: Iterable[tuple[str, FixityProblem]]
) -> Iterator[tuple[str, FixityProblem]]:
    """What was found and is not known yet."""
    before = frozenset(known)
    return (each for each in found if each not in before)
