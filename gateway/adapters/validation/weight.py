"""What canonicalising costs beyond the octets: libxml2 sorts the namespaces in scope at every element.

A few hundred kilobytes with thousands of prefixes would keep it busy for minutes; they are counted first.
"""

from lxml import etree

from gateway.adapters.validation.verdict import Refusal
from gateway.domain.validation import SubIndication

# Of one document: about half a second. Honest documents stay under a hundredth of it.
MOST = 50_000_000
DECLARATION = b"xmlns"


def weight(root: etree._Element, octets: bytes, elements: int) -> int:
    """The sum over all elements of the squared number of namespaces in scope, or a bound for it.

    Raises Refusal(FORMAT_FAILURE) when it is too much.
    """
    bound = elements * octets.count(DECLARATION) ** 2
    if bound < MOST // 10:
        return bound
    total = 0
    for element in root.iter(etree.Element):
        total += len(element.nsmap) ** 2
        if total > MOST:
            raise Refusal(SubIndication.FORMAT_FAILURE, "too many namespaces are in scope")
    return total
