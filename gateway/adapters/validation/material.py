"""What a XAdES signature brings along for its own validation: certificates, CRLs, OCSP answers, tokens.

Each is remembered with its place, because an archive time-stamp vouches for what stands before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from gateway.adapters.validation.context import Context
from gateway.adapters.validation.control_time import Material
from gateway.adapters.validation.references import octets
from gateway.adapters.validation.stamps import Stamp
from gateway.adapters.validation.token_read import TokenParts
from gateway.adapters.validation.tokens import gathered, opened
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.validation.xades import Signature
from gateway.adapters.xml.names import XADES, qualified
from gateway.domain.validation import SubIndication

CERTIFICATE = qualified(XADES, "EncapsulatedX509Certificate")
ANSWERS = (qualified(XADES, "EncapsulatedCRLValue"), qualified(XADES, "EncapsulatedOCSPValue"))
COUNTER = qualified(XADES, "CounterSignature")


@dataclass(frozen=True, slots=True)
class Brought:
    """`in_key_info` and `in_properties` (one list for each unsigned property) hold DER octets.

    `tokens` are those of `stamps`, in their order.
    """

    material: Material
    in_key_info: tuple[bytes, ...]
    in_properties: tuple[tuple[bytes, ...], ...]
    tokens: tuple[TokenParts | Refusal, ...]

    def before(self, position: int, stamps: Sequence[Stamp]) -> list[bytes]:
        """Every object that an archive time-stamp at that place covers."""
        found = list(self.in_key_info)
        for values in self.in_properties[:position]:
            found += values
        for stamp, parts in zip(stamps, self.tokens, strict=True):
            if stamp.position < position and isinstance(parts, TokenParts):
                found += [stamp.token, *parts.certificates, *parts.answers]
        return found


def brought(signature: Signature, stamps: Sequence[Stamp], context: Context) -> Brought:
    """Gather; raises Refusal: FORMAT_FAILURE, SIG_CONSTRAINTS_FAILURE (too much)."""
    certificates = list(signature.certificates)
    answers: list[bytes] = []
    places: list[tuple[bytes, ...]] = []
    for element in signature.properties:
        mine, theirs = _values(element)
        certificates += mine
        answers += theirs
        places.append((*mine, *theirs))
    if len(certificates) > context.limits.certificates or len(answers) > context.limits.revocations:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "too many certificates or revocation data")
    tokens = tuple(opened(stamp.token, context) for stamp in stamps)
    pool = context.memory.certificates.readable(certificates)
    parts = [each for each in tokens if isinstance(each, TokenParts)]
    material = gathered(Material(pool, tuple(dict.fromkeys(answers))), parts, context)
    return Brought(material, signature.certificates, tuple(places), tokens)


def _values(element: etree._Element) -> tuple[list[bytes], list[bytes]]:
    if element.tag == COUNTER:
        return [], []
    certificates = [octets(each) for each in element.iter(CERTIFICATE)]
    return certificates, [octets(each) for each in element.iter(*ANSWERS)]
