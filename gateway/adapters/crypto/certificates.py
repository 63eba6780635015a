"""Building X.509 certificates and revocation lists with the extensions of RFC 5280.

Which certificates exist and where they are stored is the development PKI's business.
"""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from gateway.adapters.crypto.algorithms import PrivateKey, PublicKey

Extension = tuple[x509.ExtensionType, bool]
Span = tuple[datetime, datetime]

# RFC 9336: a certificate meant for signing documents, and for nothing else.
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
TIME_STAMPING = ExtendedKeyUsageOID.TIME_STAMPING
SERVER = ExtendedKeyUsageOID.SERVER_AUTH
CLIENT = ExtendedKeyUsageOID.CLIENT_AUTH


def _usage(
    *,
    digital: bool = False,
    commitment: bool = False,
    authority: bool = False,
    encipherment: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital,
        content_commitment=commitment,
        key_encipherment=encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


SIGNING = _usage(digital=True, commitment=True)
TLS = _usage(digital=True)
ENCIPHERING = _usage(encipherment=True)


def subject(common_name: str) -> x509.Name:
    """A name in our development organisation."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ES"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Fehaciente (development)"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def person(number: str, name: str) -> x509.Name:
    """A natural person by EN 319 412-2 clause 4.2.4; `number` as EN 319 412-1 spells it."""
    given, _, family = name.partition(" ")
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ES"),
            x509.NameAttribute(NameOID.SURNAME, family or given),
            x509.NameAttribute(NameOID.GIVEN_NAME, given),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, number),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{name} - {number.rpartition('-')[2]}"),
        ]
    )


def authority(path_length: int) -> list[Extension]:
    """Extensions of a certification authority with at most that many authorities below it."""
    return [
        (x509.BasicConstraints(ca=True, path_length=path_length), True),
        (_usage(authority=True), True),
    ]


def end_entity(
    usage: x509.KeyUsage, purpose: ObjectIdentifier | None, names: Sequence[x509.GeneralName] = ()
) -> list[Extension]:
    """Extensions of a leaf. A time-stamping purpose is critical and alone (RFC 3161 clause 2.3)."""
    extensions: list[Extension] = [(x509.BasicConstraints(ca=False, path_length=None), True), (usage, True)]
    if purpose is not None:
        extensions.append((x509.ExtendedKeyUsage([purpose]), purpose == TIME_STAMPING))
    if names:
        extensions.append((x509.SubjectAlternativeName(names), False))
    return extensions


def build(
    subject_name: x509.Name,
    public: PublicKey,
    issuer: x509.Name,
    issuer_key: PrivateKey,
    span: Span,
    extensions: Sequence[Extension],
) -> x509.Certificate:
    """Sign a certificate with SHA-256, a random serial and both key identifiers."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject_name)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


def empty_crl(issuer: x509.Certificate, issuer_key: PrivateKey, span: Span) -> x509.CertificateRevocationList:
    """A list that revokes nothing yet, valid for the span."""
    return (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(span[0])
        .next_update(span[1])
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
