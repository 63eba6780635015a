"""Time-stamps in a XAdES signature: which there are, over which octets, and what each vouches for.

Message imprints by EN 319 132-1: SignatureTimeStamp (5.3), ArchiveTimeStamp 1.4.1 in the not distributed case
(5.5.2.2), AllDataObjectsTimeStamp and IndividualDataObjectsTimeStamp (5.2.8). Judged elsewhere.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lxml import etree

from gateway.adapters.validation import canonical
from gateway.adapters.validation.canonical import Canonicalization
from gateway.adapters.validation.references import Reference, Selected, octets
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.validation.xades import SIGNED_PROPERTIES_TYPE, Signature
from gateway.adapters.xml.names import XADES, qualified
from gateway.domain.validation import StampKind, SubIndication

XADES_141 = "http://uri.etsi.org/01903/v1.4.1#"
ARCHIVE = qualified(XADES_141, "ArchiveTimeStamp")
SIGNATURE_STAMP = qualified(XADES, "SignatureTimeStamp")
ALL_DATA = qualified(XADES, "AllDataObjectsTimeStamp")
SOME_DATA = qualified(XADES, "IndividualDataObjectsTimeStamp")
INCLUDE = qualified(XADES, "Include")
ENCAPSULATED = qualified(XADES, "EncapsulatedTimeStamp")


@dataclass(frozen=True, slots=True)
class Stamp:
    """One token in its place. `position` is the property's among the unsigned ones (-1: signed).

    `data` gives the octets that the imprint must be of; it raises Refusal.
    """

    kind: StampKind
    position: int
    token: bytes
    data: Callable[[], bytes]


def stamps(signature: Signature, selected: Sequence[tuple[Reference, Selected]], limit: int) -> list[Stamp]:
    """Every time-stamp, in order; raises Refusal: FORMAT_FAILURE, SIG_CONSTRAINTS_FAILURE."""
    found: list[Stamp] = []
    for element in signature.signed_data:
        if element.tag in (ALL_DATA, SOME_DATA):
            found += _tokens(element, StampKind.CONTENT, -1, _content(element, selected))
    for position, element in enumerate(signature.properties):
        if element.tag == SIGNATURE_STAMP:
            found += _tokens(element, StampKind.SIGNATURE, position, _value(signature, element))
        elif element.tag == ARCHIVE:
            found += _tokens(
                element, StampKind.ARCHIVE, position, _archive(signature, element, position, selected)
            )
    if len(found) > limit:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "too many time-stamps")
    tokens = [each.token for each in found]
    if len(set(tokens)) != len(tokens):
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "a time-stamp is there twice")
    return found


def _tokens(
    element: etree._Element, kind: StampKind, position: int, data: Callable[[], bytes]
) -> list[Stamp]:
    tokens = [child for child in element if child.tag == ENCAPSULATED]
    known = (ENCAPSULATED, INCLUDE, canonical.CANONICALIZATION_METHOD)
    if not tokens or any(child.tag not in known for child in element if isinstance(child.tag, str)):
        raise Refusal(SubIndication.FORMAT_FAILURE, "a time-stamp's property has another shape")
    return [Stamp(kind, position, octets(token), data) for token in tokens]


def _method(element: etree._Element) -> Canonicalization:
    return canonical.read(element.find(canonical.CANONICALIZATION_METHOD))


def _value(signature: Signature, element: etree._Element) -> Callable[[], bytes]:
    def data() -> bytes:
        _refuse_includes(element)
        return _method(element).of(signature.value_element)

    return data


def _content(element: etree._Element, selected: Sequence[tuple[Reference, Selected]]) -> Callable[[], bytes]:
    def data() -> bytes:
        method = _method(element)
        wanted = [each for each in selected if each[0].type != SIGNED_PROPERTIES_TYPE]
        if element.tag == SOME_DATA:
            wanted = [_included(include, selected) for include in element.findall(INCLUDE)]
        else:
            _refuse_includes(element)
        return b"".join(yielded.canonical(method) for _, yielded in wanted)

    return data


def _included(
    include: etree._Element, selected: Sequence[tuple[Reference, Selected]]
) -> tuple[Reference, Selected]:
    uri = include.get("URI", "")
    found = [each for each in selected if each[0].id and uri == f"#{each[0].id}"]
    if not found or include.get("referencedData") not in ("true", "1"):
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "a time-stamp includes something unknown")
    return found[0]


def _archive(
    signature: Signature,
    element: etree._Element,
    position: int,
    selected: Sequence[tuple[Reference, Selected]],
) -> Callable[[], bytes]:
    def data() -> bytes:
        _refuse_includes(element)
        method = _method(element)
        fixed = [signature.signed_info, signature.value_element]
        if signature.key_info is not None:
            fixed.append(signature.key_info)
        others = [each for each in signature.objects if each is not signature.properties_object]
        elements = [*fixed, *signature.properties[:position], *others]
        referenced = [yielded.canonical(method) for _, yielded in selected]
        return b"".join([*referenced, *map(method.of, elements)])

    return data


def _refuse_includes(element: etree._Element) -> None:
    if element.find(INCLUDE) is not None:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "a time-stamp over chosen parts is not known")
