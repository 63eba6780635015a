"""WS-Security 1.0/1.1 with X.509: verify a signed envelope and return what was signed.

It answers with verified content or raises, never with a bool. Coverage is decided by element identity:
the parts must be the very Body and Timestamp of this envelope, not elements that look like them.
Registration, trust and replay of the certificate and the message are decided by the door.
"""

import hashlib
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.wsse_ids import identified
from gateway.adapters.crypto.wsse_limits import check_cost
from gateway.adapters.crypto.wsse_policy import Policy, Verified
from gateway.adapters.crypto.wsse_signature import Part, SignedParts, verify_signature
from gateway.adapters.crypto.wsse_timestamp import window
from gateway.adapters.crypto.wsse_token import SecurityHeader, certificate, invalid, only, security_header
from gateway.adapters.xml.names import qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError


def verify(envelope: etree._Element, *, now: datetime, policy: Policy) -> Verified:
    """Verify the envelope's signature over Body and Timestamp at `now` (aware, UTC).

    Raises GatewayError: SECURITY_MISSING, SECURITY_INVALID, ALGORITHM_REFUSED, SIGNATURE_INVALID,
    COVERAGE_MISSING, TIMESTAMP_OUT_OF_WINDOW, TOO_LARGE (too many elements, attributes, namespaces).
    """
    check_cost(envelope)
    soap = etree.QName(envelope).namespace or ""
    header, body = _header_and_body(envelope, soap)
    parts = security_header(header, soap)
    elements = identified(envelope)
    signer, der = certificate(parts, elements)
    signable = [body, parts.timestamp, parts.token, *_other_blocks(header, parts)]
    signed = verify_signature(parts.signature, signer, elements, signable, policy)
    body_part, timestamp_part = _covered(signed, body, parts.timestamp)
    created, expires = window(parse(timestamp_part.octets, limit=policy.octets), now, policy)
    key = signer.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Verified(
        body=parse(body_part.octets, limit=policy.octets),
        certificate=signer,
        certificate_sha256=hashlib.sha256(der).digest(),
        created=created,
        expires=expires,
        covered=tuple(etree.QName(part.element).localname for part in signed.parts),
        digest=hashlib.sha256(key + signed.signed_info).digest(),
    )


def _header_and_body(envelope: etree._Element, soap: str) -> tuple[etree._Element, etree._Element]:
    if envelope.tag not in {qualified(n.SOAP_11, "Envelope"), qualified(n.SOAP_12, "Envelope")}:
        raise invalid("not a SOAP envelope")
    if envelope.find(qualified(soap, "Header")) is None:
        raise GatewayError(ErrorKind.SECURITY_MISSING)
    return only(envelope, qualified(soap, "Header")), only(envelope, qualified(soap, "Body"))


def _other_blocks(header: etree._Element, parts: SecurityHeader) -> list[etree._Element]:
    return [block for block in header if block is not parts.security]


def _covered(signed: SignedParts, body: etree._Element, timestamp: etree._Element) -> tuple[Part, Part]:
    found = {part.element: part for part in signed.parts}
    if body not in found or timestamp not in found:
        raise GatewayError(ErrorKind.COVERAGE_MISSING)
    return found[body], found[timestamp]
