"""The wsse:Security header: its parts, each exactly once, and the certificate that its token carries.

It trusts nothing: whether the certificate is registered and valid is decided elsewhere.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography import x509
from lxml import etree

from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.foreign_certificate import read_certificate
from gateway.adapters.crypto.wsse_ids import target
from gateway.adapters.xml.names import qualified
from gateway.domain.errors import ErrorKind, GatewayError

TOKEN_LIMIT = 16 * 1024


@dataclass(frozen=True, slots=True)
class SecurityHeader:
    """The parts that a signed request needs, as elements of the tree that came."""

    security: etree._Element
    token: etree._Element
    timestamp: etree._Element
    signature: etree._Element


def invalid(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.SECURITY_INVALID, detail)


def security_header(header: etree._Element, soap: str) -> SecurityHeader:
    """Find the one wsse:Security and its parts; raises SECURITY_MISSING or SECURITY_INVALID."""
    blocks = header.findall(n.SECURITY)
    if not blocks:
        raise GatewayError(ErrorKind.SECURITY_MISSING)
    if len(blocks) > 1:
        raise invalid("more than one wsse:Security")
    security = blocks[0]
    receiver = security.get(qualified(soap, "role" if soap == n.SOAP_12 else "actor"), "")
    if receiver not in {"", n.ULTIMATE_RECEIVER}:
        raise invalid("wsse:Security is addressed to somebody else")
    if security.find(n.SIGNATURE) is None:
        raise GatewayError(ErrorKind.SECURITY_MISSING)
    if security.find(n.TIMESTAMP) is None:
        raise GatewayError(ErrorKind.COVERAGE_MISSING, "there is no wsu:Timestamp")
    return SecurityHeader(
        security, only(security, n.TOKEN), only(security, n.TIMESTAMP), only(security, n.SIGNATURE)
    )


def only(parent: etree._Element, tag: str) -> etree._Element:
    """The one child of that name; raises GatewayError(SECURITY_INVALID)."""
    found = parent.findall(tag)
    if len(found) != 1:
        raise invalid(f"exactly one {etree.QName(tag).localname} is expected")
    return found[0]


def octets_of(element: etree._Element, limit: int) -> bytes:
    """Base64 content of a leaf without comments; raises GatewayError(SECURITY_INVALID)."""
    text = "".join((element.text or "").split())
    if len(element) or not text or len(text) > limit:
        raise invalid(f"{etree.QName(element).localname} is not acceptable Base64")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise invalid(f"{etree.QName(element).localname} is not Base64") from None


def certificate(
    parts: SecurityHeader, elements: Mapping[str, etree._Element]
) -> tuple[x509.Certificate, bytes]:
    """The certificate of the BinarySecurityToken that KeyInfo points at, and its DER octets.

    X.509 Token Profile 1.1, 3.1.3 (direct reference). Raises GatewayError(SECURITY_INVALID).
    """
    reference = only(only(only(parts.signature, n.KEY_INFO), n.TOKEN_REFERENCE), n.REFERENCE_TO_TOKEN)
    if target(reference.get("URI"), elements) is not parts.token:
        raise invalid("KeyInfo must reference the BinarySecurityToken")
    if reference.get("ValueType", n.X509_V3) != n.X509_V3 or parts.token.get("ValueType") != n.X509_V3:
        raise invalid("the token must be X509v3")
    if parts.token.get("EncodingType", n.BASE64) != n.BASE64:
        raise invalid("the token must be Base64Binary")
    der = octets_of(parts.token, TOKEN_LIMIT)
    try:
        return read_certificate(der), der
    except ValueError:
        raise invalid("the token holds no X.509 certificate") from None
