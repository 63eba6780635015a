"""A `Signer` whose key never leaves its token (PKCS#11): P-256, P-384, RSA with PKCS#1 v1.5 or PSS.

Digests are made here, signatures there. Sessions are `pkcs11_sessions`' business.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import utils
from pkcs11 import MGF, Attribute, Mechanism, ObjectClass
from pkcs11 import exceptions as failures

from gateway.adapters.crypto.key_signer import algorithm_for
from gateway.adapters.crypto.pkcs11_sessions import sessions
from gateway.adapters.crypto.signer import SignatureAlgorithm
from gateway.domain.errors import ErrorKind, GatewayError

log = logging.getLogger(__name__)
T = TypeVar("T")

# After these another session may do: the token was taken out, or the library lost its state.
TRIES = 2
HOPELESS = (
    failures.PinIncorrect,
    failures.PinLocked,
    failures.PinInvalid,
    failures.PinLenRange,
    failures.NoSuchKey,
    failures.MultipleObjectsReturned,
)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """Where a key is: the library, the token's label, the key's label and CKA_ID (None: not asked for)."""

    library: Path
    token: str
    label: str | None = None
    identifier: bytes | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        return {"label": self.label, "id": self.identifier}


class Pkcs11Signer:
    """Signs in the token; `pin` is read anew for each session. Safe across threads and forks."""

    def __init__(
        self,
        place: TokenKey,
        pin: Callable[[], str],
        chain: Sequence[x509.Certificate] = (),
        *,
        pss: bool = False,
    ) -> None:
        """`chain` empty: the certificate is read from the token, beside the key. Raises GatewayError:
        TEMPORARILY_UNAVAILABLE (the token does not answer), CONFIGURATION (there is no certificate).
        """
        self._place = place
        self._pin = pin
        self._found: tuple[Any, Any] | None = None
        self.chain = tuple(chain) or (self._with_session(self._certificate),)
        self.algorithm = algorithm_for(self.chain[0].public_key(), pss=pss)

    def sign(self, data: bytes) -> bytes:
        """As `Signer.sign`; raises GatewayError(TEMPORARILY_UNAVAILABLE), and the log says why."""
        return self._with_session(lambda session: self._sign(session, data))

    def _sign(self, session: Any, data: bytes) -> bytes:
        key = self._key(session)
        digest = hashlib.new(self.algorithm.digest, data).digest()
        if self.algorithm is SignatureAlgorithm.RSA_SHA256:
            return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS))
        if self.algorithm is SignatureAlgorithm.RSA_PSS_SHA256:
            fill = (Mechanism.SHA256, MGF.SHA256, len(digest))
            return bytes(key.sign(data, mechanism=Mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=fill))
        raw = bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
        half = len(raw) // 2
        return utils.encode_dss_signature(
            int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big")
        )

    def _key(self, session: Any) -> Any:
        """Looked for once a session."""
        if self._found is None or self._found[0] is not session:
            key = session.get_key(object_class=ObjectClass.PRIVATE_KEY, **self._place.wanted)
            self._found = (session, key)
        return self._found[1]

    def _certificate(self, session: Any) -> x509.Certificate:
        wanted: dict[Attribute, Any] = {Attribute.CLASS: ObjectClass.CERTIFICATE}
        if self._place.label is not None:
            wanted[Attribute.LABEL] = self._place.label
        if self._place.identifier is not None:
            wanted[Attribute.ID] = self._place.identifier
        for found in session.get_objects(wanted):
            return x509.load_der_x509_certificate(found[Attribute.VALUE])
        raise GatewayError(ErrorKind.CONFIGURATION, "the token holds no certificate beside the key")

    def _with_session(self, work: Callable[[Any], T]) -> T:
        ours, place = sessions(), self._place
        with ours.locked():
            for left in reversed(range(TRIES)):
                try:
                    return work(ours.session(place.library, place.token, self._pin))
                except failures.PKCS11Error as error:
                    ours.drop(place.library, place.token)
                    log.warning("token %s: %s", place.token, type(error).__name__)
                    if not left or isinstance(error, HOPELESS):
                        break
        raise GatewayError(
            ErrorKind.TEMPORARILY_UNAVAILABLE, "the token with the sealing key does not answer"
        )
