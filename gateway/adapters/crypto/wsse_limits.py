"""Bounds on the shape of an envelope, checked before anything is canonicalised.

libxml2's C14N takes time that grows with the square of the attributes of one element and of the namespaces
in scope: half a megabyte of them, which anybody may send, costs seconds. Honest messages have a few of each.
"""

from lxml import etree

from gateway.domain.errors import ErrorKind, GatewayError

ELEMENTS = 100_000
ATTRIBUTES = 64
NAMESPACES = 128
_TOO_MANY = etree.XPath(f"count(//*) > {ELEMENTS}")
_TOO_WIDE = etree.XPath(f"boolean(//*[count(@*) > {ATTRIBUTES}])")


def check_cost(envelope: etree._Element) -> None:
    """Raises GatewayError(TOO_LARGE) for a message that would be costly to canonicalise."""
    if _TOO_MANY(envelope):
        raise _costly(f"{ELEMENTS} elements")
    if _TOO_WIDE(envelope):
        raise _costly(f"{ATTRIBUTES} attributes in one element")
    in_scope = 0
    for event, _ in etree.iterwalk(envelope, events=("start-ns", "end-ns")):
        in_scope += 1 if event == "start-ns" else -1
        if in_scope > NAMESPACES:
            raise _costly(f"{NAMESPACES} namespaces in scope")


def _costly(limit: str) -> GatewayError:
    return GatewayError(ErrorKind.TOO_LARGE, f"the limit is {limit}")
