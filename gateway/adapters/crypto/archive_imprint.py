"""What an ArchiveTimeStamp of XAdES v1.4.1 is over (EN 319 132-1 clause 5.5.2.2, not distributed).

Only computes octets, of any signature whose parts were read; nothing is verified here.
"""

from lxml import etree

from gateway.adapters.crypto.foreign_signature import ForeignSignature
from gateway.adapters.crypto.xml_canonical import canonicalize
from gateway.adapters.xml.names import DS, XADES, qualified


def archive_octets(
    signature: ForeignSignature,
    method: etree._Element | str,
    before: etree._Element | None = None,
    added: bytes = b"",
) -> bytes:
    """The octets, canonicalised by `method`; `before` is the time-stamp itself, None for one to be added.

    `added` is the canonical form of properties that will be added together with it.

    In order: what each reference is over; SignedInfo, SignatureValue, KeyInfo; the unsigned properties
    before this one; every ds:Object but the one with the properties. Raises as References.octets.
    """
    parts = [signature.references.octets(each, method) for each in signature.listed_references()]
    elements = [signature.info, signature.value]
    if signature.key_info is not None:
        elements.append(signature.key_info)
    for element in signature.unsigned:
        if element is before:
            break
        elements.append(element)
    covered = b"".join([*parts, *(canonicalize(element, method) for element in elements)])
    objects = signature.element.findall(qualified(DS, "Object"))
    properties = qualified(XADES, "QualifyingProperties")
    others = (canonicalize(each, method) for each in objects if each.find(properties) is None)
    return b"".join([covered, added, *others])
