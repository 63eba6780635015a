"""One verified answer about one certificate: a revocation list or an OCSP response, and what it says.

Reading them is `revocation_list` and `ocsp`; which to ask, and how long to keep it, is `revocation`.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from gateway.adapters.crypto.validation_data import ValidationData

# How far an authority's clock may be ahead of ours.
SKEW = timedelta(minutes=5)
HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


class Unusable(Exception):
    """A list or response that proves nothing about the certificate; the words are for the log."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a list or response says. `good_until` is its nextUpdate; times are aware and UTC.

    `revoked_at` None: not revoked. `data` is the octets, with what they themselves need.
    """

    data: ValidationData
    this_update: datetime
    good_until: datetime
    revoked_at: datetime | None = None
    supported_by: tuple["Proof", ...] = field(default=())

    def current(self, now: datetime) -> bool:
        return self.this_update <= now + SKEW and now < self.good_until

    def revoked_by(self, at: datetime) -> bool:
        """Whether the certificate was revoked at that time, or (delegated) its responder was."""
        own = self.revoked_at is not None and self.revoked_at <= at
        return own or any(proof.revoked_by(at) for proof in self.supported_by)


def check_hash(signed: object) -> None:
    """The signature of a list or response must begin with SHA-256 or better; raises Unusable."""
    try:
        algorithm = signed.signature_hash_algorithm  # type: ignore[attr-defined]
    except (UnsupportedAlgorithm, ValueError):
        algorithm = None
    if not isinstance(algorithm, HASHES):
        raise Unusable("its signature algorithm is not accepted")


def may(issuer: x509.Certificate, use: str) -> bool:
    """Whether the key usage allows `use` (`crl_sign`, `digital_signature`); all is allowed without one."""
    try:
        usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return bool(getattr(usage, use))
