"""A recipient's own signature by certificate: what is to be signed, what came, and what was found in it.

The phases are types (`ToBeSigned`, octets that came, `RecipientSignature`), so that nothing is taken for a
signature that was not judged.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from gateway.domain.legal_identity import CertifiedNumbers
from gateway.domain.record import SignedKind

Details = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ToBeSigned:
    """A document whose stamped copy, of this SHA-256, the recipient is to sign. `taken` once a copy came."""

    position: int
    name: str
    sha256: bytes
    size: int
    taken: bool = False


@dataclass(frozen=True, slots=True)
class RecipientSignature:
    """A signature that holds: over exactly our copy, by a certificate that was good when it came.

    `serial` is the certificate's, hexadecimal; `claimed_at` the signer's own word; `revocation` says by what
    it is known that nothing was revoked (CRL, OCSP, NOT_REVOCABLE). `level` as ETSI calls it.
    """

    kind: SignedKind
    numbers: CertifiedNumbers
    subject: str
    issuer: str
    serial: str
    certificate_sha256: bytes
    level: str
    revocation: str
    claimed_at: datetime | None = None

    def audit(self, identity_type: str, at: datetime) -> Details:
        """For the evidence. The person's number is in it already, as the recipient's identity."""
        claimed = (("signing_time", self.claimed_at.isoformat()),) if self.claimed_at else ()
        return (
            ("signature_format", self.kind.value),
            ("signature_level", self.level),
            ("certificate_issuer", self.issuer),
            ("certificate_serial", self.serial),
            ("certificate_sha256", self.certificate_sha256.hex()),
            ("identity_type", identity_type),
            *claimed,
            ("validated_at", at.isoformat()),
            ("revocation", self.revocation),
        )


@dataclass(frozen=True, slots=True)
class StagedCopy:
    """A signed copy that came and waits for the others of its recipient; its octets are in the vault."""

    guid: str
    document: int
    recipient: int
    sha256: bytes
    size: int
    at: datetime


class ErrandState(Enum):
    """FETCHED: the program has got the document. ANSWERED: what it signed came. CANCELLED: it gave none."""

    OPEN = "OPEN"
    FETCHED = "FETCHED"
    ANSWERED = "ANSWERED"
    CANCELLED = "CANCELLED"
    USED = "USED"


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of the recipient's signing program for one document.

    `mark` is the SHA-256 of the identifier that the program knows; `body` holds that and the key, protected
    under the data key. Each state is reached once, by compare-and-set.
    """

    mark: bytes
    guid: str
    document: int
    recipient: int
    link_version: int
    state: ErrandState
    body: bytes
    created_at: datetime
    expires_at: datetime
    answer_sha256: bytes | None = None

    def waits(self, now: datetime) -> bool:
        return self.state in {ErrandState.OPEN, ErrandState.FETCHED} and now < self.expires_at
