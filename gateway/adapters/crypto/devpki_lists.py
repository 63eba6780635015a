"""The development PKI's revocation lists: new ones before the old end, with what is to be revoked.

Only for the keys in the folder that `devpki` made; a real authority renews its own lists.
"""

import os
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto import keys
from gateway.adapters.crypto.devpki import BACKDATED, YEAR
from gateway.domain.errors import ErrorKind, GatewayError

AUTHORITIES = ("ca", "intermediate", "issuer-ca", "citizens-ca")


def renew(folder: Path, *, now: datetime, revoke: Sequence[x509.Certificate] = ()) -> list[Path]:
    """Write each authority's next list, good for a year, and give the files.

    What was revoked stays so; of `revoke`, each authority revokes what it issued. Raises
    GatewayError(CONFIGURATION) when the folder holds no PKI, or nobody in it issued a certificate.
    """
    # Folders made before there were citizens have no authority for them.
    there = [name for name in AUTHORITIES if name != "citizens-ca" or (folder / f"{name}.key").exists()]
    pairs = {name: keys.load(folder / f"{name}.key", folder / f"{name}.pem") for name in there}
    subjects = [pair.certificate.subject for pair in pairs.values()]
    if any(certificate.issuer not in subjects for certificate in revoke):
        raise GatewayError(ErrorKind.CONFIGURATION, "a certificate to revoke is of another PKI")
    return [_renew(folder / f"{name}.crl", pair, now, revoke) for name, pair in pairs.items()]


def _renew(file: Path, pair: keys.KeyPair, now: datetime, revoke: Sequence[x509.Certificate]) -> Path:
    authority, old = pair.certificate, _old(file)
    number = old.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.subject)
        # A machine whose clock is a little behind must be able to use it at once.
        .last_update(now - BACKDATED)
        .next_update(now + YEAR)
        .add_extension(x509.CRLNumber(number + 1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(pair.key.public_key()), False)
    )
    entries = {entry.serial_number: entry for entry in old}
    for certificate in revoke:
        if certificate.issuer == authority.subject and certificate.serial_number not in entries:
            entries[certificate.serial_number] = _entry(certificate.serial_number, now)
    for entry in entries.values():
        builder = builder.add_revoked_certificate(entry)
    _replace(file, builder.sign(pair.key, hashes.SHA256()).public_bytes(Encoding.PEM))
    return file


def _old(file: Path) -> x509.CertificateRevocationList:
    try:
        return x509.load_pem_x509_crl(file.read_bytes())
    except (OSError, ValueError):
        raise GatewayError(ErrorKind.CONFIGURATION, f"{file.name} is no revocation list") from None


def _entry(serial: int, now: datetime) -> x509.RevokedCertificate:
    return x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()


def _replace(file: Path, octets: bytes) -> None:
    """Whoever reads the file meanwhile sees the old list or the new one, never half of it."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with os.fdopen(descriptor, "wb") as written:
        written.write(octets)
        os.fsync(written.fileno())
    Path(draft).chmod(0o644)
    Path(draft).replace(file)
