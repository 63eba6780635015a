"""Verifying for anybody: a file that somebody brings, or what the gateway keeps of one transaction.

The command line, SOAP and the public page share it. It stores nothing, and judges nothing itself.
"""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import CertificateRecord, DataKey, DigestStamp, EvidenceStatus, StoredEvidence
from gateway.domain.validation import ValidationReport
from gateway.usecases.attempts import Attempts
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork, Validator, Vault

MIB = 1024 * 1024
MANIFEST = "digests.txt"
LONGEST_GUID = 100


class KeptFile(NamedTuple):
    """A file as it is given out, and what it is about."""

    name: str
    octets: bytes
    companions: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class VerifyFile:
    """One file: what is found in it now, or at a time in the past or future if one is given."""

    validator: Validator
    clock: Clock
    largest: int = 64 * MIB

    def __call__(
        self,
        name: str,
        octets: bytes,
        *,
        at: datetime | None = None,
        companions: Mapping[str, bytes] | None = None,
    ) -> ValidationReport:
        """Raises GatewayError: TOO_LARGE for more octets than `largest` in all, MEDIA_TYPE_REFUSED for a
        file of no known kind, and what reading it raises (XML_MALFORMED, DOCUMENT_BROKEN, …)."""
        beside = companions or {}
        if len(octets) + sum(map(len, beside.values())) > self.largest:
            raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {self.largest} octets")
        return self.validator.validate(name, octets, at=at or self.clock.now(), companions=beside)


@dataclass(frozen=True, slots=True)
class VerifyKept:
    """Everything that the gateway keeps of a transaction, for whoever knows the printed code."""

    database: Database
    vault: Vault
    codes: Codes
    verify: VerifyFile
    clock: Clock
    attempts: Attempts = field(default_factory=Attempts)

    def __call__(self, guid: str, code: str, address: str) -> tuple[ValidationReport, ...]:
        """Reports on its evidence, the time-stamp of its digests and its certificate, in this order.

        `address` is whose wrong tries are counted together. Raises GatewayError: ACCESS_DENIED alike
        for a wrong code and for a GUID that is not there (any more), TOO_MANY_ATTEMPTS.
        """
        guid, now = guid.strip()[:LONGEST_GUID], self.clock.now()
        self.attempts.check(address, guid, now)
        try:
            files = self._files(guid, code)
        except GatewayError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            self.attempts.failed(address, guid, now)
            raise GatewayError(ErrorKind.ACCESS_DENIED) from None
        return tuple(self.verify(file.name, file.octets, companions=file.companions) for file in files)

    def _files(self, guid: str, code: str) -> Sequence[KeptFile]:
        # Compared before anything is looked up, and in constant time: how long it takes tells nothing.
        if not hmac.compare_digest(_bare(code), self.codes.verification_code(guid).encode()):
            raise GatewayError(ErrorKind.NOT_FOUND)
        with self.database.read() as uow:
            kept = _Kept.read(uow, guid)
        return [*kept.evidence_files(self.vault), *kept.stamp_files(), *kept.certificate_files(self.vault)]


@dataclass(frozen=True, slots=True)
class _Kept:
    """The rows, so that nothing is decrypted or judged while the database is held."""

    guid: str
    key: DataKey
    evidence: Sequence[StoredEvidence]
    stamp: DigestStamp | None
    certificate: CertificateRecord | None

    @classmethod
    def read(cls, uow: UnitOfWork, guid: str) -> "_Kept":
        """Raises GatewayError(NOT_FOUND), also once the data key is destroyed."""
        if uow.transactions.get(guid) is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        evidence = [each for each in uow.evidences.of(guid) if each.status is EvidenceStatus.SEALED]
        return cls(guid, uow.keys.get(guid), evidence, uow.stamps.get(guid), uow.certificates.get(guid))

    def evidence_files(self, vault: Vault) -> Iterator[KeptFile]:
        for number, each in enumerate(self.evidence, 1):
            event = each.event.rpartition("/")[2].rpartition(":")[2]
            octets = vault.reveal(self.key, each.body, each.id)
            yield KeptFile(f"{number:02d}-{event}.xml", octets, {})

    def stamp_files(self) -> Iterator[KeptFile]:
        if self.stamp is not None:
            yield KeptFile("digests.tst", self.stamp.token, {MANIFEST: self.stamp.manifest})

    def certificate_files(self, vault: Vault) -> Iterator[KeptFile]:
        if self.certificate is not None:
            for name, body in (("xml", self.certificate.xml), ("pdf", self.certificate.pdf)):
                octets = vault.reveal(self.key, body, f"certificate.{name}")
                yield KeptFile(f"certificate.{name}", octets, {})


def _bare(code: str) -> bytes:
    """As it was printed, in groups, or in capitals: only the digits count."""
    return "".join(code.split()).lower().encode()
