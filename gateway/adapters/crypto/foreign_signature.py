"""One XAdES signature in a document, whoever made it, as augmentation needs it.

It can be checked cryptographically, which keeps a broken signature from being raised; judging it by a policy
is the validator's business.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from hmac import compare_digest

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from lxml import etree

from gateway.adapters.crypto.algorithms import accepted_key, verify_xml_signature, xml_digest
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.adapters.crypto.xml_canonical import canonicalize
from gateway.adapters.crypto.xml_references import References
from gateway.adapters.xml.names import DS, XADES, XADES141, qualified
from gateway.domain.errors import ErrorKind, GatewayError

SIGNATURE = qualified(DS, "Signature")
UNSIGNED = qualified(XADES, "UnsignedSignatureProperties")
SIGNATURE_STAMP = qualified(XADES, "SignatureTimeStamp")
ARCHIVE_STAMP = qualified(XADES141, "ArchiveTimeStamp")
STAMP_DATA = qualified(XADES141, "TimeStampValidationData")
VALUES = (qualified(XADES, "CertificateValues"), qualified(XADES, "RevocationValues"), STAMP_DATA)
SIGNING_CERTIFICATES = (qualified(XADES, "SigningCertificateV2"), qualified(XADES, "SigningCertificate"))
MAX_REFERENCES = 2000


class ForeignSignature:
    """A ds:Signature with its QualifyingProperties; `files` are what its references name outside."""

    def __init__(self, root: etree._Element, signature: etree._Element, files: Mapping[str, bytes]) -> None:
        """Raises GatewayError: SIGNATURE_INVALID (not XAdES, or broken), ALGORITHM_REFUSED."""
        self.root, self.element = root, signature
        self.info = self._one("SignedInfo")
        self.value = self._one("SignatureValue")
        self.key_info = signature.find(qualified(DS, "KeyInfo"))
        self.qualifying = self._qualifying()
        self.references = References(root, signature, files)
        try:
            self.certificates = tuple(self._certificates())
            self.signer = self._signer()
        except (ValueError, TypeError, LookupError):
            raise _invalid("its certificates cannot be read") from None

    @property
    def unsigned(self) -> list[etree._Element]:
        """The unsigned signature properties in order."""
        return list(self.qualifying.iterfind(f"{qualified(XADES, 'UnsignedProperties')}/{UNSIGNED}/*"))

    def listed_references(self) -> list[etree._Element]:
        return self.info.findall(qualified(DS, "Reference"))

    def check(self) -> None:
        """Every reference and the value; raises GatewayError(SIGNATURE_INVALID, ALGORITHM_REFUSED)."""
        references = self.listed_references()
        if not 1 <= len(references) <= MAX_REFERENCES:
            raise _invalid("too many references, or none")
        for reference in references:
            stated = octets_of(_only(reference, "DigestValue"))
            method = _only(reference, "DigestMethod").get("Algorithm", "")
            if not compare_digest(xml_digest(method, self.references.octets(reference)), stated):
                raise _invalid("what it signs was changed")
        data = canonicalize(self.info, _only(self.info, "CanonicalizationMethod"))
        method = _only(self.info, "SignatureMethod").get("Algorithm", "")
        try:
            key = accepted_key(self.signer.public_key())
            verify_xml_signature(key, method, octets_of(self.value), data)
        except (InvalidSignature, UnsupportedAlgorithm, ValueError):
            raise _invalid("its value does not verify") from None

    def embedded(self) -> ValidationData:
        """Every certificate, list and response that stands in it."""
        inside = self.qualifying
        found = {
            local: tuple(sorted({octets_of(each) for each in inside.iter(qualified(XADES, local))}))
            for local in ("EncapsulatedX509Certificate", "EncapsulatedCRLValue", "EncapsulatedOCSPValue")
        }
        certificates = {*found["EncapsulatedX509Certificate"], *map(der, self.certificates)}
        return ValidationData(
            tuple(sorted(certificates)), found["EncapsulatedCRLValue"], found["EncapsulatedOCSPValue"]
        )

    def _one(self, local: str) -> etree._Element:
        return _only(self.element, local)

    def _qualifying(self) -> etree._Element:
        found = self.element.findall(f"{qualified(DS, 'Object')}/{qualified(XADES, 'QualifyingProperties')}")
        if len(found) != 1:
            raise _invalid("it is not XAdES, or has its properties elsewhere")
        return found[0]

    def _certificates(self) -> Iterator[x509.Certificate]:
        if self.key_info is not None:
            for element in self.key_info.iter(qualified(DS, "X509Certificate")):
                yield x509.load_der_x509_certificate(octets_of(element))
        for element in self.qualifying.iter(qualified(XADES, "EncapsulatedX509Certificate")):
            yield x509.load_der_x509_certificate(octets_of(element))

    def _signer(self) -> x509.Certificate:
        """The certificate whose digest SigningCertificate(V2) states first."""
        listed = [each for tag in SIGNING_CERTIFICATES for each in self.qualifying.iter(tag)]
        if len(listed) != 1:
            raise _invalid("it does not say which certificate signed")
        stated = listed[0][0][0]
        method = _only(stated, "DigestMethod").get("Algorithm", "")
        wanted = octets_of(_only(stated, "DigestValue"))
        for certificate in self.certificates:
            if xml_digest(method, der(certificate)) == wanted:
                return certificate
        raise _invalid("the certificate that signed is not in it")


def signatures(root: etree._Element) -> list[etree._Element]:
    """The document's own signatures: not counter-signatures, nor those inside what is signed by another."""
    return [
        element
        for element in root.iter(SIGNATURE)
        if not any(ancestor.tag == SIGNATURE for ancestor in element.iterancestors())
    ]


def _only(parent: etree._Element, local: str) -> etree._Element:
    found = parent.findall(qualified(DS, local))
    if len(found) != 1:
        raise _invalid(f"it has no {local}, or several")
    return found[0]


def octets_of(element: etree._Element) -> bytes:
    """What its base64 text stands for; raises GatewayError(SIGNATURE_INVALID)."""
    try:
        return b64decode("".join((element.text or "").split()), validate=True)
    except ValueError:
        raise _invalid("something in it is not base64") from None


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, f"the signature: {why}")
