"""Whether a stored time-stamp is still whole: the token is over these octets, and its signature holds."""

import hashlib
from dataclasses import dataclass

from gateway.adapters.crypto import der
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.adapters.crypto.tsa_token import TokenVerifier
from gateway.domain.errors import ErrorKind, GatewayError


@dataclass(frozen=True, slots=True)
class StoredStamps:
    """The port `StampCheck`."""

    verifier: TokenVerifier

    def __call__(self, token: bytes, octets: bytes) -> None:
        """Raises GatewayError(SIGNATURE_INVALID) unless the token is over the octets and whole.

        Of an authority that this installation does not trust (an imported transaction's) only structure and
        imprint are compared: whether to trust it is the verifier's question, not custody's.
        """
        digest = hashlib.sha256(octets).digest()
        try:
            self.verifier.verify(token, digest)
        except GatewayError as error:
            if error.kind is not ErrorKind.CERTIFICATE_REFUSED or not _is_over(token, digest):
                raise


def _is_over(token: bytes, digest: bytes) -> bool:
    try:
        return read_info(read_signed(token).content).digest == digest
    except der.DerError:
        return False
