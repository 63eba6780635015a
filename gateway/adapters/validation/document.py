"""A parsed file with signatures: root, identifiers, files beside it, and what may be digested yet.

Shape only; which elements are believed is decided by whoever verifies them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from lxml import etree

from gateway.adapters.validation.context import Limits
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.validation.weight import weight
from gateway.adapters.xml.names import DS, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.validation import SubIndication

SIGNATURE = qualified(DS, "Signature")
_COUNT = etree.XPath("count(//*)")
# Every spelling that some library takes for an identifier.
_IDENTIFIED = etree.XPath("//*[@*[translate(local-name(), 'ID', 'id') = 'id']]")


@dataclass(slots=True)
class Document:
    """One file. `left` counts down what may still be canonicalised or digested, `weight` is what each
    canonicalisation costs beside its octets.
    """

    root: etree._Element
    detached: Mapping[str, bytes]
    limits: Limits
    identified: dict[str, etree._Element] = field(default_factory=dict)
    left: int = 0
    weight: int = 0

    def by_id(self, identifier: str) -> etree._Element:
        """The one element with that identifier; raises Refusal(SIGNED_DATA_NOT_FOUND)."""
        found = self.identified.get(identifier)
        if found is None:
            raise Refusal(SubIndication.SIGNED_DATA_NOT_FOUND, f"there is no #{identifier[:200]}")
        return found

    def spend(self, octets: bytes, weight: int = 0) -> bytes:
        """Count what is canonicalised or digested; raises Refusal(SIG_CONSTRAINTS_FAILURE) for too much.

        `weight` is that of another document, when the octets came from one.
        """
        self.left -= len(octets) + (weight or self.weight)
        if self.left < 0:
            raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "the references cover too much in all")
        return octets


def opened(octets: bytes, detached: Mapping[str, bytes], limits: Limits) -> Document:
    """Parse and take up a file. Raises Refusal(FORMAT_FAILURE): too many elements or namespaces, an
    identifier twice; and GatewayError as the parser.
    """
    root, heaviness = parsed(octets, limits)
    left = limits.digested + 2 * sum(map(len, detached.values()))
    return Document(root, detached, limits, _identifiers(root), left, heaviness)


def parsed(octets: bytes, limits: Limits) -> tuple[etree._Element, int]:
    """The root and its weight; raises as `opened`."""
    root = parse(octets, limit=limits.octets)
    elements = int(cast(float, _COUNT(root)))
    if elements > limits.elements:
        raise Refusal(SubIndication.FORMAT_FAILURE, "too many elements")
    return root, weight(root, octets, elements)


def signatures(document: Document) -> list[etree._Element]:
    """Every ds:Signature, wherever it stands; raises Refusal(FORMAT_FAILURE) when there are too many."""
    found = list(document.root.iter(SIGNATURE))
    if len(found) > document.limits.signatures:
        raise Refusal(SubIndication.FORMAT_FAILURE, "too many signatures")
    return found


def _identifiers(root: etree._Element) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for element in cast(list[etree._Element], _IDENTIFIED(root)):
        for attribute, value in element.attrib.items():
            if etree.QName(str(attribute)).localname.lower() != "id":
                continue
            if str(value) in found:
                raise Refusal(SubIndication.FORMAT_FAILURE, "an identifier occurs twice")
            found[str(value)] = element
    return found
