"""ds:Reference by the reference processing model of XML Signature (clause 4.4.3.2), by an allow-list.

It reads references and gives the octets that they digest. Nothing outside the document and the files that
the caller handed over is ever reached.
"""

import binascii
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hmac import compare_digest

from lxml import etree

from gateway.adapters.validation import canonical
from gateway.adapters.validation.algorithms import digest, xml_digest_name
from gateway.adapters.validation.canonical import Canonicalization, refused
from gateway.adapters.validation.document import SIGNATURE, Document, parsed
from gateway.adapters.validation.uris import lookup
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.xml.names import DS, qualified
from gateway.domain.errors import GatewayError
from gateway.domain.validation import SubIndication

ENVELOPED = f"{DS}enveloped-signature"
BASE64 = f"{DS}base64"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
FILTER2 = "http://www.w3.org/2002/06/xmldsig-filter2"
# The expressions in wide use, each of its language: everything except signatures (parallel ones need it).
WITHOUT_SIGNATURES = {
    XPATH: (qualified(DS, "XPath"), "not(ancestor-or-self::", ":Signature)", {}),
    FILTER2: (qualified(FILTER2, "XPath"), "/descendant::", ":Signature", {"Filter": "subtract"}),
}
TRANSFORM, TRANSFORMS = qualified(DS, "Transform"), qualified(DS, "Transforms")


@dataclass(frozen=True, slots=True)
class Reference:
    """A ds:Reference as it stands. `uri` is None when the attribute is absent."""

    id: str
    uri: str | None
    type: str
    transforms: tuple[etree._Element, ...]
    digest: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Selected:
    """What a reference into `document` yields: `octets`, or a node-set below `element` without `left_out`.

    `target` is the element that the URI named (None: a file beside), `name` what people call it.
    """

    name: str
    document: Document
    target: etree._Element | None
    element: etree._Element | None = None
    octets: bytes = b""
    left_out: tuple[etree._Element, ...] = ()

    def canonical(self, method: Canonicalization) -> bytes:
        """The octets, canonicalised by `method` when it is a node-set still."""
        if self.element is None:
            return self.octets
        with _without(self.left_out):
            return self.document.spend(method.of(self.element))


def read(element: etree._Element, limit: int) -> Reference:
    """Read one reference; raises Refusal: FORMAT_FAILURE, CRYPTO_CONSTRAINTS_FAILURE (its digest)."""
    children = list(element)
    transforms: tuple[etree._Element, ...] = ()
    if children and children[0].tag == TRANSFORMS:
        transforms = tuple(children.pop(0))
    tags = [child.tag for child in children]
    if tags != [qualified(DS, "DigestMethod"), qualified(DS, "DigestValue")]:
        raise _malformed("a Reference has other children")
    if len(transforms) > limit or any(each.tag != TRANSFORM for each in transforms):
        raise refused("so many transforms, or something else among them")
    return Reference(
        element.get("Id", ""),
        element.get("URI"),
        element.get("Type", ""),
        transforms,
        xml_digest_name(children[0].get("Algorithm", "")),
        octets(children[1]),
    )


def select(reference: Reference, document: Document, signature: etree._Element) -> Selected:
    """Dereference and transform, all but a last implicit canonicalisation.

    Raises Refusal: SIGNED_DATA_NOT_FOUND, SIG_CONSTRAINTS_FAILURE (a transform that is not allowed).
    """
    found = _dereferenced(reference.uri, document)
    for transform in reference.transforms:
        found = _transformed(found, transform, signature, document)
    return found


def check(reference: Reference, selected: Selected) -> bytes:
    """The octets that were digested; raises Refusal(HASH_FAILURE)."""
    data = selected.document.spend(selected.canonical(Canonicalization()))
    if not compare_digest(digest(reference.digest, data), reference.value):
        raise Refusal(SubIndication.HASH_FAILURE, f"{selected.name} was changed after it was signed")
    return data


