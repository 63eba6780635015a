"""A development PKI: enough real certificates for a whole installation, from one command.

For trying and testing only: the authorities' keys lie beside the others, unprotected but for mode 0600.

Layout of the folder, all PEM (chains: leaf first, without the root):
`ca` root · `intermediate` issues `seal` (P-256), `seal-rsa` (RSA-3072), `tsa` and `tls` ·
`issuer-ca` issues the issuers' certificates. `citizens-ca` is another root, which issues `citizen` (for
12345678Z) and others to people who sign by certificate. Each has NAME.pem and NAME.key, and each authority
NAME.crl.
`depositary.pem` is of who alone opens biometric samples; their key lies apart, in `depositary/`, and the
gateway never reads it.
"""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.adapters.crypto import certificates, keys
from gateway.adapters.crypto.algorithms import PrivateKey
from gateway.domain.errors import ErrorKind, GatewayError

KeyKind = Literal["rsa", "p256"]
YEAR = timedelta(days=365)
# A machine whose clock is a little behind must be able to use what was just issued.
BACKDATED = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Entity:
    """A certificate being built: file name, common name, key and years of life."""

    file: str
    common_name: str
    years: int
    key: KeyKind = "p256"


def create(folder: Path, *, now: datetime, tls_names: Sequence[str] = ("localhost",)) -> None:
    """Create the whole PKI in `folder`, which must not exist or be empty; all of it or nothing.

    Raises GatewayError(CONFIGURATION) when there is anything in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise GatewayError(ErrorKind.CONFIGURATION, f"{folder.name} is not empty; a PKI is never overwritten")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".pki-", dir=folder.parent))
    try:
        _fill(draft, now - BACKDATED, tls_names)
        draft.replace(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def issue_issuer(folder: Path, name: str, *, key: KeyKind = "rsa", now: datetime) -> tuple[bytes, bytes]:
    """Issue a certificate to an issuer; gives (chain PEM, unencrypted key PEM) and stores neither.

    Raises GatewayError(CONFIGURATION) when the folder holds no PKI.
    """
    authority = keys.load(folder / "issuer-ca.key", folder / "issuer-ca.pem")
    private = _new_key(key)
    subject = certificates.subject(name)
    # Under the same root as the seal: the purpose keeps an issuer from signing evidence of its own.
    extensions = certificates.end_entity(certificates.SIGNING, certificates.CLIENT)
    chain = _issued(private, subject, authority, now - BACKDATED, 2, extensions)
    return _chain_pem(chain), _key_pem(private)


def issue_citizen(
    folder: Path, number: str, name: str, *, key: KeyKind = "p256", now: datetime, life: timedelta = 2 * YEAR
) -> tuple[bytes, bytes]:
    """Issue a person's signing certificate; gives (chain PEM, unencrypted key PEM) and stores neither.

    `number` becomes the subject's serialNumber (EN 319 412-1: `IDCES-12345678Z`). Raises
    GatewayError(CONFIGURATION) when the folder holds no authority for citizens.
    """
    authority = keys.load(folder / "citizens-ca.key", folder / "citizens-ca.pem")
    return _citizen(authority, number, name, key, (now - BACKDATED, now - BACKDATED + life))


def _citizen(
    authority: keys.KeyPair, number: str, name: str, key: KeyKind, span: certificates.Span
) -> tuple[bytes, bytes]:
    private = _new_key(key)
    leaf = certificates.build(
        certificates.person(number, name),
        private.public_key(),
        authority.certificate.subject,
        authority.key,
        span,
        certificates.end_entity(certificates.SIGNING, certificates.DOCUMENT_SIGNING),
    )
    return _chain_pem((leaf, *authority.chain)), _key_pem(private)


def _fill(folder: Path, start: datetime, tls_names: Sequence[str]) -> None:
    root = _root(folder, start)
    intermediate = _authority(folder, Entity("intermediate", "Fehaciente development CA", 10), root, start)
    _authority(folder, Entity("issuer-ca", "Fehaciente development issuers CA", 10), root, start)
    _citizens(folder, start)
    sealing = certificates.end_entity(certificates.SIGNING, certificates.DOCUMENT_SIGNING)
    stamping = certificates.end_entity(certificates.SIGNING, certificates.TIME_STAMPING)
    serving = certificates.end_entity(certificates.TLS, certificates.SERVER, _names(tls_names))
    for entity, extensions in (
        (Entity("seal", "Fehaciente development seal", 5), sealing),
        (Entity("seal-rsa", "Fehaciente development seal (RSA)", 5, "rsa"), sealing),
        (Entity("tsa", "Fehaciente development TSA", 5), stamping),
        (Entity("tls", tls_names[0], 2), serving),
    ):
        private = _new_key(entity.key)
        subject = certificates.subject(entity.common_name)
        chain = _issued(private, subject, intermediate, start, entity.years, extensions)
        _store(folder, entity.file, private, chain)
    _depositary(folder, intermediate, start)


def _depositary(folder: Path, authority: keys.KeyPair, start: datetime) -> None:
    """A real depositary makes their own key, and hands over the certificate alone."""
    private = _new_key("rsa")
    subject = certificates.subject("Fehaciente development depositary")
    extensions = certificates.end_entity(certificates.ENCIPHERING, None)
    chain = _issued(private, subject, authority, start, 10, extensions)
    apart = folder / "depositary"
    apart.mkdir(mode=0o700)
    _store(apart, "depositary", private, chain)
    (apart / "depositary.pem").replace(folder / "depositary.pem")


def _citizens(folder: Path, start: datetime) -> None:
    """Nobody of another authority is ever taken for a citizen: it is a root of its own."""
    authority = _root(folder, start, "citizens-ca", "Fehaciente development citizens CA")
    chain, private = _citizen(authority, "IDCES-12345678Z", "Ana García", "p256", (start, start + 5 * YEAR))
    _write(folder, "citizen", private, chain)


def _root(
    folder: Path, start: datetime, file: str = "ca", title: str = "Fehaciente development root"
) -> keys.KeyPair:
    private = _new_key("p256")
    subject = certificates.subject(title)
    certificate = certificates.build(
        subject, private.public_key(), subject, private, (start, start + 20 * YEAR), certificates.authority(2)
    )
    pair = keys.KeyPair(private, (certificate,))
    _store(folder, file, private, pair.chain)
    _store_crl(folder, file, pair, start)
    return pair


def _authority(folder: Path, entity: Entity, root: keys.KeyPair, start: datetime) -> keys.KeyPair:
    private = _new_key(entity.key)
    certificate = certificates.build(
        certificates.subject(entity.common_name),
        private.public_key(),
        root.certificate.subject,
        root.key,
        (start, start + entity.years * YEAR),
        certificates.authority(0),
    )
    pair = keys.KeyPair(private, (certificate,))
    _store(folder, entity.file, private, pair.chain)
    _store_crl(folder, entity.file, pair, start)
    return pair


def _issued(
    private: PrivateKey,
    subject: x509.Name,
    authority: keys.KeyPair,
    start: datetime,
    years: int,
    extensions: Sequence[certificates.Extension],
) -> tuple[x509.Certificate, ...]:
    span = (start, min(start + years * YEAR, authority.certificate.not_valid_after_utc))
    issuer = authority.certificate.subject
    leaf = certificates.build(subject, private.public_key(), issuer, authority.key, span, extensions)
    return (leaf, *authority.chain)


def _new_key(kind: KeyKind) -> PrivateKey:
    if kind == "rsa":
        return rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return ec.generate_private_key(ec.SECP256R1())


def _names(names: Sequence[str]) -> list[x509.GeneralName]:
    return [_name(name) for name in names]


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _store(folder: Path, name: str, private: PrivateKey, chain: Sequence[x509.Certificate]) -> None:
    _write(folder, name, _key_pem(private), _chain_pem(chain))


def _write(folder: Path, name: str, private: bytes, chain: bytes) -> None:
    (folder / f"{name}.pem").write_bytes(chain)
    descriptor = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(private)


def _store_crl(folder: Path, name: str, authority: keys.KeyPair, start: datetime) -> None:
    crl = certificates.empty_crl(authority.certificate, authority.key, (start, start + YEAR))
    (folder / f"{name}.crl").write_bytes(crl.public_bytes(Encoding.PEM))


def _chain_pem(chain: Sequence[x509.Certificate]) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in chain)


def _key_pem(private: PrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
