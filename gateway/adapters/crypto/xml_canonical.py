"""Canonical XML by algorithm URI, for signatures made elsewhere: the inclusive and exclusive forms.

What cannot be done exactly (attributes of the xml namespace inherited by a part of a document) is refused.
"""

from lxml import etree

from gateway.adapters.xml.names import EXCLUSIVE_C14N, XML, qualified
from gateway.domain.errors import ErrorKind, GatewayError

INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
WITH_COMMENTS = "#WithComments"
# Algorithm: exclusive, with comments.
ALGORITHMS = {
    INCLUSIVE: (False, False),
    INCLUSIVE + WITH_COMMENTS: (False, True),
    INCLUSIVE_11: (False, False),
    INCLUSIVE_11 + WITH_COMMENTS: (False, True),
    EXCLUSIVE_C14N: (True, False),
    EXCLUSIVE_C14N + "WithComments": (True, True),
}
PREFIXES = qualified(EXCLUSIVE_C14N, "InclusiveNamespaces")


def canonicalize(element: etree._Element, method: etree._Element | str, *, comments: bool = True) -> bytes:
    """The element by an algorithm: its URI, or the element that names it (with its prefix list).

    `comments` False leaves them out whatever the algorithm says. Raises GatewayError(ALGORITHM_REFUSED).
    """
    algorithm = method if isinstance(method, str) else method.get("Algorithm", "")
    if algorithm not in ALGORITHMS:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, algorithm[:100])
    exclusive, with_comments = ALGORITHMS[algorithm]
    if not exclusive:
        _check_inheritance(element)
    prefixes = None if isinstance(method, str) else _prefixes(method)
    try:
        return etree.tostring(
            element,
            method="c14n",
            exclusive=exclusive,
            with_comments=with_comments and comments,
            with_tail=False,
            inclusive_ns_prefixes=prefixes,
        )
    except etree.C14NError:
        # Relative namespace names have no canonical form (Canonical XML 1.0, 1.3).
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "it has no canonical form") from None


def _prefixes(method: etree._Element) -> list[str] | None:
    parameters = list(method)
    if not parameters:
        return None
    if len(parameters) > 1 or parameters[0].tag != PREFIXES:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "canonicalisation with unknown parameters")
    return parameters[0].get("PrefixList", "").split()


def _check_inheritance(element: etree._Element) -> None:
    start = f"{{{XML}}}"
    for ancestor in element.iterancestors():
        if any(str(name).startswith(start) for name in ancestor.attrib):
            raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "inherited attributes of the xml namespace")
