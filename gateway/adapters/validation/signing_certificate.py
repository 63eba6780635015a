"""Which certificate signed: the one that SigningCertificate or SigningCertificateV2 names (clause 5.2.3).

By digest, and by issuer and serial number where they are stated; KeyInfo's word alone is not enough.
"""

from collections.abc import Sequence
from hmac import compare_digest

from asn1crypto import tsp
from lxml import etree

from gateway.adapters.validation.algorithms import digest, xml_digest_name
from gateway.adapters.validation.certificates import Certificate
from gateway.adapters.validation.references import octets
from gateway.adapters.validation.verdict import Refusal
from gateway.adapters.validation.xades import Signature
from gateway.adapters.xml.names import DS, XADES, qualified
from gateway.domain.validation import SubIndication

V1, V2 = qualified(XADES, "SigningCertificate"), qualified(XADES, "SigningCertificateV2")
CERT = qualified(XADES, "Cert")
DIGEST = qualified(XADES, "CertDigest")
SERIAL_V1, SERIAL_V2 = qualified(XADES, "IssuerSerial"), qualified(XADES, "IssuerSerialV2")


def identify(signature: Signature, pool: Sequence[Certificate]) -> tuple[Certificate, str]:
    """The signing certificate, and the digest algorithm by which it is named.

    Raises Refusal: SIG_CONSTRAINTS_FAILURE (it is not named at all), NO_SIGNING_CERTIFICATE_FOUND,
    FORMAT_FAILURE, CRYPTO_CONSTRAINTS_FAILURE.
    """
    named = [each for each in signature.signed if each.tag in (V1, V2)]
    if not named:
        raise Refusal(SubIndication.SIG_CONSTRAINTS_FAILURE, "no signed property names the certificate")
    found = {_named(each, pool) for each in named}
    if len(found) != 1:
        raise Refusal(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "two certificates are named")
    return found.pop()


def _named(listed: etree._Element, pool: Sequence[Certificate]) -> tuple[Certificate, str]:
    first = listed[0] if len(listed) else None
    if first is None or first.tag != CERT:
        raise Refusal(SubIndication.FORMAT_FAILURE, "the signing certificate's property is empty")
    algorithm, value = _digest(first)
    for certificate in pool:
        if compare_digest(digest(algorithm, certificate.der), value) and _fits(first, certificate):
            return certificate, algorithm
    raise Refusal(SubIndication.NO_SIGNING_CERTIFICATE_FOUND, "the certificate that is named is not there")


def _digest(cert: etree._Element) -> tuple[str, bytes]:
    stated = cert.find(DIGEST)
    tags = [] if stated is None else [child.tag for child in stated]
    if stated is None or tags != [qualified(DS, "DigestMethod"), qualified(DS, "DigestValue")]:
        raise Refusal(SubIndication.FORMAT_FAILURE, "a certificate's digest has another shape")
    return xml_digest_name(stated[0].get("Algorithm", "")), octets(stated[1])


def _fits(cert: etree._Element, certificate: Certificate) -> bool:
    old, new = cert.find(SERIAL_V1), cert.find(SERIAL_V2)
    if old is not None:
        serial = old.findtext(qualified(DS, "X509SerialNumber"), "").strip()
        # Distinguished names have too many spellings to compare; the serial number has one.
        return serial.lstrip("+") == str(certificate.parsed.serial_number)
    if new is not None:
        return _issuer_serial(octets(new)) == (certificate.issuer, certificate.parsed.serial_number)
    return True


def _issuer_serial(encoded: bytes) -> tuple[bytes, int]:
    """IssuerSerial of RFC 5035: one directory name, and the serial number."""
    try:
        parts = tsp.IssuerSerial.load(encoded, strict=True)
        names = parts["issuer"]
        if len(names) != 1 or names[0].name != "directory_name":
            raise ValueError
        return names[0].chosen.untag().dump(), int(parts["serial_number"].native)
    except (ValueError, TypeError):
        raise Refusal(SubIndication.FORMAT_FAILURE, "IssuerSerialV2 cannot be read") from None
