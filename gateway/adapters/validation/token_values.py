"""Certificates and revocation data that others put into a token's unsigned attributes (EN 319 122-1 annex A).

What cannot be read is passed over: it is a service to the verifier, never a reason to refuse.
"""

from typing import Any

from asn1crypto import core

from gateway.adapters.crypto import der
from gateway.adapters.crypto.validation_data import ValidationData

CERTIFICATE_VALUES = "1.2.840.113549.1.9.16.2.23"
REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.24"
MOST_ITEMS = 100
BASIC_OCSP = der.oid("1.3.6.1.5.5.7.48.1.1")
ENUMERATED_SUCCESSFUL = b"\x0a\x01\x00"


def read(attributes: Any) -> ValidationData:
    """What is there; empty when nothing is."""
    found = ValidationData()
    if isinstance(attributes, core.Void):
        return found
    for attribute in list(attributes)[:MOST_ITEMS]:
        kind = attribute["type"].dotted
        if kind in (CERTIFICATE_VALUES, REVOCATION_VALUES):
            for value in list(attribute["values"])[:MOST_ITEMS]:
                found |= _value(kind, value.dump())
    return found


def _value(kind: str, encoded: bytes) -> ValidationData:
    try:
        items = der.children(der.whole(encoded, der.SEQUENCE))
        if kind == CERTIFICATE_VALUES:
            return ValidationData(certificates=_encoded(items))
        lists: dict[int, tuple[bytes, ...]] = {}
        for item in items:
            lists[item.tag] = _encoded(der.children(der.only_child(item, der.SEQUENCE)))
        basics = lists.get(der.context(1), ())
        return ValidationData(crls=lists.get(der.context(0), ()), ocsps=tuple(map(response, basics)))
    except der.DerError:
        return ValidationData()


def _encoded(items: list[der.Node]) -> tuple[bytes, ...]:
    return tuple(item.encoded for item in items[:MOST_ITEMS])


def response(basic: bytes) -> bytes:
    """An OCSPResponse (RFC 6960 clause 4.2.1) around a BasicOCSPResponse."""
    content = der.tlv(der.SEQUENCE, BASIC_OCSP, der.tlv(der.OCTET_STRING, basic))
    return der.tlv(der.SEQUENCE, ENUMERATED_SUCCESSFUL, der.tlv(der.context(0), content))
