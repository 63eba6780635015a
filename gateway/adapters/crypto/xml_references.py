"""What a ds:Reference of any XML signature is over: the octets that its digest was made of.

Local only: the document itself, elements by their one identifier, and files that the caller brings.
Transforms other than enveloped-signature, canonicalisation and the decoding of base64 are refused.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import unquote

from lxml import etree

from gateway.adapters.crypto.xml_canonical import ALGORITHMS, INCLUSIVE, canonicalize
from gateway.adapters.xml.names import DS, XML, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError

ENVELOPED = DS + "enveloped-signature"
BASE64 = DS + "base64"
LIMIT = 64 * 1024 * 1024
MAX_TRANSFORMS = 4
ID_NAMES = ("Id", "ID", "id", qualified(XML, "id"))


@dataclass(frozen=True, slots=True)
class References:
    """The references of `signature`, inside the document of `root`; `files` by their decoded URI."""

    root: etree._Element
    signature: etree._Element
    files: Mapping[str, bytes]

    def octets(self, reference: etree._Element, default: etree._Element | str = INCLUSIVE) -> bytes:
        """What the reference is over; a node-set that no transform canonicalised, by `default`.

        Raises GatewayError: SIGNATURE_INVALID (nothing, or several things, are there), ALGORITHM_REFUSED.
        """
        uri, transforms = reference.get("URI"), _transforms(reference)
        if uri is None:
            raise _invalid("a reference says nothing of what it is over")
        if uri and not uri.startswith("#"):
            return self._file(uri, transforms, default)
        element = self.root if not uri else self._by_identifier(uri[1:])
        enveloped = [each for each in transforms if each.get("Algorithm") == ENVELOPED]
        rest = [each for each in transforms if each.get("Algorithm") != ENVELOPED]
        if enveloped and not _holds(element, self.signature):
            raise _invalid("an enveloped signature outside of what it signs")
        if [each.get("Algorithm") for each in transforms] == [BASE64]:
            return _decoded(element)
        with _without(self.signature if enveloped else None):
            # RFC 3986 fragments leave comments out (XML Signature clause 4.4.3.3).
            return _canonical(element, rest, default, comments=False)

    def _by_identifier(self, identifier: str) -> etree._Element:
        found = [
            element
            for element in self.root.iter(etree.Element)
            if any(element.get(name) == identifier for name in ID_NAMES)
        ]
        if len(found) != 1:
            raise _invalid("a reference points at nothing, or at several things")
        return found[0]

    def _file(self, uri: str, transforms: list[etree._Element], default: etree._Element | str) -> bytes:
        octets = self.files.get(unquote(uri))
        if octets is None:
            raise _invalid(f"the file {unquote(uri)[:100]} is not at hand")
        if not transforms:
            return octets
        return _canonical(parse(octets, limit=LIMIT), transforms, default)


def _transforms(reference: etree._Element) -> list[etree._Element]:
    parent = reference.find(qualified(DS, "Transforms"))
    found = [] if parent is None else list(parent)
    if len(found) > MAX_TRANSFORMS:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "too many transforms")
    for transform in found:
        algorithm = transform.get("Algorithm", "")
        if algorithm not in (ENVELOPED, BASE64) and algorithm not in ALGORITHMS:
            raise GatewayError(ErrorKind.ALGORITHM_REFUSED, algorithm[:100])
    return found


def _canonical(
    element: etree._Element,
    transforms: list[etree._Element],
    default: etree._Element | str,
    *,
    comments: bool = True,
) -> bytes:
    if len(transforms) > 1 or any(each.get("Algorithm") == BASE64 for each in transforms):
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "several canonicalisations")
    return canonicalize(element, transforms[0] if transforms else default, comments=comments)


def _decoded(element: etree._Element) -> bytes:
    """The text of an element in base64 (XML Signature clause 6.6.2); it may have no other content."""
    try:
        return b64decode("".join("".join(map(str, element.itertext())).split()), validate=True)
    except ValueError:
        raise _invalid("what is signed is not base64") from None


def _holds(element: etree._Element, inner: etree._Element) -> bool:
    return any(ancestor is element for ancestor in inner.iterancestors())


@contextmanager
def _without(element: etree._Element | None) -> Iterator[None]:
    """The tree without an element, but with the text after it; put back afterwards."""
    parent = element.getparent() if element is not None else None
    if element is None or parent is None:
        yield
        return
    at, tail, before = parent.index(element), element.tail, element.getprevious()
    old = (parent.text if before is None else before.tail) or ""
    element.tail = None
    parent.remove(element)
    _set_text(parent, before, old + (tail or "") or None)
    try:
        yield
    finally:
        _set_text(parent, before, old or None)
        parent.insert(at, element)
        element.tail = tail


def _set_text(parent: etree._Element, before: etree._Element | None, text: str | None) -> None:
    if before is None:
        parent.text = text
    else:
        before.tail = text


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, why)
