"""Whether an evidence or an XML certificate is the gateway's: its XAdES signature, its chain to given roots.

It checks what was signed, by whom, and that the signer's certificate leads to a root that the caller trusts
and was valid at the stated time. Revocation, time-stamps and long-term validity are judged by
`fehaciente verify`, PDF and packs too.
"""

import hmac
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from lxml import etree

from gateway.client.parsing import parse

DS = "{http://www.w3.org/2000/09/xmldsig#}"
XADES = "{http://uri.etsi.org/01903/v1.3.2#}"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
PROPERTIES = "http://uri.etsi.org/01903#SignedProperties"
XML = "application/xml"
DEEPEST = 6
Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
DIGESTS: dict[str, type[Hash]] = {
    "http://www.w3.org/2001/04/xmlenc#sha256": hashes.SHA256,
    "http://www.w3.org/2001/04/xmldsig-more#sha384": hashes.SHA384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashes.SHA512,
}
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
METHODS: dict[str, type[Hash]] = {
    f"{MORE}{key}-{name}": algorithm
    for key in ("rsa", "ecdsa")
    for name, algorithm in (("sha256", hashes.SHA256), ("sha384", hashes.SHA384), ("sha512", hashes.SHA512))
}


class Untrusted(Exception):
    """It is not signed by whom it should be, or it was changed."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed, and when by the signature's own word."""

    signer: x509.Certificate
    signing_time: datetime


class Anchors:
    """A check for the client: `Client(..., check=Anchors(pem))`. `other` is called for PDF and packs."""

    def __init__(self, pem: bytes, other: Callable[[str, bytes], object] | None = None) -> None:
        self._roots = x509.load_pem_x509_certificates(pem)
        self._other = other

    def __call__(self, media_type: str, octets: bytes) -> None:
        """Raises Untrusted."""
        if media_type == XML:
            self.verify(octets)
        elif self._other is not None:
            self._other(media_type, octets)

    def verify(self, octets: bytes) -> Signed:
        """Who signed this evidence or certificate. Raises Untrusted."""
        try:
            return self._verified(parse(octets))
        except (ValueError, TypeError, SyntaxError, StopIteration) as error:
            raise Untrusted(f"it cannot be read as a signed file: {type(error).__name__}") from None

    def _verified(self, root: etree._Element) -> Signed:
        signature = _only_signature(root)
        certificates = [
            x509.load_der_x509_certificate(b64decode(each.text or ""))
            for each in signature.iterfind(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate")
        ]
        info = _one(signature, f"{DS}SignedInfo")
        properties = _check_references(root, signature, info)
        _check_value(certificates[0] if certificates else None, info, signature)
        _check_certificate(certificates[0], properties)
        signed_at = datetime.fromisoformat(_text(properties, f".//{XADES}SigningTime"))
        self._check_chain(certificates, signed_at)
        return Signed(certificates[0], signed_at)

    def _check_chain(self, certificates: Sequence[x509.Certificate], at: datetime) -> None:
        current, depth = certificates[0], 0
        while depth < DEEPEST:
            if not current.not_valid_before_utc <= at <= current.not_valid_after_utc:
                raise Untrusted("a certificate of the chain was not valid at that time")
            if any(_issued(current, root) for root in self._roots):
                return
            above = [each for each in certificates[1:] if each != current and _issued(current, each)]
            if not above:
                break
            current, depth = above[0], depth + 1
        raise Untrusted("the signer's certificate leads to no trusted root")


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(f"{DS}Signature"))
    if len(found) != 1 or len(root) == 0 or found[0] is not root[-1] or (found[0].tail or ""):
        raise Untrusted("one signature, as the last child of the root, is expected")
    if any(True for _ in root.iter(etree.Comment, etree.ProcessingInstruction)):
        raise Untrusted("there is what no signature covers")
    return found[0]


