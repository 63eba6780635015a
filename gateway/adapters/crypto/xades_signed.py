"""Writing SignedProperties (EN 319 132-1 clauses 5.2 and 6): what a signature says and thereby signs.

Only builds elements; which properties a signature bears is configured.
"""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from cryptography import x509
from lxml import etree

from gateway.adapters.crypto.signature_properties import (
    ImpliedPolicy,
    Place,
    SignaturePolicy,
    SignatureProperties,
)
from gateway.adapters.crypto.trust import der
from gateway.adapters.xml.names import DS, XADES, qualified

SHA256_URI = "http://www.w3.org/2001/04/xmlenc#sha256"
OID = "urn:oid:"


def escaped(text: str) -> str:
    """Text whose braces no slot is taken for."""
    return text.replace("{", "{{").replace("}", "}}")


def add_signed_properties(
    parent: etree._Element,
    time: str,
    chain: Sequence[x509.Certificate],
    properties: SignatureProperties,
    formats: Sequence[tuple[str, str]],
) -> None:
    """Fill SignedProperties; `formats` are (Id of the reference, media type)."""
    of_signature = _add(parent, "SignedSignatureProperties")
    _add(of_signature, "SigningTime").text = time
    _signing_certificates(of_signature, chain)
    _policy(of_signature, properties)
    _place(of_signature, properties.place)
    if properties.roles:
        claimed = _add(_add(of_signature, "SignerRoleV2"), "ClaimedRoles")
        for role in properties.roles:
            _add(claimed, "ClaimedRole").text = escaped(role)
    of_data = _add(parent, "SignedDataObjectProperties")
    for reference, media_type in formats:
        data_format = _add(of_data, "DataObjectFormat", ObjectReference=f"#{reference}")
        _add(data_format, "MimeType").text = escaped(media_type)
    if properties.commitment is not None:
        indication = _add(of_data, "CommitmentTypeIndication")
        _add(_add(indication, "CommitmentTypeId"), "Identifier").text = properties.commitment.value
        _add(indication, "AllSignedDataObjects")


def _signing_certificates(parent: etree._Element, chain: Sequence[x509.Certificate]) -> None:
    """SigningCertificateV2: digests of the chain's certificates, the signer's first (clause 5.2.2)."""
    listed = _add(parent, "SigningCertificateV2")
    for certificate in chain:
        _digest(_add(_add(listed, "Cert"), "CertDigest"), sha256(der(certificate)).digest())


def _policy(parent: etree._Element, properties: SignatureProperties) -> None:
    policy = properties.policy
    if policy is None:
        return
    identifier = _add(parent, "SignaturePolicyIdentifier")
    if isinstance(policy, ImpliedPolicy):
        _add(identifier, "SignaturePolicyImplied")
        return
    _policy_id(_add(identifier, "SignaturePolicyId"), policy)


def _policy_id(parent: etree._Element, policy: SignaturePolicy) -> None:
    qualifier = {"Qualifier": "OIDAsURN"} if policy.identifier.startswith(OID) else {}
    _add(_add(parent, "SigPolicyId"), "Identifier", **qualifier).text = escaped(policy.identifier)
    _digest(_add(parent, "SigPolicyHash"), policy.sha256)
    if policy.uri:
        qualifiers = _add(parent, "SigPolicyQualifiers")
        _add(_add(qualifiers, "SigPolicyQualifier"), "SPURI").text = escaped(policy.uri)


def _place(parent: etree._Element, place: Place) -> None:
    if not place:
        return
    element = _add(parent, "SignatureProductionPlaceV2")
    for local, text in (
        ("City", place.city),
        ("StreetAddress", place.street),
        ("StateOrProvince", place.province),
        ("PostalCode", place.postal_code),
        ("CountryName", place.country),
    ):
        if text:
            _add(element, local).text = escaped(text)


def _digest(parent: etree._Element, value: bytes) -> None:
    etree.SubElement(parent, qualified(DS, "DigestMethod"), {"Algorithm": SHA256_URI})
    etree.SubElement(parent, qualified(DS, "DigestValue")).text = b64encode(value).decode()


def _add(parent: etree._Element, local: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, qualified(XADES, local), attributes)
