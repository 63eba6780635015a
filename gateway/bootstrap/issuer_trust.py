"""Whose certificate signed, and whether it is good: for every door at which issuers' signatures come."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509

from gateway.adapters.crypto.issuer_trust import IssuerTrust
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.bootstrap.technology import certificates
from gateway.domain.parties import Issuer
from gateway.settings import Settings


def issuer_trust(settings: Settings) -> IssuerTrust:
    pki = settings.pki
    intermediates = certificates(pki.issuer_intermediates)
    return IssuerTrust(Anchors.from_file(pki.issuer_anchors), intermediates, RevocationLists(pki.issuer_crls))


@dataclass(frozen=True, slots=True)
class RevocationLists:
    """Lists (PEM) as their files are now: authorities renew them while the gateway runs."""

    files: tuple[Path, ...]

    def __iter__(self) -> Iterator[x509.CertificateRevocationList]:
        return (x509.load_pem_x509_crl(file.read_bytes()) for file in self.files)


def issuer_of(database: SqlDatabase, sha256: bytes) -> Issuer | None:
    with database.read() as uow:
        return uow.issuers.by_certificate(sha256)
