"""XOP (W3C XML-binary Optimized Packaging 1.0): octets go back to where an Include stands, as base64.

The signature of an MTOM client is over this infoset, so that it is made whole before anything is verified;
an Include that was signed as such covers no octets, and its signature will not verify.
"""

import base64
from collections.abc import Mapping

from lxml import etree

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.multipart import Multipart
from gateway.entrypoints.soap.multipart_header import identifier_of

NAMESPACE = "http://www.w3.org/2004/08/xop/include"
INCLUDE = f"{{{NAMESPACE}}}Include"


def includes(envelope: etree._Element) -> dict[str, etree._Element]:
    """Every Include by the Content-ID that it names.

    Raises GatewayError(MULTIPART_INVALID): beside anything else in its element, with anything in it, or two
    that name the same part.
    """
    found: dict[str, etree._Element] = {}
    for element in envelope.iter(INCLUDE):
        parent = element.getparent()
        alone = parent is not None and len(parent) == 1 and not (parent.text or "").strip()
        plain = set(element.attrib) == {"href"} and len(element) == 0 and not (element.text or "").strip()
        if not alone or not plain or (element.tail or "").strip():
            raise GatewayError(ErrorKind.MULTIPART_INVALID, "an xop:Include is not alone in its element")
        name = identifier_of(element.get("href", ""))
        if name in found:
            raise GatewayError(ErrorKind.MULTIPART_INVALID, "two xop:Include name the same part")
        found[name] = element
    return found


def reconstituted(envelope: etree._Element, parts: Multipart, room: int) -> bytes:
    """The envelope with the octets of all parts in it; `room` is how much it may grow.

    Raises GatewayError: TOO_LARGE, PART_MISSING, ATTACHMENT_UNEXPECTED, and what reading raises.
    """
    places = includes(envelope)
    texts: dict[str, str] = {}
    for name, chunks in parts.parts():
        if name not in places:
            raise GatewayError(ErrorKind.ATTACHMENT_UNEXPECTED, name)
        octets = bytearray()
        for chunk in chunks:
            octets += chunk
            if len(octets) * 4 // 3 > room:
                raise GatewayError(ErrorKind.TOO_LARGE, "included parts; larger ones travel by their digest")
        texts[name] = base64.b64encode(octets).decode("ascii")
        room -= len(texts[name])
    _put_back(places, texts)
    return etree.tostring(envelope, encoding="UTF-8", with_tail=False)


def _put_back(places: Mapping[str, etree._Element], texts: Mapping[str, str]) -> None:
    for name, element in places.items():
        parent = element.getparent()
        if name not in texts:
            raise GatewayError(ErrorKind.PART_MISSING, name)
        assert parent is not None  # noqa: S101  `includes` has seen it.
        # White space around an Include is not the client's: canonical base64 has none.
        parent.remove(element)
        parent.text = texts[name]
