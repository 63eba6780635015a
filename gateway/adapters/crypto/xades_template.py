"""The canonical text of our XAdES signatures, with slots that each seal fills: no tree is built per seal.

One template fits one key, one set of properties and one list of references (EN 319 132-1, XML Signature 1.1).
No document is seen here, and nothing is signed.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from string import Formatter

from cryptography import x509
from lxml import etree

from gateway.adapters.crypto.signature_properties import SignatureProperties
from gateway.adapters.crypto.signer import SignatureAlgorithm
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.xades_signed import SHA256_URI, add_signed_properties, escaped
from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, XADES, qualified

ID_PREFIX = "fehaciente-"
SIGNATURE_ID = ID_PREFIX + "signature"
PROPERTIES_ID = ID_PREFIX + "signed-properties"
DOCUMENT_ID = ID_PREFIX + "document"
TIMESTAMP_ID = ID_PREFIX + "timestamp"
ENVELOPED = DS + "enveloped-signature"
SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"

# The slots, in the syntax of str.format; braces of values are doubled.
DOCUMENT, PROPERTIES, TIME, VALUE, UNSIGNED = "document", "properties", "time", "value", "unsigned"


@dataclass(frozen=True, slots=True)
class SignedReference:
    """One thing that is signed: its Id, URI ("" is the whole document around), media type and transforms.

    `digest` (SHA-256) None: every seal fills it in.
    """

    id: str
    uri: str
    media_type: str
    transforms: tuple[str, ...] = ()
    digest: bytes | None = None


ENVELOPING_DOCUMENT = SignedReference(DOCUMENT_ID, "", "text/xml", (ENVELOPED, EXCLUSIVE_C14N))


@dataclass(frozen=True, slots=True)
class Template:
    """Canonical text of the signature and, standing alone, of its two signed parts, with slots."""

    signed_info: "SlotText"
    signed_properties: "SlotText"
    signature: "SlotText"


class SlotText:
    """Text with slots, in the syntax of str.format, taken apart once."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = Formatter().parse(text)
        self._parts = [part for literal, slot, _, _ in found for part in ((False, literal), (True, slot))]

    def fill(self, values: dict[str, str]) -> str:
        """Put a value into each slot; raises KeyError when a slot has none."""
        return "".join([values[part] if slot else part for slot, part in self._parts if part])


def canonical_value(value: str) -> bytes:
    """Canonical ds:SignatureValue alone: what the SignatureTimeStamp covers (EN 319 132-1 clause 5.3)."""
    return f'<ds:SignatureValue xmlns:ds="{DS}">{value}</ds:SignatureValue>'.encode()


def template(
    chain: Sequence[x509.Certificate],
    algorithm: SignatureAlgorithm,
    properties: SignatureProperties,
    references: Sequence[SignedReference] = (ENVELOPING_DOCUMENT,),
) -> Template:
    """The template for one key (chain: leaf first) and what it will sign."""
    signature = etree.Element(qualified(DS, "Signature"), {"Id": SIGNATURE_ID}, nsmap={"ds": DS})
    info = _signed_info(signature, algorithm, references)
    _add(signature, DS, "SignatureValue").text = _slot(VALUE)
    data = _add(_add(signature, DS, "KeyInfo"), DS, "X509Data")
    for certificate in chain:
        _add(data, DS, "X509Certificate").text = base64(der(certificate))
    qualifying = etree.SubElement(
        _add(signature, DS, "Object"),
        qualified(XADES, "QualifyingProperties"),
        {"Target": f"#{SIGNATURE_ID}"},
        nsmap={"xades": XADES},
    )
    signed = _add(qualifying, XADES, "SignedProperties", Id=PROPERTIES_ID)
    formats = [(reference.id, reference.media_type) for reference in references]
    add_signed_properties(signed, _slot(TIME), chain, properties, formats)
    signed.tail = _slot(UNSIGNED)
    return Template(*(SlotText(_canonical(each)) for each in (info, signed, signature)))


def _signed_info(
    signature: etree._Element, algorithm: SignatureAlgorithm, references: Sequence[SignedReference]
) -> etree._Element:
    info = _add(signature, DS, "SignedInfo")
    _add(info, DS, "CanonicalizationMethod", Algorithm=EXCLUSIVE_C14N)
    _add(info, DS, "SignatureMethod", Algorithm=algorithm.uri)
    for each in references:
        filled = _slot(DOCUMENT) if each.digest is None else base64(each.digest)
        _reference(info, each, filled, Id=each.id)
    properties = SignedReference("", f"#{PROPERTIES_ID}", "", (EXCLUSIVE_C14N,))
    _reference(info, properties, _slot(PROPERTIES), Type=SIGNED_PROPERTIES)
    return info


def _reference(info: etree._Element, wanted: SignedReference, digest: str, **attributes: str) -> None:
    reference = _add(info, DS, "Reference", URI=escaped(wanted.uri), **attributes)
    if wanted.transforms:
        transforms = _add(reference, DS, "Transforms")
        for transform in wanted.transforms:
            _add(transforms, DS, "Transform", Algorithm=transform)
    _add(reference, DS, "DigestMethod", Algorithm=SHA256_URI)
    _add(reference, DS, "DigestValue").text = digest


def _add(parent: etree._Element, namespace: str, local: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, qualified(namespace, local), attributes)


def _slot(name: str) -> str:
    return f"{{{name}}}"


def _canonical(element: etree._Element) -> str:
    return etree.tostring(
        element, method="c14n", exclusive=True, with_comments=False, with_tail=False
    ).decode()


def base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def digest(octets: bytes) -> bytes:
    """SHA-256: the digest of every reference that we write."""
    return sha256(octets).digest()
