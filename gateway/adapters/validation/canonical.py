"""Canonical XML 1.0, 1.1 and exclusive, with and without comments, of an element where it stands.

lxml leaves out what inclusive canonicalisation takes from the ancestors (`xml:lang` and its like, Canonical
XML 1.0 clause 2.4); that is made good here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lxml import etree

from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, XML, qualified
from gateway.domain.validation import SubIndication

INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
INCLUSIVE_11 = "http://www.w3.org/2006/12/xml-c14n11"
METHODS = frozenset(
    {
        INCLUSIVE,
        f"{INCLUSIVE}#WithComments",
        INCLUSIVE_11,
        f"{INCLUSIVE_11}#WithComments",
        EXCLUSIVE_C14N,
        f"{EXCLUSIVE_C14N}WithComments",
    }
)
PREFIXES = qualified(EXCLUSIVE_C14N, "InclusiveNamespaces")
MOST_PREFIXES = 64
XML_ID, XML_BASE = qualified(XML, "id"), qualified(XML, "base")


@dataclass(frozen=True, slots=True)
class Canonicalization:
    """One method, with the prefixes that exclusive canonicalisation treats inclusively."""

    uri: str = INCLUSIVE
    prefixes: tuple[str, ...] = ()

    @property
    def exclusive(self) -> bool:
        return self.uri.startswith(EXCLUSIVE_C14N)

    @property
    def keeps_comments(self) -> bool:
        return self.uri.endswith("WithComments")

    def of(self, element: etree._Element, *, comments: bool = False) -> bytes:
        """The canonical octets; comments only when both the method and `comments` want them.

        A same-document reference has lost its comments before (XML Signature clause 4.4.3.3). Raises
        Refusal(SIG_CONSTRAINTS_FAILURE) for what has no canonical form here.
        """
        try:
            with _inherited(element, self):
                return etree.tostring(
                    element,
                    method="c14n",
                    exclusive=self.exclusive,
                    with_comments=comments and self.keeps_comments,
                    inclusive_ns_prefixes=list(self.prefixes) if self.exclusive else None,
                )
        except etree.C14NError:
            raise refused("something signed has no canonical form") from None


def read(method: etree._Element | None) -> Canonicalization:
    """The method that a CanonicalizationMethod or Transform names; inclusive 1.0 when there is none.

    Raises Refusal(SIG_CONSTRAINTS_FAILURE) for any other.
    """
    if method is None:
        return Canonicalization()
    uri = method.get("Algorithm", "")
    if uri not in METHODS:
        raise refused(f"canonicalisation by {uri[:100]}")
    prefixes: tuple[str, ...] = ()
    for child in method:
        if child.tag != PREFIXES or len(child):
            raise refused("canonicalisation with parameters")
        prefixes = tuple(child.get("PrefixList", "").split())
    if len(method) > 1 or len(prefixes) > MOST_PREFIXES:
        raise refused("canonicalisation with too many parameters")
    return Canonicalization(uri, prefixes)


@contextmanager
def _inherited(element: etree._Element, method: Canonicalization) -> Iterator[None]:
    """Give the element, for the time being, the `xml:` attributes that its ancestors hand down."""
    if method.exclusive or element.getparent() is None:
        yield
        return
    given = _handed_down(element, method)
    for name, value in given.items():
        element.set(name, value)
    try:
        yield
    finally:
        for name in given:
            del element.attrib[name]


def _handed_down(element: etree._Element, method: Canonicalization) -> dict[str, str]:
    given: dict[str, str] = {}
    for ancestor in element.iterancestors():
        for name, value in ancestor.attrib.items():
            if str(name).startswith(f"{{{XML}}}") and name not in element.attrib:
                given.setdefault(str(name), str(value))
    if method.uri.startswith(INCLUSIVE_11):
        given.pop(XML_ID, None)
        if XML_BASE in given:
            raise refused("Canonical XML 1.1 below xml:base")
    return given


def refused(what: str) -> Refusal:
    """The refusal of a transform or form that is not allowed."""
    return Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, f"not accepted: {what}")


CANONICALIZATION_METHOD = qualified(DS, "CanonicalizationMethod")
