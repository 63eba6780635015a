"""The text of unsigned signature properties (EN 319 132-1 clauses 5.3 to 5.5): time-stamps, validation data.

Each is canonical by itself and declares its own namespaces, so that it can be put into any signature, also a
foreign one, without touching what is there. What goes into them is decided elsewhere.
"""

from base64 import b64encode
from collections.abc import Collection, Iterable

from lxml import etree

from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, XADES, XADES141, qualified

NAMES = {"ds": DS, "xades": XADES, "xades141": XADES141}


def signature_timestamp(token: bytes, identifier: str) -> str:
    """SignatureTimeStamp (clause 5.3) around a DER token."""
    return _timestamp(XADES, "SignatureTimeStamp", token, identifier)


def archive_timestamp(token: bytes, identifier: str) -> str:
    """ArchiveTimeStamp of namespace v1.4.1 (clause 5.5.2) around a DER token."""
    return _timestamp(XADES141, "ArchiveTimeStamp", token, identifier)


def validation_values(data: ValidationData, known: ValidationData) -> str:
    """CertificateValues and RevocationValues (clauses 5.4.1, 5.4.2) of what is not `known` already."""
    properties = _values(data, known)
    return "".join(map(_text, properties))


def timestamp_validation_data(data: ValidationData, known: ValidationData, timestamp_id: str) -> str:
    """TimeStampValidationData (clause 5.5.1) of one time-stamp; empty when all of it is known."""
    values = _values(data, known)
    if not values:
        return ""
    # Without URI it is of the time-stamp right before it.
    attributes = {"URI": f"#{timestamp_id}"} if timestamp_id else {}
    parent = etree.Element(qualified(XADES141, "TimeStampValidationData"), attributes, nsmap=NAMES)
    parent.extend(values)
    return _text(parent)


def _timestamp(namespace: str, local: str, token: bytes, identifier: str) -> str:
    stamp = etree.Element(qualified(namespace, local), {"Id": identifier}, nsmap=NAMES)
    etree.SubElement(stamp, qualified(DS, "CanonicalizationMethod"), {"Algorithm": EXCLUSIVE_C14N})
    etree.SubElement(stamp, qualified(XADES, "EncapsulatedTimeStamp")).text = b64encode(token).decode()
    return _text(stamp)


def _values(data: ValidationData, known: ValidationData) -> list[etree._Element]:
    certificates = _missing(data.certificates, known.certificates)
    crls, ocsps = _missing(data.crls, known.crls), _missing(data.ocsps, known.ocsps)
    found = []
    if certificates:
        element = etree.Element(qualified(XADES, "CertificateValues"), nsmap=NAMES)
        _encapsulate(element, "EncapsulatedX509Certificate", certificates)
        found.append(element)
    if crls or ocsps:
        element = etree.Element(qualified(XADES, "RevocationValues"), nsmap=NAMES)
        if crls:
            inside = etree.SubElement(element, qualified(XADES, "CRLValues"))
            _encapsulate(inside, "EncapsulatedCRLValue", crls)
        if ocsps:
            inside = etree.SubElement(element, qualified(XADES, "OCSPValues"))
            _encapsulate(inside, "EncapsulatedOCSPValue", ocsps)
        found.append(element)
    return found


def _missing(wanted: Iterable[bytes], known: Collection[bytes]) -> list[bytes]:
    return [octets for octets in wanted if octets not in known]


def _encapsulate(parent: etree._Element, local: str, values: Iterable[bytes]) -> None:
    for octets in values:
        etree.SubElement(parent, qualified(XADES, local)).text = b64encode(octets).decode()


def _text(element: etree._Element) -> str:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False).decode()
