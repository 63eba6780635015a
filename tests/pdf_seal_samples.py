"""Sealers of PDFs over a test's own PKI, and one certificate for them to seal."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.crypto import certificates, keys
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.signature_level import Level
from gateway.adapters.documents.certificate_pdf import render
from gateway.domain.errors import ErrorKind, GatewayError
from tests.certificate_samples import ATTACHMENTS, CONTENT
from tests.seal_samples import Workshop

PDF = render(CONTENT, ATTACHMENTS)


def issued(workshop: Workshop, curve: ec.EllipticCurve, *purposes: x509.ObjectIdentifier) -> keys.KeyPair:
    """A key of the test's own, with a certificate by the workshop's intermediate authority."""
    authority = workshop.pair("intermediate")
    key = ec.generate_private_key(curve)
    extensions = certificates.end_entity(certificates.SIGNING, None)
    if purposes:
        extensions.append((x509.ExtendedKeyUsage(list(purposes)), False))
    now = workshop.clock.now()
    leaf = certificates.build(
        certificates.subject("Test"),
        key.public_key(),
        authority.certificate.subject,
        authority.key,
        (now - timedelta(minutes=1), now + timedelta(days=30)),
        extensions,
    )
    return keys.KeyPair(key, (leaf, *authority.chain))


def signer(workshop: Workshop, kind: str) -> KeySigner:
    if kind == "p384":
        return KeySigner(issued(workshop, ec.SECP384R1(), certificates.DOCUMENT_SIGNING))
    return workshop.signer("seal" if kind == "p256" else "seal-rsa", pss=kind == "rsa-pss")


def sealer(workshop: Workshop, kind: str = "p256", level: Level = Level.B_LT) -> PdfSealer:
    return PdfSealer(signer(workshop, kind), workshop.levels(level), workshop.clock)


def refused(kind: ErrorKind, sealing: PdfSealer) -> None:
    with pytest.raises(GatewayError) as caught:
        sealing.seal(PDF)
    assert caught.value.kind is kind
