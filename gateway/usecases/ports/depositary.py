"""The depositary of biometric samples: a third party for whom samples are locked, and who alone opens them.

Nothing here opens anything: the depositary's private key is never the gateway's to use.
"""

from collections.abc import Sequence
from typing import Protocol

from gateway.domain.biometrics import SealedSample


class Depositary(Protocol):
    """Locks a biometric sample (strokes, speech) as it arrives, before anything else is done with it."""

    @property
    def certificate_sha256(self) -> str:
        """SHA-256 of the depositary's certificate (DER), lowercase hexadecimal; "" where there is none."""

    def seal(self, octets: bytes) -> bytes:
        """CMS EnvelopedData (RFC 5652 clause 6), DER, that only the depositary's private key opens.

        Raises GatewayError(CONFIGURATION) where no depositary is configured.
        """


class SealedSamples(Protocol):
    """Which samples of a transaction are kept; their octets lie in the vault, under `cms_sha256`."""

    def add(self, sample: SealedSample) -> None: ...
    def of(self, guid: str) -> Sequence[SealedSample]:
        """By recipient, then in the order in which they were taken."""