def octets(element: etree._Element) -> bytes:
    """Base64 content; raises Refusal(FORMAT_FAILURE)."""
    try:
        if len(element):
            raise ValueError
        return b64decode("".join((element.text or "").split()), validate=True)
    except (ValueError, binascii.Error):
        raise _malformed(f"{etree.QName(element).localname} is not base64") from None


def _dereferenced(uri: str | None, document: Document) -> Selected:
    if uri is None:
        raise Refusal(SubIndication.SIGNED_DATA_NOT_FOUND, "a reference does not say to what")
    if uri == "":
        return Selected("the document", document, document.root, document.root)
    if uri.startswith("#"):
        target = document.by_id(uri[1:])
        return Selected(uri, document, target, target)
    name, content = lookup(uri, document.detached)
    return Selected(name, document, None, octets=content)


def _transformed(
    found: Selected, transform: etree._Element, signature: etree._Element, document: Document
) -> Selected:
    uri = transform.get("Algorithm", "")
    if uri in canonical.METHODS:
        return _canonicalised(found, canonical.read(transform), document)
    if uri == ENVELOPED and not len(transform) and _holds(found.element, signature):
        return replace(found, left_out=tuple(dict.fromkeys((*found.left_out, signature))))
    if uri in WITHOUT_SIGNATURES and _leaves_signatures_out(uri, transform) and found.element is not None:
        every = tuple(found.element.iter(SIGNATURE))
        return replace(found, left_out=tuple(dict.fromkeys((*found.left_out, *every))))
    if uri == BASE64 and not len(transform):
        return _decoded(found)
    raise refused(f"the transform {uri[:100]}")


def _canonicalised(found: Selected, method: Canonicalization, document: Document) -> Selected:
    if found.element is not None:
        return replace(found, element=None, octets=found.canonical(method))
    try:
        root, heaviness = parsed(found.octets, document.limits)
    except GatewayError:
        raise refused("canonicalisation of what is not XML") from None
    # Comments of a file beside count; there is no same-document reference that drops them.
    octets = method.of(root, comments=True)
    return replace(found, element=None, octets=document.spend(octets, heaviness))


def _decoded(found: Selected) -> Selected:
    data = found.octets
    if found.element is not None:
        with _without(found.left_out):
            data = str(found.element.xpath("string()")).encode()
    try:
        decoded = b64decode(b"".join(data.split()), validate=True)
    except (ValueError, binascii.Error):
        raise refused("the base64 transform of something else") from None
    return replace(found, element=None, octets=found.document.spend(decoded))


def _holds(element: etree._Element | None, signature: etree._Element) -> bool:
    return element is not None and any(above is element for above in signature.iterancestors())


def _leaves_signatures_out(uri: str, transform: etree._Element) -> bool:
    """Recognised by its text, never evaluated: only the prefix for XML Signature may be another."""
    tag, start, end, attributes = WITHOUT_SIGNATURES[uri]
    if len(transform) != 1 or transform[0].tag != tag or len(transform[0]):
        return False
    expression = "".join((transform[0].text or "").split())
    stated = {str(name): str(value) for name, value in transform[0].attrib.items()}
    if stated != attributes or not (expression.startswith(start) and expression.endswith(end)):
        return False
    return transform[0].nsmap.get(expression[len(start) : -len(end)]) == DS


@contextmanager
def _without(left_out: tuple[etree._Element, ...]) -> Iterator[None]:
    """Let comments stand where the elements were: no canonical form without comments sees them."""
    swapped: list[tuple[etree._Element, etree._Element]] = []
    try:
        for element in left_out:
            parent = element.getparent()
            if parent is None:
                raise refused("leaving out the whole document")
            placeholder: etree._Element = etree.Comment("")
            placeholder.tail = element.tail
            parent.replace(element, placeholder)
            element.tail = None
            swapped.append((element, placeholder))
        yield
    finally:
        for element, placeholder in reversed(swapped):
            tail, placeholder.tail = placeholder.tail, None
            parent = placeholder.getparent()
            if parent is not None:
                parent.replace(placeholder, element)
            element.tail = tail


def _malformed(why: str) -> Refusal:
    return Refusal(SubIndication.FORMAT_FAILURE, why)
