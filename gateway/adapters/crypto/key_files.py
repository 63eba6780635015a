"""Sealing keys in files, PEM or PKCS#12, read again when the files change so that no restart is needed.

Only loads; which of several keys signs is the rotating signer's choice.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from gateway.adapters.crypto import keys
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.signer import Signer
from gateway.domain.errors import ErrorKind, GatewayError

log = logging.getLogger(__name__)

# The password of a key, read from its own file; None: the key is not encrypted. Raises GatewayError.
Password = Callable[[], bytes | None]
Mark = tuple[int, int, int] | None
LOOK_EVERY = 1.0


class WatchedKey:
    """A signer that `load` makes from `files`; `name` is for logs and errors. Safe across threads.

    `allowed` raises GatewayError while changed files may not be loaded.

    While a changed file cannot be loaded (a new key beside the old certificate), the last signer stays; when
    a file is gone, it does not.
    """

    def __init__(
        self,
        name: str,
        files: Sequence[Path],
        load: Callable[[], Signer],
        look_every: float = LOOK_EVERY,
        monotonic: Callable[[], float] = time.monotonic,
        allowed: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self._files = tuple(files)
        self._load = load
        self._look_every = look_every
        self._monotonic = monotonic
        self._allowed = allowed
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._marks: tuple[Mark, ...] | None = None
        self._waiting: tuple[Mark, ...] | None = None
        self._signer: Signer | None = None

    def signer(self) -> Signer:
        """The same object while the files stay as they are.

        Raises GatewayError: CONFIGURATION, or TEMPORARILY_UNAVAILABLE where the key lies in a device.
        """
        moment = self._monotonic()
        if self._signer is not None and moment - self._looked < self._look_every:
            return self._signer
        with self._lock:
            marks = tuple(map(_mark, self._files))
            if self._signer is None or marks != self._marks:
                self._signer = self._loaded(marks)
                # What waits for an approval is asked for again at every look.
                self._marks = None if marks == self._waiting else marks
            self._looked = moment
            return self._signer

    def _loaded(self, marks: tuple[Mark, ...]) -> Signer:
        try:
            if self._signer is not None:
                self._allowed()
            loaded = self._load()
        except GatewayError as error:
            if self._signer is None or None in marks:
                self._signer = None
                raise
            if marks != self._waiting:
                log.warning("sealing key %s: changed files cannot be used yet (%s)", self.name, error.detail)
            self._waiting = marks if error.kind is ErrorKind.APPROVAL_MISSING else None
            return self._signer
        self._waiting = None
        return loaded


def pem(key: Path, certificates: Path, password: Password, *, pss: bool = False) -> Signer:
    """A PEM key with its chain; raises GatewayError(CONFIGURATION)."""
    return KeySigner(keys.load(key, certificates, password()), pss=pss)


def p12(file: Path, password: Password, *, pss: bool = False) -> Signer:
    """A PKCS#12 file with key and chain; raises GatewayError(CONFIGURATION)."""
    try:
        key, leaf, others = pkcs12.load_key_and_certificates(file.read_bytes(), password())
    except OSError as error:
        raise _wrong(f"{file.name}: {error.strerror}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _wrong(f"{file.name} is not a PKCS#12 file, or its password is wrong") from None
    if leaf is None or not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise _wrong(f"{file.name} holds no RSA or ECDSA key with its certificate")
    return KeySigner(keys.pair(key, _ordered(leaf, others), file.name), pss=pss)


def chain(file: Path) -> tuple[x509.Certificate, ...]:
    """The certificates of a PEM file, leaf first; raises GatewayError(CONFIGURATION)."""
    try:
        return tuple(x509.load_pem_x509_certificates(file.read_bytes()))
    except OSError as error:
        raise _wrong(f"{file.name}: {error.strerror}") from None
    except ValueError:
        raise _wrong(f"{file.name} holds no PEM certificates") from None


def _ordered(leaf: x509.Certificate, others: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Leaf first, each followed by its issuer: the file keeps no order. A root is left out."""
    found = [leaf]
    while True:
        issuer = next((each for each in others if each.subject == found[-1].issuer), None)
        if issuer is None or issuer in found or issuer.subject == issuer.issuer:
            return tuple(found)
        found.append(issuer)


def _mark(file: Path) -> Mark:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _wrong(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.CONFIGURATION, detail)
