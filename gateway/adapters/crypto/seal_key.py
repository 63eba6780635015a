"""One sealing key and whether it may seal now: algorithm, certification path and revocation.

Choosing among several keys is the rotating signer's business; signing is the signer's.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.algorithms import PublicKey, accepted_key, xml_verifier
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.trust import Anchors, CertifiedPath, der, name
from gateway.adapters.crypto.validation_data import Revocation, ValidationData
from gateway.domain.errors import ErrorKind, GatewayError

# Keys of our own live longer than what we accept from others.
LEAST_RSA_BITS = 3072


@dataclass(frozen=True, slots=True)
class SealTrust:
    """What our own certificates are checked against before anything is sealed."""

    anchors: Anchors
    revocation: Revocation
    algorithms: AlgorithmPolicy


class SealKey:
    """A signer with what is told of it in every seal; without `trust` nothing is checked."""

    def __init__(self, signer: Signer, trust: SealTrust | None = None) -> None:
        self.signer = signer
        self.certificate = signer.chain[0]
        self.der = der(self.certificate)
        self.subject = name(self.certificate)
        self.sha256 = sha256(self.der).hexdigest()
        self.public: PublicKey = accepted_key(self.certificate.public_key())
        self.verify = xml_verifier(self.public, signer.algorithm.uri)
        self._trust = trust
        self._path: CertifiedPath | None = None
        self._until = _until(signer, self.public, trust.algorithms) if trust else None

    def check(self, at: datetime) -> ValidationData | None:
        """What shows that the certificate is good at `at`; None without trust.

        Raises GatewayError: ALGORITHM_REFUSED, CERTIFICATE_REFUSED (no path, out of time, revoked),
        TEMPORARILY_UNAVAILABLE (nothing current about revocation).
        """
        if self._trust is None:
            return None
        if self._until is None or at >= self._until:
            raise GatewayError(
                ErrorKind.ALGORITHM_REFUSED, f"{self.subject}: its kind of key is not accepted any more"
            )
        path = self._path
        if path is None or not path.covers(at):
            path = self._trust.anchors.path(self.certificate, self.signer.chain[1:], at)
            self._path = path
        return self._trust.revocation.gather(path, at)


def _until(signer: Signer, public: PublicKey, algorithms: AlgorithmPolicy) -> datetime | None:
    algorithm = signer.algorithm
    if isinstance(public, rsa.RSAPublicKey) and public.key_size < LEAST_RSA_BITS:
        return None
    return algorithms.until(algorithm.scheme, public.key_size, algorithm.digest)