def _check_references(
    root: etree._Element, signature: etree._Element, info: etree._Element
) -> etree._Element:
    """Both references hold; gives the signed properties."""
    if _one(info, f"{DS}CanonicalizationMethod").get("Algorithm") != C14N:
        raise Untrusted("another canonical form")
    properties = _one(signature, f"{DS}Object/{XADES}QualifyingProperties/{XADES}SignedProperties")
    identifier = properties.get("Id", "")
    bearers = root.xpath("//*[@*[local-name() = 'Id' or local-name() = 'ID'] = $id]", id=identifier)
    references = info.findall(f"{DS}Reference")
    wanted = {("", None), (f"#{identifier}", PROPERTIES)}
    if bearers != [properties] or {(each.get("URI"), each.get("Type")) for each in references} != wanted:
        raise Untrusted("the signature does not cover the document and its own properties")
    for reference in references:
        whole = reference.get("URI") == ""
        transforms = [each.get("Algorithm") for each in reference.iter(f"{DS}Transform")]
        if transforms != ([ENVELOPED, C14N] if whole else [C14N]):
            raise Untrusted("transforms that are not ours")
        octets = _without(root, signature) if whole else _canonical(properties)
        _check_digest(reference, octets)
    return properties


def _check_value(
    certificate: x509.Certificate | None, info: etree._Element, signature: etree._Element
) -> None:
    if certificate is None:
        raise Untrusted("there is no certificate")
    method = _one(info, f"{DS}SignatureMethod").get("Algorithm", "")
    if method not in METHODS:
        raise Untrusted("a signature algorithm that is not accepted")
    key, algorithm = certificate.public_key(), METHODS[method]()
    value, octets = b64decode(_text(signature, f"{DS}SignatureValue")), _canonical(info)
    try:
        if isinstance(key, rsa.RSAPublicKey) and method.startswith(f"{MORE}rsa"):
            key.verify(value, octets, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey) and method.startswith(f"{MORE}ecdsa"):
            half = len(value) // 2
            r, s = (int.from_bytes(part, "big") for part in (value[:half], value[half:]))
            key.verify(encode_dss_signature(r, s), octets, ec.ECDSA(algorithm))
        else:
            raise Untrusted("the algorithm does not fit the key")
    except InvalidSignature:
        raise Untrusted("the signature does not verify") from None


def _check_certificate(certificate: x509.Certificate, properties: etree._Element) -> None:
    """SigningCertificateV2: no other certificate of the same key is meant."""
    # The first is the signer's own, the others are of its chain (EN 319 132-1, 5.2.2).
    stated = _one(properties, f".//{XADES}SigningCertificateV2/{XADES}Cert[1]/{XADES}CertDigest")
    algorithm = DIGESTS[_one(stated, f"{DS}DigestMethod").get("Algorithm", "")]()
    if not hmac.compare_digest(
        certificate.fingerprint(algorithm), b64decode(_text(stated, f"{DS}DigestValue"))
    ):
        raise Untrusted("the properties name another certificate")


def _check_digest(reference: etree._Element, octets: bytes) -> None:
    name = _one(reference, f"{DS}DigestMethod").get("Algorithm", "")
    if name not in DIGESTS:
        raise Untrusted("a digest algorithm that is not accepted")
    work = hashes.Hash(DIGESTS[name]())
    work.update(octets)
    if not hmac.compare_digest(work.finalize(), b64decode(_text(reference, f"{DS}DigestValue"))):
        raise Untrusted("it was changed")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        authority = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return authority


def _without(root: etree._Element, signature: etree._Element) -> bytes:
    root.remove(signature)
    octets = _canonical(root)
    root.append(signature)
    return octets


def _canonical(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False, with_tail=False)


def _one(parent: etree._Element, path: str) -> etree._Element:
    found = parent.findall(path)
    if len(found) != 1:
        raise Untrusted(f"there is not exactly one {path.rpartition('}')[2]}")
    return found[0]


def _text(parent: etree._Element, path: str) -> str:
    return _one(parent, path).text or ""
