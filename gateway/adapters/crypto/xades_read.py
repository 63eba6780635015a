"""Reading our XAdES profile: exactly the elements that the sealer writes, in that order, and no other.

Shape only: digests, signature, time-stamp and trust are checked elsewhere, on what is returned here.
"""

from base64 import b64decode
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from lxml import etree

from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, XADES, XADES141, qualified
from gateway.domain.errors import ErrorKind, GatewayError

SIGNATURE = qualified(DS, "Signature")
ENVELOPED = DS + "enveloped-signature"
SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"
MAX_ELEMENTS = 100_000
NOT_COVERED = (etree.Comment, etree.ProcessingInstruction, etree.Entity)
_COUNT = etree.XPath("count(//*)")
_IDENTIFIERS = etree.XPath("//@*[translate(local-name(), 'ID', 'id') = 'id']", smart_strings=False)
MAX_CERTIFICATES = 10
OPTIONAL_OF_SIGNATURE = ("SignaturePolicyIdentifier", "SignatureProductionPlaceV2", "SignerRoleV2")
# What levels LT and LTA add after the time-stamp of the signature. They are judged by the general validator.
LONG_TERM = {
    qualified(XADES, "CertificateValues"),
    qualified(XADES, "RevocationValues"),
    qualified(XADES141, "TimeStampValidationData"),
    qualified(XADES141, "ArchiveTimeStamp"),
}


def _ds(local: str) -> str:
    return qualified(DS, local)


def _xades(local: str) -> str:
    return qualified(XADES, local)


@dataclass(frozen=True, slots=True)
class Reference:
    """A ds:Reference: what it points at, its transforms, and the digest that it states."""

    uri: str
    kind: str
    transforms: tuple[str, ...]
    digest_algorithm: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class XadesParts:
    """What a signature of our profile is made of. Elements still belong to the unverified tree."""

    root: etree._Element
    signature: etree._Element
    signed_info: etree._Element
    signature_value: etree._Element
    signed_properties: etree._Element
    algorithm: str
    document: Reference
    properties: Reference
    value: bytes
    certificates: tuple[bytes, ...]
    certificate_digests: tuple[tuple[str, bytes], ...]
    signing_time: datetime
    token: bytes


