"""The enveloped ds:Signature of an issuer over a whole document: who made it, once everything in it holds.

One reference with URI="" (enveloped-signature, then exclusive C14N), and others only into the signature
itself, as XAdES has them. Registration and trust are decided elsewhere.
"""

import hmac
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from gateway.adapters.crypto.foreign_certificate import read_certificate
from gateway.adapters.crypto.foreign_signature import octets_of
from gateway.adapters.crypto.wsse_algorithms import check_signature, digest
from gateway.adapters.crypto.wsse_limits import check_cost
from gateway.adapters.crypto.xml_canonical import INCLUSIVE, canonicalize
from gateway.adapters.crypto.xml_references import ENVELOPED, ID_NAMES
from gateway.adapters.xml.names import DS, EXCLUSIVE_C14N, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError

SIGNATURE, OBJECT, REFERENCE = (qualified(DS, each) for each in ("Signature", "Object", "Reference"))
SIGNED_INFO_LIMIT = 64 * 1024
CERTIFICATE_LIMIT = 64 * 1024
MOST_REFERENCES = 4
Digested = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Enveloped:
    """What was signed, parsed anew from the octets that were digested, these octets, and who signed."""

    content: etree._Element
    octets: bytes
    certificate: x509.Certificate


def verify(root: etree._Element, limit: int) -> Enveloped:
    """A document whose last child is its signature.

    Raises GatewayError: SIGNATURE_INVALID, ALGORITHM_REFUSED, CERTIFICATE_REFUSED, TOO_LARGE.
    """
    check_cost(root)
    found = root.findall(SIGNATURE)
    if len(found) != 1 or found[0].getnext() is not None:
        raise _invalid("one signature is expected, as the last child")
    octets = canonicalize(_without_signature(root), EXCLUSIVE_C14N, comments=False)
    certificate = signer_of(found[0], lambda algorithm: digest(algorithm, octets))
    return Enveloped(parse(octets, limit=limit), octets, certificate)


def signer_of(signature: etree._Element, digested: Digested) -> x509.Certificate:
    """Who signed a document; `digested` gives the digest of its canonical form, without the signature, by an
    algorithm's URI. Raises as `verify`."""
    certificate = _certificate(signature)
    came = _only(signature, "SignedInfo")
    method = _only(came, "CanonicalizationMethod")
    if method.get("Algorithm") != EXCLUSIVE_C14N or len(method):
        raise _refused("SignedInfo must be canonicalised by xml-exc-c14n#, without a list of prefixes")
    octets = canonicalize(came, method, comments=False)
    info = parse(octets, limit=SIGNED_INFO_LIMIT)
    algorithm = _only(info, "SignatureMethod").get("Algorithm", "")
    check_signature(certificate, algorithm, octets_of(_only(signature, "SignatureValue")), octets)
    references = info.findall(REFERENCE)
    if not 1 <= len(references) <= MOST_REFERENCES:
        raise _invalid(f"SignedInfo holds 1 to {MOST_REFERENCES} references")
    whole = [each for each in references if each.get("URI") == ""]
    if len(whole) != 1:
        raise _invalid('one reference must have URI=""')
    for reference in references:
        method_uri = _only(reference, "DigestMethod").get("Algorithm", "")
        if reference is whole[0]:
            _check_transforms(reference)
            computed = digested(method_uri)
        else:
            computed = digest(method_uri, _inner(signature, reference))
        if not hmac.compare_digest(computed, octets_of(_only(reference, "DigestValue"))):
            raise _invalid("what it signs was changed")
    return certificate


def _check_transforms(reference: etree._Element) -> None:
    steps = list(_only(reference, "Transforms"))
    named = [each.get("Algorithm") for each in steps]
    if named != [ENVELOPED, EXCLUSIVE_C14N] or any(len(each) for each in steps):
        raise _refused("transforms are enveloped-signature, then xml-exc-c14n# without a list of prefixes")


def _inner(signature: etree._Element, reference: etree._Element) -> bytes:
    """What a reference into the signature's own ds:Object is over."""
    uri = reference.get("URI") or ""
    named = [
        element
        for element in signature.iter(etree.Element)
        if any(element.get(name) == uri[1:] for name in ID_NAMES)
    ]
    if not uri.startswith("#") or len(named) != 1 or not _in_object(signature, named[0]):
        raise _invalid("a reference leads elsewhere than to the document, or to the signature's own object")
    transforms = reference.find(qualified(DS, "Transforms"))
    steps = [] if transforms is None else list(transforms)
    if len(steps) > 1:
        raise _refused("several transforms")
    return canonicalize(named[0], steps[0] if steps else INCLUSIVE, comments=False)


def _in_object(signature: etree._Element, element: etree._Element) -> bool:
    around = [element, *element.iterancestors()]
    return any(each.tag == OBJECT and each.getparent() is signature for each in around)


def _certificate(signature: etree._Element) -> x509.Certificate:
    data = _only(_only(signature, "KeyInfo"), "X509Data")
    found = data.findall(qualified(DS, "X509Certificate"))
    if not found:
        raise _invalid("ds:X509Certificate is missing")
    octets = octets_of(found[0])
    try:
        if len(octets) > CERTIFICATE_LIMIT:
            raise ValueError
        return read_certificate(octets)
    except ValueError:
        raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "it cannot be read") from None


def _without_signature(root: etree._Element) -> etree._Element:
    """A copy; the text behind the signature stays."""
    copy = deepcopy(root)
    signature = copy.find(SIGNATURE)
    if signature is not None:
        before, tail = signature.getprevious(), signature.tail or ""
        if before is None:
            copy.text = (copy.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
        copy.remove(signature)
    return copy


def _only(parent: etree._Element, local: str) -> etree._Element:
    found = parent.findall(qualified(DS, local))
    if len(found) != 1:
        raise _invalid(f"one ds:{local} is expected in ds:{etree.QName(parent).localname}")
    return found[0]


def _refused(why: str) -> GatewayError:
    return GatewayError(ErrorKind.ALGORITHM_REFUSED, why)


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, why)
