"""What the commands about seals and revocation lists do, with everything they need built for them."""

from collections.abc import Sequence
from pathlib import Path

from cryptography import x509

from gateway.adapters.crypto import devpki_lists
from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock
from gateway.domain.errors import ErrorKind, GatewayError


def renew_lists(config: Path | None, revoke: Sequence[Path]) -> Sequence[Path]:
    """Renew the development PKI's lists; of each file to revoke, its first certificate."""
    revoked = [_certificate(file) for file in revoke]
    return devpki_lists.renew(load(config).pki.anchors.parent, now=SystemClock().now(), revoke=revoked)


def _certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except ValueError:
        raise GatewayError(ErrorKind.CONFIGURATION, f"no certificate (PEM) in {file.name}") from None
