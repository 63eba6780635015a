"""The structure of one XAdES signature (EN 319 132-1): where its parts are, each in the one place for it.

An element in another place, twice, or of another kind is a FORMAT_FAILURE. Nothing is verified here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from gateway.adapters.validation import canonical, references, signature_method
from gateway.adapters.validation.algorithms import SignatureMethod
from gateway.adapters.validation.canonical import Canonicalization
from gateway.adapters.validation.document import Document
from gateway.adapters.validation.references import Reference, octets
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.xml.names import DS, XADES, qualified
from gateway.domain.validation import SubIndication

SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"
OBJECT, KEY_INFO = qualified(DS, "Object"), qualified(DS, "KeyInfo")
QUALIFYING = qualified(XADES, "QualifyingProperties")
SIGNED = qualified(XADES, "SignedProperties")
UNSIGNED = qualified(XADES, "UnsignedProperties")
OF_SIGNATURE = qualified(XADES, "SignedSignatureProperties")
OF_DATA = qualified(XADES, "SignedDataObjectProperties")


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature's parts. `properties` are the unsigned ones, in order."""

    element: etree._Element
    id: str
    signed_info: etree._Element
    value_element: etree._Element
    key_info: etree._Element | None
    objects: tuple[etree._Element, ...]
    properties_object: etree._Element
    signed_properties: etree._Element
    signed: tuple[etree._Element, ...]
    signed_data: tuple[etree._Element, ...]
    properties: tuple[etree._Element, ...]
    c14n: Canonicalization
    method: SignatureMethod
    value: bytes
    references: tuple[Reference, ...]

    @property
    def certificates(self) -> tuple[bytes, ...]:
        """Octets of the certificates in KeyInfo."""
        found = [] if self.key_info is None else self.key_info.iter(qualified(DS, "X509Certificate"))
        return tuple(octets(element) for element in found)


def read(element: etree._Element, document: Document) -> Signature:
    """Read a ds:Signature; raises Refusal: FORMAT_FAILURE, SIG_CONSTRAINTS_FAILURE (no XAdES at all)."""
    _only_space(element)
    children = list(element)
    info, value = _first_two(children)
    rest = children[2:]
    key_info = rest.pop(0) if rest and rest[0].tag == KEY_INFO else None
    if any(child.tag != OBJECT for child in rest):
        raise _malformed("a Signature holds something else")
    c14n, method, listed = _signed_info(info, document)
    holder, qualifying = _qualifying(rest, element.get("Id", ""))
    signed, unsigned = _properties(qualifying)
    return Signature(
        element=element,
        id=element.get("Id", ""),
        signed_info=info,
        value_element=value,
        key_info=key_info,
        objects=tuple(rest),
        properties_object=holder,
        signed_properties=signed,
        signed=_inside(signed, OF_SIGNATURE),
        signed_data=_inside(signed, OF_DATA),
        properties=()
        if unsigned is None
        else _inside(unsigned, qualified(XADES, "UnsignedSignatureProperties")),
        c14n=c14n,
        method=method,
        value=octets(value),
        references=listed,
    )


def properties_reference(signature: Signature, document: Document) -> Reference:
    """The one reference to this signature's own SignedProperties; raises Refusal(SIG_CONSTRAINTS_FAILURE)."""
    typed = [each for each in signature.references if each.type == SIGNED_PROPERTIES_TYPE]
    if len(typed) != 1:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "the signed properties are not signed, or twice")
    uri = typed[0].uri or ""
    if not uri.startswith("#") or document.by_id(uri[1:]) is not signature.signed_properties:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "the signature signs the properties of another")
    if any(each.get("Algorithm") not in canonical.METHODS for each in typed[0].transforms):
        raise canonical.refused("a transform of the signed properties")
    return typed[0]


def _first_two(children: Sequence[etree._Element]) -> tuple[etree._Element, etree._Element]:
    tags = [child.tag for child in children[:2]]
    if tags != [qualified(DS, "SignedInfo"), qualified(DS, "SignatureValue")]:
        raise _malformed("a Signature does not begin with SignedInfo and SignatureValue")
    return children[0], children[1]


def _signed_info(
    info: etree._Element, document: Document
) -> tuple[Canonicalization, SignatureMethod, tuple[Reference, ...]]:
    _only_space(info)
    children = list(info)
    tags = [child.tag for child in children]
    head = [canonical.CANONICALIZATION_METHOD, qualified(DS, "SignatureMethod")]
    if tags[:2] != head or set(tags[2:]) != {qualified(DS, "Reference")}:
        raise _malformed("SignedInfo holds something else")
    if len(children) - 2 > document.limits.references:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "too many references")
    listed = tuple(references.read(each, document.limits.transforms) for each in children[2:])
    return canonical.read(children[0]), signature_method.read(children[1]), listed


def _qualifying(objects: Sequence[etree._Element], identifier: str) -> tuple[etree._Element, etree._Element]:
    found = [(each, child) for each in objects for child in each if child.tag == QUALIFYING]
    if not found:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "it has no XAdES properties")
    if len(found) > 1 or len(found[0][0]) != 1:
        raise _malformed("QualifyingProperties are there twice, or not alone")
    if not identifier or found[0][1].get("Target") != f"#{identifier}":
        raise _malformed("QualifyingProperties are of another signature")
    return found[0]


def _properties(qualifying: etree._Element) -> tuple[etree._Element, etree._Element | None]:
    tags = [child.tag for child in qualifying]
    if tags not in ([SIGNED], [SIGNED, UNSIGNED]):
        raise _malformed("QualifyingProperties hold something else")
    return qualifying[0], qualifying[1] if len(tags) > 1 else None


def _inside(parent: etree._Element, tag: str) -> tuple[etree._Element, ...]:
    found = [child for child in parent if child.tag == tag]
    if len(found) > 1:
        raise _malformed(f"{etree.QName(tag).localname} is there twice")
    return tuple(child for child in found[0] if isinstance(child.tag, str)) if found else ()


def _only_space(element: etree._Element) -> None:
    texts = [element.text, *(child.tail for child in element)]
    if any((text or "").strip() for text in texts):
        raise _malformed(f"text inside {etree.QName(element).localname}")
    if any(not isinstance(child.tag, str) for child in element):
        raise _malformed(f"a comment inside {etree.QName(element).localname}")


def _malformed(why: str) -> Refusal:
    return Refusal(SubIndication.FORMAT_FAILURE, why)
