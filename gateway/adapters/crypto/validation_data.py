"""What lets a signature be judged years later without any network, and who gathers it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.adapters.crypto.trust import CertifiedPath


@dataclass(frozen=True, slots=True)
class ValidationData:
    """What a verifier needs beside a signature to judge it later, without any network: DER octets each.

    Certificates are those of the paths, anchors included; `crls` and `ocsps` say that none was revoked
    (OCSP: whole OCSPResponse). Sorted and without repetition.
    """

    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()

    def __or__(self, other: "ValidationData") -> "ValidationData":
        return ValidationData(
            _union(self.certificates, other.certificates),
            _union(self.crls, other.crls),
            _union(self.ocsps, other.ocsps),
        )


class Revocation(Protocol):
    """Knows whether certificates of a path were revoked, and can prove it."""

    def gather(self, path: CertifiedPath, at: datetime) -> ValidationData:
        """Check every certificate of `path` below its anchor at `at`, and give what shows it.

        From memory while that is fresh enough. Raises GatewayError: CERTIFICATE_REFUSED (revoked),
        TEMPORARILY_UNAVAILABLE (nothing current is to be had).
        """


def _union(left: tuple[bytes, ...], right: tuple[bytes, ...]) -> tuple[bytes, ...]:
    return tuple(sorted({*left, *right}))
