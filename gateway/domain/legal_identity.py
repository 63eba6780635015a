"""Whether a certificate names the very person, or company, that the issuer addressed.

The subject's serialNumber by ETSI EN 319 412-1 clause 5.1.3 (`IDCES-12345678Z`, `PASES-…`), the
organizationIdentifier by clause 5.1.4 (`VATES-A12345678`), or a bare Spanish number as older ones have it.
"""

import hmac
import re
import unicodedata
from dataclasses import dataclass

from gateway.domain.parties import Identity, IdentityType, PartyKind, Recipient

SEMANTICS = re.compile(r"(PAS|IDC|PNO|TAX|TIN|VAT|NTR)([A-Z]{2})-(.+)", re.DOTALL)
PLAIN = ""
OF_PEOPLE = frozenset({"IDC", "TAX", "TIN", "PNO", PLAIN})
# Which kinds of number may state which identity; a bare one is a Spanish tax number and nothing else.
STATES: dict[IdentityType, frozenset[str]] = {
    IdentityType.DNI: OF_PEOPLE,
    IdentityType.NIE: OF_PEOPLE,
    IdentityType.NIF: OF_PEOPLE | {"VAT"},
    IdentityType.CIF: frozenset({"VAT", "TAX", "TIN", PLAIN}),
    IdentityType.PASSPORT: frozenset({"PAS"}),
}


@dataclass(frozen=True, slots=True)
class CertifiedNumbers:
    """What the certificate says of its subject: serialNumber, and organizationIdentifier (OID 2.5.4.97)."""

    serial_number: str
    organization: str = ""


def can_be_certified(recipient: Recipient) -> bool:
    """Whether any certificate could name this recipient: its legal identity is one that certificates bear."""
    return recipient.identity is not None and recipient.identity.type in STATES


def names(numbers: CertifiedNumbers, recipient: Recipient) -> bool:
    """Whether the certificate is this recipient's; compared in constant time.

    A company is named by its organisation's number, or by the serialNumber of its seal; a person by the
    serialNumber alone, since an organisation's number says whom they act for and not who they are.
    """
    identity = recipient.identity
    if identity is None or identity.type not in STATES:
        return False
    told = [numbers.serial_number]
    if recipient.kind is PartyKind.COMPANY:
        told.append(numbers.organization)
    return any([_states(each, identity) for each in told])


def _states(number: str, identity: Identity) -> bool:
    match = SEMANTICS.fullmatch(number.strip())
    scheme, country, value = match.groups() if match else (PLAIN, "ES", number)
    expected = canonical(identity.value)
    same = hmac.compare_digest(canonical(value), expected)
    fits = scheme in STATES[identity.type] and country == identity.country.upper()
    return same and fits and bool(expected)


def canonical(value: str) -> bytes:
    """Letters and digits only, capitals: people type numbers with spaces, dots and hyphens."""
    folded = unicodedata.normalize("NFKC", value).upper()
    return "".join(character for character in folded if character.isalnum()).encode()
