"""WS-Security signature of our own messages: X.509 token, Timestamp, and a signature over it and the Body.

In three phases as every signature here, so that the key may lie in an HSM. What others sign is checked by
`wsse`; SHA-1 is never used.
"""

import hashlib
import secrets
from base64 import b64encode
from datetime import UTC, datetime, timedelta

from lxml import etree

from gateway.adapters.crypto import wsse_names as n
from gateway.adapters.crypto.algorithms import ENC, accepted_key, xml_signature
from gateway.adapters.crypto.signer import Signer, pinned
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.xml_canonical import canonicalize
from gateway.adapters.xml.names import DS, qualified

ID = qualified(n.WSU, "Id")
LIFE = timedelta(minutes=5)
SHA256 = ENC + "sha256"


def sign(envelope: etree._Element, signer: Signer, now: datetime) -> None:
    """Add wsse:Security to the envelope's Header (made if need be), in place.

    Raises ValueError for an envelope without Body, and the signer's GatewayErrors.
    """
    key = pinned(signer)
    soap = etree.QName(envelope).namespace or ""
    body = envelope.find(qualified(soap, "Body"))
    if body is None:
        raise ValueError("the envelope has no Body")
    body.set(ID, _new_id("body"))
    security = _security(envelope, soap)
    token = etree.SubElement(security, n.TOKEN, EncodingType=n.BASE64, ValueType=n.X509_V3)
    token.set(ID, _new_id("x509"))
    token.text = _base64(der(key.chain[0]))
    timestamp = _timestamp(security, now)
    signature = etree.SubElement(security, n.SIGNATURE, nsmap={"ds": DS})
    signed_info = _signed_info(signature, key.algorithm.uri, (body, timestamp))
    value = key.sign(canonicalize(signed_info, n.C14N))
    public = accepted_key(key.chain[0].public_key())
    etree.SubElement(signature, n.SIGNATURE_VALUE).text = _base64(xml_signature(public, value))
    reference = etree.SubElement(etree.SubElement(signature, n.KEY_INFO), n.TOKEN_REFERENCE)
    etree.SubElement(reference, n.REFERENCE_TO_TOKEN, URI=f"#{token.get(ID)}", ValueType=n.X509_V3)


def _security(envelope: etree._Element, soap: str) -> etree._Element:
    header = envelope.find(qualified(soap, "Header"))
    if header is None:
        header = etree.Element(qualified(soap, "Header"))
        envelope.insert(0, header)
    security = etree.SubElement(header, n.SECURITY, nsmap={"wsse": n.WSSE, "wsu": n.WSU})
    security.set(qualified(soap, "mustUnderstand"), "1")
    return security


def _timestamp(security: etree._Element, now: datetime) -> etree._Element:
    timestamp = etree.SubElement(security, n.TIMESTAMP, {ID: _new_id("time")})
    etree.SubElement(timestamp, n.CREATED).text = _instant(now)
    etree.SubElement(timestamp, n.EXPIRES).text = _instant(now + LIFE)
    return timestamp


def _signed_info(
    signature: etree._Element, algorithm: str, parts: tuple[etree._Element, ...]
) -> etree._Element:
    signed_info = etree.SubElement(signature, n.SIGNED_INFO)
    etree.SubElement(signed_info, n.C14N_METHOD, Algorithm=n.C14N)
    etree.SubElement(signed_info, n.SIGNATURE_METHOD, Algorithm=algorithm)
    for part in parts:
        reference = etree.SubElement(signed_info, n.REFERENCE, URI=f"#{part.get(ID)}")
        transforms = etree.SubElement(reference, n.TRANSFORMS)
        etree.SubElement(transforms, n.TRANSFORM, Algorithm=n.C14N)
        etree.SubElement(reference, n.DIGEST_METHOD, Algorithm=SHA256)
        digest = hashlib.sha256(canonicalize(part, n.C14N)).digest()
        etree.SubElement(reference, n.DIGEST_VALUE).text = _base64(digest)
    return signed_info


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _new_id(prefix: str) -> str:
    return f"{prefix}-{secrets.token_hex(16)}"
