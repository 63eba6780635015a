"""What a signature says of itself beyond the obligatory: policy, roles, place, commitment.

Values only, as the operator configured them; how they are written is the template's business.
"""

from dataclasses import dataclass
from enum import Enum


class Commitment(Enum):
    """Commitment types with their URIs (EN 319 132-1 clause 5.2.3, ETSI TS 119 172-1 annex B)."""

    PROOF_OF_ORIGIN = "http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin"
    PROOF_OF_RECEIPT = "http://uri.etsi.org/01903/v1.2.2#ProofOfReceipt"
    PROOF_OF_DELIVERY = "http://uri.etsi.org/01903/v1.2.2#ProofOfDelivery"
    PROOF_OF_SENDER = "http://uri.etsi.org/01903/v1.2.2#ProofOfSender"
    PROOF_OF_APPROVAL = "http://uri.etsi.org/01903/v1.2.2#ProofOfApproval"
    PROOF_OF_CREATION = "http://uri.etsi.org/01903/v1.2.2#ProofOfCreation"


@dataclass(frozen=True, slots=True)
class SignaturePolicy:
    """The policy that a signature follows: a URI, or an OID as `urn:oid:…`; the SHA-256 of its document.

    `uri` is where the document can be had (SPURI; empty: not said).
    """

    identifier: str
    sha256: bytes
    uri: str = ""


class ImpliedPolicy:
    """The policy follows from the signed content (SignaturePolicyImplied)."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature is made; what is empty is not said. `country` by ISO 3166-1."""

    city: str = ""
    street: str = ""
    province: str = ""
    postal_code: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any((self.city, self.street, self.province, self.postal_code, self.country))


@dataclass(frozen=True, slots=True)
class SignatureProperties:
    """All of them; the default says nothing. `roles` are claimed, not certified."""

    policy: SignaturePolicy | ImpliedPolicy | None = None
    roles: tuple[str, ...] = ()
    place: Place = Place()
    commitment: Commitment | None = None


NOTHING_SAID = SignatureProperties()
