"""An XML signature about the copy that we gave: one signature, whose one data reference is that copy.

Enveloping (the copy inside it, in base64) or detached (the copy beside it, by whatever name). That the
signature holds is judged elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest

from lxml import etree

from gateway.adapters.validation.algorithms import digest, xml_digest_name
from gateway.adapters.validation.context import Limits
from gateway.adapters.validation.document import SIGNATURE, opened, signatures
from gateway.adapters.validation.references import BASE64, octets
from gateway.adapters.validation.uris import file_name
from gateway.adapters.validation.verdict import UNREADABLE, Refusal
from gateway.adapters.validation.xades import SIGNED_PROPERTIES_TYPE
from gateway.adapters.xml.names import DS, qualified
from gateway.domain.errors import ErrorKind, GatewayError

REFERENCES = f"{qualified(DS, 'SignedInfo')}/{qualified(DS, 'Reference')}"
KEY_INFO = qualified(DS, "KeyInfo")
MOST_NAME = 1000


@dataclass(frozen=True, slots=True)
class SignedAbout:
    """The signature's certificates (DER), and the files beside it that a validation needs."""

    certificates: tuple[bytes, ...]
    companions: Mapping[str, bytes]


def about(copy: bytes, signed: bytes, limits: Limits) -> SignedAbout:
    """Raises GatewayError SIGNED_FILE_UNREADABLE, SIGNED_FILE_DIFFERS."""
    try:
        return _read(copy, signed, limits)
    except (Refusal, *UNREADABLE) as error:
        if isinstance(error, GatewayError) and error.kind is ErrorKind.SIGNED_FILE_DIFFERS:
            raise
        raise GatewayError(ErrorKind.SIGNED_FILE_UNREADABLE) from error


def _read(copy: bytes, signed: bytes, limits: Limits) -> SignedAbout:
    document = opened(signed, {}, limits)
    found = signatures(document)
    if len(found) != 1:
        raise _differs("there is not exactly one signature in it")
    [signature] = found
    root = document.root
    if root is not signature and any(child.tag != SIGNATURE for child in root):
        raise _differs("there is more than a signature in it")
    data = [each for each in signature.iterfind(REFERENCES) if not _about_itself(each, signature)]
    if len(data) != 1 or not _is_copy(data[0], copy):
        raise _differs("it does not sign the document that was given, or not it alone")
    uri = data[0].get("URI", "")
    beside = {} if uri.startswith("#") else {file_name(uri): copy}
    path = ".//" + "/".join(qualified(DS, name) for name in ("X509Data", "X509Certificate"))
    certificates = tuple(octets(each) for each in signature.iterfind(path))
    return SignedAbout(certificates, beside)


def _about_itself(reference: etree._Element, signature: etree._Element) -> bool:
    if reference.get("Type") == SIGNED_PROPERTIES_TYPE:
        return True
    key = signature.find(KEY_INFO)
    return key is not None and bool(key.get("Id")) and reference.get("URI") == f"#{key.get('Id')}"


def _is_copy(reference: etree._Element, copy: bytes) -> bool:
    """By the digest that was signed, after no transform but the decoding of base64."""
    uri = reference.get("URI", "")
    transforms = [each.get("Algorithm") for each in reference.iter(qualified(DS, "Transform"))]
    if transforms not in ([], [BASE64]) or not uri or len(uri) > MOST_NAME:
        return False
    method, value = (reference.find(qualified(DS, name)) for name in ("DigestMethod", "DigestValue"))
    if method is None or value is None:
        return False
    return compare_digest(digest(xml_digest_name(method.get("Algorithm", "")), copy), octets(value))


def _differs(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNED_FILE_DIFFERS, why)