def canonical(element: etree._Element) -> bytes:
    """Exclusive C14N without comments."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def identifiers(root: etree._Element) -> list[str]:
    """The values of Id, ID, id, xml:id and whatever else some library would take for an identifier."""
    return [str(value) for value in cast(list[str], _IDENTIFIERS(root))]


def read(root: etree._Element) -> XadesParts:
    """Read the one enveloped signature of a document.

    Raises GatewayError: SIGNATURE_INVALID for any other shape, ALGORITHM_REFUSED for other transforms.
    """
    _check_document(root)
    try:
        return _read(root)
    except (ValueError, LookupError) as error:
        raise _invalid(str(error)) from None


def _check_document(root: etree._Element) -> None:
    """One signature, no comments (C14N would not cover them), no identifier twice, not endless."""
    if cast(float, _COUNT(root)) > MAX_ELEMENTS:
        raise _invalid("too many elements")
    outside = (*root.itersiblings(), *root.itersiblings(preceding=True))
    if outside or next(root.iter(*NOT_COVERED), None) is not None:
        raise _invalid("comments, or something outside the root")
    signatures = len(list(root.iter(SIGNATURE)))
    if signatures != 1:
        raise _invalid(f"there are {signatures} signatures where one is expected")
    found = identifiers(root)
    if len(set(found)) != len(found):
        raise _invalid("an identifier occurs twice")


def _read(root: etree._Element) -> XadesParts:
    signature = root[-1]
    if signature.tag != SIGNATURE or (signature.tail or "").strip():
        raise ValueError("the signature is not the last child of the root")
    info, value, key_info, container = _children(
        signature, "SignedInfo", "SignatureValue", "KeyInfo", "Object"
    )
    c14n, method, document, properties = _children(
        info, "CanonicalizationMethod", "SignatureMethod", "Reference", "Reference"
    )
    _check_c14n(c14n)
    _leaf(method)
    (qualifying,) = _children(container, "QualifyingProperties", namespace=XADES)
    signed, unsigned = _children(qualifying, "SignedProperties", "UnsignedProperties", namespace=XADES)
    if qualifying.get("Target") != f"#{signature.get('Id')}":
        raise ValueError("the properties are of another signature")
    target = _reference(properties)
    if target.uri != f"#{signed.get('Id')}" or target.kind != SIGNED_PROPERTIES_TYPE:
        raise ValueError("the second reference is not to the SignedProperties")
    if target.transforms != (EXCLUSIVE_C14N,):
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "transforms of the SignedProperties")
    moment, digests = _signed_properties(signed, document.get("Id", ""))
    return XadesParts(
        root=root,
        signature=signature,
        signed_info=info,
        signature_value=value,
        signed_properties=signed,
        algorithm=method.get("Algorithm", ""),
        document=_document_reference(document),
        properties=target,
        value=_octets(value),
        certificates=_certificates(key_info),
        certificate_digests=digests,
        signing_time=moment,
        token=_token(unsigned),
    )


def _document_reference(element: etree._Element) -> Reference:
    reference = _reference(element)
    if element.get("URI") != "" or reference.kind:
        raise ValueError("the first reference is not to the whole document")
    if reference.transforms != (ENVELOPED, EXCLUSIVE_C14N):
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "transforms of the document")
    return reference


def _reference(element: etree._Element) -> Reference:
    transforms, method, value = _children(element, "Transforms", "DigestMethod", "DigestValue")
    if len(transforms) > 2:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "too many transforms")
    for transform in transforms:
        if transform.tag != _ds("Transform"):
            raise ValueError("something else among the transforms")
        _leaf(transform)
    _leaf(method)
    return Reference(
        uri=element.get("URI", ""),
        kind=element.get("Type", ""),
        transforms=tuple(transform.get("Algorithm", "") for transform in transforms),
        digest_algorithm=method.get("Algorithm", ""),
        digest=_octets(value),
    )


def _signed_properties(
    element: etree._Element, document_id: str
) -> tuple[datetime, tuple[tuple[str, bytes], ...]]:
    of_signature, of_data = _children(
        element, "SignedSignatureProperties", "SignedDataObjectProperties", namespace=XADES
    )
    time, listed, *_ = _begins(of_signature, ("SigningTime", "SigningCertificateV2"), OPTIONAL_OF_SIGNATURE)
    (data_format, *_) = _begins(of_data, ("DataObjectFormat",), ("CommitmentTypeIndication",))
    if not document_id or data_format.get("ObjectReference") != f"#{document_id}":
        raise ValueError("the data object format is of something else")
    moment = datetime.fromisoformat(time.text or "")
    if moment.tzinfo is None:
        raise ValueError("SigningTime has no zone")
    if not 1 <= len(listed) <= MAX_CERTIFICATES:
        raise ValueError("too many certificates, or none")
    return moment, tuple(map(_certificate_digest, listed))


def _certificate_digest(certificate: etree._Element) -> tuple[str, bytes]:
    if certificate.tag != _xades("Cert"):
        raise ValueError("SigningCertificateV2 holds something else")
    (digest,) = _children(certificate, "CertDigest", namespace=XADES)
    method, value = _children(digest, "DigestMethod", "DigestValue")
    return method.get("Algorithm", ""), _octets(value)


def _certificates(key_info: etree._Element) -> tuple[bytes, ...]:
    (data,) = _children(key_info, "X509Data")
    if not 1 <= len(data) <= MAX_CERTIFICATES or any(child.tag != _ds("X509Certificate") for child in data):
        raise ValueError("KeyInfo holds something else than certificates")
    return tuple(map(_octets, data))


def _token(unsigned: etree._Element) -> bytes:
    (properties,) = _children(unsigned, "UnsignedSignatureProperties", namespace=XADES)
    stamp = next(iter(properties), None)
    if (
        stamp is None
        or stamp.tag != _xades("SignatureTimeStamp")
        or any(each.tag not in LONG_TERM for each in list(properties)[1:])
    ):
        raise ValueError("other unsigned properties than ours")
    method, token = tuple(stamp)
    if method.tag != _ds("CanonicalizationMethod") or token.tag != _xades("EncapsulatedTimeStamp"):
        raise ValueError("the time-stamp has another shape")
    _check_c14n(method)
    return _octets(token)


def _check_c14n(method: etree._Element) -> None:
    _leaf(method)
    if method.get("Algorithm") != EXCLUSIVE_C14N:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, method.get("Algorithm", "")[:100])


def _children(parent: etree._Element, *names: str, namespace: str = DS) -> tuple[etree._Element, ...]:
    """The children, which must be exactly these; raises ValueError."""
    children = tuple(parent)
    if [child.tag for child in children] != [f"{{{namespace}}}{name}" for name in names]:
        raise ValueError(f"{etree.QName(parent).localname} has other children")
    return children


def _begins(
    parent: etree._Element, names: tuple[str, ...], optional: tuple[str, ...]
) -> tuple[etree._Element, ...]:
    """The children: exactly `names`, then any of `optional` in that order, each at most once."""
    present = {child.tag for child in parent}
    return _children(parent, *names, *(name for name in optional if _xades(name) in present), namespace=XADES)


def _leaf(element: etree._Element) -> None:
    if len(element):
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, f"{etree.QName(element).localname} with parameters")


def _octets(element: etree._Element) -> bytes:
    if len(element):
        raise ValueError("elements inside base64")
    return b64decode("".join((element.text or "").split()), validate=True)


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, why)
