"""What makes an installation and moves its database: keys, the development PKI, migrations, a restore."""

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.adapters.crypto import devpki
from gateway.adapters.storage import migrate
from gateway.bootstrap import keys
from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.after_restore import AfterRestore, Resumed


def pki_init(config: Path | None, tls_names: Sequence[str]) -> Path:
    settings = load(config)
    folder = settings.pki.anchors.parent
    devpki.create(folder, now=SystemClock().now(), tls_names=tls_names)
    keys.create(settings, SystemClock().now())
    return folder


def pki_issuer(config: Path | None, name: str) -> tuple[bytes, bytes]:
    return devpki.issue_issuer(load(config).pki.anchors.parent, name, now=SystemClock().now())


def certificate(pem: bytes) -> bytes:
    try:
        return x509.load_pem_x509_certificates(pem)[0].public_bytes(Encoding.DER)
    except ValueError:
        raise GatewayError(ErrorKind.CONFIGURATION, "no certificate (PEM) in the file") from None


def db_upgrade(config: Path | None) -> str:
    database = open_database(load(config))
    try:
        migrate.upgrade(database.engine)
        return migrate.current(database.engine) or ""
    finally:
        database.close()


def db_restored(config: Path | None) -> Resumed:
    database, clock = open_database(load(config)), SystemClock()
    try:
        return AfterRestore(database, clock)()
    finally:
        database.close()
