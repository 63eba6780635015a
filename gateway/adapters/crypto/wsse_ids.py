"""Identifiers inside an envelope: every spelling counts, none may repeat.

A reference is resolved to the one element that bears the identifier; whether that element is the right
one is decided by the caller, by identity.
"""

from collections.abc import Mapping
from typing import cast

from lxml import etree

from gateway.adapters.crypto.wsse_names import WSU
from gateway.adapters.xml.names import XML, qualified
from gateway.domain.errors import ErrorKind, GatewayError

REFERABLE = (qualified(WSU, "Id"), "Id", "ID", qualified(XML, "id"))
# Some verifiers resolve a lower-case `id` too. Our schemas use it for documents and groups, where it may
# repeat; it must only never look like the target of a reference.
LOWER = "id"
_BEARERS = etree.XPath("//*[@wsu:Id or @Id or @ID or @xml:id or @id]", namespaces={"wsu": WSU})


def identified(envelope: etree._Element) -> dict[str, etree._Element]:
    """Map identifier to element over the whole document; raises GatewayError(SECURITY_INVALID)."""
    found: dict[str, etree._Element] = {}
    lower: set[str] = set()
    bearers = cast("list[etree._Element]", _BEARERS(envelope))
    for element in bearers:
        lower.update(value for value in [element.get(LOWER)] if value is not None)
        for name in REFERABLE:
            value = element.get(name)
            if value is None:
                continue
            if value in found:
                raise _repeated()
            found[value] = element
    if lower & found.keys():
        raise _repeated()
    return found


def target(uri: str | None, elements: Mapping[str, etree._Element]) -> etree._Element:
    """The element that a same-document `#id` names; raises GatewayError(SECURITY_INVALID)."""
    if not uri or not uri.startswith("#") or uri[1:] not in elements:
        raise GatewayError(ErrorKind.SECURITY_INVALID, "a Reference must be #id of an element that is there")
    return elements[uri[1:]]


def _repeated() -> GatewayError:
    return GatewayError(ErrorKind.SECURITY_INVALID, "an identifier is used twice")
