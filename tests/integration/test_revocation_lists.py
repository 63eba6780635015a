"""Revocation lists are read as their files are now: a renewed list counts without a restart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto import devpki, keys
from gateway.adapters.crypto.issuer_trust import IssuerTrust
from gateway.adapters.crypto.trust import Anchors
from gateway.bootstrap.issuer_trust import RevocationLists
from gateway.domain.errors import ErrorKind, GatewayError

NOW = datetime.now(UTC)


def renewed(folder: Path, revoked: x509.Certificate) -> bytes:
    """The issuing authority's list of a minute later, with one certificate on it."""
    authority = keys.load(folder / "issuer-ca.key", folder / "issuer-ca.pem")
    entry = x509.RevokedCertificateBuilder().serial_number(revoked.serial_number).revocation_date(NOW).build()
    start = NOW + timedelta(minutes=1)
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    builder = builder.last_update(start).next_update(start + timedelta(days=1)).add_revoked_certificate(entry)
    return builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM)


def test_a_renewed_list_counts_without_a_restart(tmp_path: Path) -> None:
    """Revoked after the gateway started: refused as soon as the good answer is no longer remembered."""
    folder = tmp_path / "pki"
    devpki.create(folder, now=NOW)
    chain, _ = devpki.issue_issuer(folder, "Banco", now=NOW)
    certificate = x509.load_pem_x509_certificates(chain)[0]
    lists = RevocationLists((folder / "issuer-ca.crl", folder / "ca.crl"))
    intermediates = x509.load_pem_x509_certificates((folder / "issuer-ca.pem").read_bytes())
    trust = IssuerTrust(Anchors.from_file(folder / "ca.pem"), intermediates, lists)
    trust.check(certificate, NOW)
    (folder / "issuer-ca.crl").write_bytes(renewed(folder, certificate))
    with pytest.raises(GatewayError, match="revoked") as caught:
        trust.check(certificate, NOW + timedelta(minutes=2))
    assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED
