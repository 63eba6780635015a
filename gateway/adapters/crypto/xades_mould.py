"""The mould of our XAdES signatures: signxml forms one for a key and chain, each seal fills it.

signxml writes the structure (ETSI EN 319 132-1 baseline B) once; what changes from one document to the
next (digests, SigningTime, SignatureValue, token) is put into its canonical form. No document is seen here.
"""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.xades.xades import XAdESDataObjectFormat, XAdESSigner

from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, XADES, qualified

ID_PREFIX = "fehaciente-"
SIGNATURE_ID = ID_PREFIX + "signature"
DOCUMENT_REFERENCE_ID = ID_PREFIX + "document"
TIMESTAMP_ID = ID_PREFIX + "timestamp"

# The slots that each seal fills, in the syntax of str.format: nothing else in a signature has braces.
DOCUMENT, PROPERTIES, TIME, VALUE, STAMP = "document", "properties", "time", "value", "stamp"


class _Former(XAdESSigner):
    """signxml's signer with steady identifiers, two references, and the transform of the second stated.

    signxml leaves that transform out with exclusive C14N, so that a verifier falls back to inclusive
    C14N; and its third reference, to KeyInfo, says no more than SigningCertificateV2 does.
    """

    def _build_xades_ds_object(self, sig_root: etree._Element, signing_settings: Any) -> None:
        sig_root.set("Id", SIGNATURE_ID)
        reference = sig_root.find(f"{qualified(DS, 'SignedInfo')}/{qualified(DS, 'Reference')}")
        if reference is not None:
            reference.set("Id", DOCUMENT_REFERENCE_ID)
        super()._build_xades_ds_object(sig_root, signing_settings)

    def _get_token(self, length: int = 4) -> str:  # noqa: ARG002  (the signature is signxml's)
        return ""

    def _add_reference_to_signed_info(
        self, sig_root: etree._Element, node_to_reference: etree._Element, **attrs: str
    ) -> None:
        if node_to_reference.tag == qualified(DS, "KeyInfo"):
            del node_to_reference.attrib["Id"]
            return
        super()._add_reference_to_signed_info(  # type: ignore[no-untyped-call]
            sig_root, node_to_reference, **attrs
        )
        reference = sig_root.findall(f"{qualified(DS, 'SignedInfo')}/{qualified(DS, 'Reference')}")[-1]
        transforms = etree.Element(qualified(DS, "Transforms"))
        etree.SubElement(transforms, qualified(DS, "Transform"), {"Algorithm": EXCLUSIVE_C14N})
        reference.insert(0, transforms)


@dataclass(frozen=True, slots=True)
class Mould:
    """Canonical text of the signature and of its two signed parts, with slots."""

    algorithm: str
    signed_info: str
    signed_properties: str
    signature: str


def fill(text: str, values: dict[str, str]) -> str:
    """Put a value into each slot; raises KeyError when a slot has none."""
    return text.format_map(values)


def canonical_value(value: str) -> bytes:
    """Canonical ds:SignatureValue alone: what the SignatureTimeStamp covers (EN 319 132-1 clause 5.3)."""
    return f'<ds:SignatureValue xmlns:ds="{DS}">{value}</ds:SignatureValue>'.encode()


def form(pair: KeyPair) -> Mould:
    """Let signxml sign a probe with the real key and chain, and cut the mould out of the result."""
    algorithm = (
        SignatureMethod.ECDSA_SHA256
        if isinstance(pair.key, ec.EllipticCurvePrivateKey)
        else SignatureMethod.RSA_SHA256
    )
    former = _Former(
        signature_algorithm=algorithm,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
        data_object_format=XAdESDataObjectFormat(Description="-", MimeType="text/xml"),
    )
    root = former.sign(
        etree.Element("probe"), key=pair.key, cert=list(pair.chain), always_add_key_value=False
    )
    signature = root[-1]
    _open_slots(signature)
    return Mould(
        algorithm=algorithm.value,
        signed_info=_canonical(_only(signature, DS, "SignedInfo")),
        signed_properties=_canonical(_only(signature, XADES, "SignedProperties")),
        signature=_canonical(signature),
    )


def _open_slots(signature: etree._Element) -> None:
    document, properties = signature.findall(f"*/*/{qualified(DS, 'DigestValue')}")
    document.text, properties.text = _slot(DOCUMENT), _slot(PROPERTIES)
    _only(signature, DS, "SignatureValue").text = _slot(VALUE)
    _only(signature, XADES, "SigningTime").text = _slot(TIME)
    for certificate in signature.iter(qualified(DS, "X509Certificate")):
        certificate.text = "".join((certificate.text or "").split())
    data_format = _only(signature, XADES, "DataObjectFormat")
    data_format.remove(_only(data_format, XADES, "Description"))
    _add_timestamp(_only(signature, XADES, "QualifyingProperties"))


def _slot(name: str) -> str:
    return f"{{{name}}}"


def _add_timestamp(qualifying: etree._Element) -> None:
    """SignatureTimeStamp (EN 319 132-1 clause 5.3), which makes baseline T of baseline B."""
    unsigned = etree.SubElement(qualifying, qualified(XADES, "UnsignedProperties"))
    properties = etree.SubElement(unsigned, qualified(XADES, "UnsignedSignatureProperties"))
    stamp = etree.SubElement(properties, qualified(XADES, "SignatureTimeStamp"), {"Id": TIMESTAMP_ID})
    method = {"Algorithm": EXCLUSIVE_C14N}
    etree.SubElement(stamp, qualified(DS, "CanonicalizationMethod"), method)
    etree.SubElement(stamp, qualified(XADES, "EncapsulatedTimeStamp")).text = _slot(STAMP)


def _canonical(element: etree._Element) -> str:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False).decode()


def _only(parent: etree._Element, namespace: str, local: str) -> etree._Element:
    (found,) = parent.iter(qualified(namespace, local))
    return found
