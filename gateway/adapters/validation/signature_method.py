"""ds:SignatureMethod: an algorithm by its name, or RSASSA-PSS with parameters (RFC 9231 clause 2.3.9).

Reading only; until when each is believed is the policy's business.
"""

from lxml import etree

from gateway.adapters.validation.algorithms import (
    MORE_2007,
    SignatureMethod,
    refused,
    xml_digest_name,
    xml_signature_method,
)
from gateway.adapters.xml.names import DS, qualified

RSA_PSS = f"{MORE_2007}rsa-pss"
MGF1 = f"{MORE_2007}MGF1"
PARAMETERS = qualified(MORE_2007, "RSAPSSParams")
MASK, SALT = qualified(MORE_2007, "MaskGenerationFunction"), qualified(MORE_2007, "SaltLength")
TRAILER, DIGEST = qualified(MORE_2007, "TrailerField"), qualified(DS, "DigestMethod")
DEFAULT_DIGEST = "sha256"
MOST_SALT = 1024


def read(element: etree._Element) -> SignatureMethod:
    """The method; raises Refusal(CRYPTO_CONSTRAINTS_FAILURE) for what cannot be computed here."""
    uri = element.get("Algorithm", "")
    if uri == RSA_PSS:
        return _pss(element)
    if len(element):
        raise refused("a signature algorithm with parameters")
    return xml_signature_method(uri)


def _pss(element: etree._Element) -> SignatureMethod:
    parameters = element[0] if len(element) else None
    if parameters is None:
        return SignatureMethod("rsa-pss", DEFAULT_DIGEST)
    known = {DIGEST, MASK, SALT, TRAILER}
    if len(element) > 1 or parameters.tag != PARAMETERS or any(each.tag not in known for each in parameters):
        raise refused("RSASSA-PSS with other parameters")
    digest, mask = _digest(parameters), parameters.find(MASK)
    if mask is not None and (mask.get("Algorithm") != MGF1 or _digest(mask) != digest):
        raise refused("RSASSA-PSS with two digests")
    if parameters.findtext(TRAILER, "1").strip() != "1":
        raise refused("RSASSA-PSS with another trailer")
    salt = parameters.findtext(SALT, "").strip()
    if salt and not (salt.isdecimal() and len(salt) <= 4 and int(salt) <= MOST_SALT):
        raise refused("RSASSA-PSS with such a salt")
    return SignatureMethod("rsa-pss", digest, int(salt) if salt else None)


def _digest(element: etree._Element) -> str:
    found = element.find(DIGEST)
    return DEFAULT_DIGEST if found is None else xml_digest_name(found.get("Algorithm", ""))
