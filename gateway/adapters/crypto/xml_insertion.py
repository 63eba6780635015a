"""Adding properties to a signature's octets as text, so that everything else stays as it was.

Where the text goes is found in the parsed tree and in the octets alike; when the two do not agree, nothing
is written.
"""

import re

from lxml import etree

from gateway.adapters.crypto.xml_canonical import canonicalize
from gateway.adapters.xml.names import EXCLUSIVE_C14N, XADES, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError

UNSIGNED = qualified(XADES, "UnsignedProperties")
OF_SIGNATURE = qualified(XADES, "UnsignedSignatureProperties")
OPEN = f'<xades:UnsignedProperties xmlns:xades="{XADES}"><xades:UnsignedSignatureProperties>'
CLOSE = "</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"


def insert(octets: bytes, root: etree._Element, qualifying: etree._Element, text: str, limit: int) -> bytes:
    """Append unsigned signature properties (`text`) to `qualifying`, an element of what `octets` parse to.

    Raises GatewayError(RULE_BROKEN) when the place cannot be told from the octets.
    """
    place = qualifying.find(f"{UNSIGNED}/{OF_SIGNATURE}")
    if place is None:
        if qualifying.find(UNSIGNED) is not None:
            raise _unclear()
        place, text = qualifying, f"{OPEN}{text}{CLOSE}"
    at = _before_end(octets, root, place)
    result = octets[:at] + text.encode() + octets[at:]
    _check(parse(result, limit=limit), root, place)
    return result


def _before_end(octets: bytes, root: etree._Element, place: etree._Element) -> int:
    """Where the end tag of `place` begins: the n-th of its name in the octets, as in the tree."""
    prefix, local = place.prefix, etree.QName(place).localname
    name = f"{prefix}:{local}" if prefix else local
    ends = [found.start() for found in re.finditer(rb"</" + re.escape(name.encode()) + rb"\s*>", octets)]
    walked = [each for _, each in etree.iterwalk(root, events=("end",), tag=place.tag)]
    same = [each for each in walked if each.prefix == prefix]
    # One in a comment, a CDATA section or an empty element's tag makes the numbers differ.
    if len(ends) != len(same):
        raise _unclear()
    return ends[same.index(place)]


def _check(changed: etree._Element, root: etree._Element, place: etree._Element) -> None:
    """Without what was added, the document is what it was."""
    added = changed
    for index in _indices(place):
        added = added[index]
    for child in list(added)[len(place) :]:
        added.remove(child)
    method = EXCLUSIVE_C14N + "WithComments"
    if canonicalize(changed, method) != canonicalize(root, method):
        raise _unclear()


def _indices(element: etree._Element) -> list[int]:
    """The way to an element from the root, by positions."""
    parent = element.getparent()
    return [] if parent is None else [*_indices(parent), parent.index(element)]


def _unclear() -> GatewayError:
    return GatewayError(ErrorKind.RULE_BROKEN, "the place of the unsigned properties cannot be told")
