"""What the commands about seals and revocation lists do, with everything they need built for them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography import x509

from gateway.adapters.crypto import devpki_lists
from gateway.adapters.crypto.augment import Augmenter
from gateway.adapters.crypto.signature_level import Level
from gateway.bootstrap.configured import load
from gateway.bootstrap.sealing import sealing
from gateway.bootstrap.technology import SystemClock
from gateway.domain.errors import ErrorKind, GatewayError


def renew_lists(config: Path | None, revoke: Sequence[Path]) -> Sequence[Path]:
    """Renew the development PKI's lists; of each file to revoke, its first certificate."""
    revoked = [_certificate(file) for file in revoke]
    return devpki_lists.renew(load(config).pki.anchors.parent, now=SystemClock().now(), revoke=revoked)


def augment(config: Path | None, octets: bytes, level: str, files: Mapping[str, bytes]) -> bytes:
    """Raise by this installation's authorities and anchors; raises as Augmenter.raise_to."""
    seals = sealing(load(config), SystemClock())
    return Augmenter(seals.timestamper, seals.trust).raise_to(octets, Level(level), files)


def _certificate(file: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except ValueError:
        raise GatewayError(ErrorKind.CONFIGURATION, f"no certificate (PEM) in {file.name}") from None
