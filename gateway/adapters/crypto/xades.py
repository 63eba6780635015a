"""Sealing: an enveloped XAdES baseline-T signature over rendered octets, checked before it is given out.

It seals what it is given, octet for octet. Rendering, storing and the one-use token that allows a seal
belong to others; judging foreign files belongs to the verifier.
"""

import re
from base64 import b64encode
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from lxml import etree

from gateway.adapters.crypto import der
from gateway.adapters.crypto.algorithms import accepted_key, verify_xml_signature
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import der as certificate_der
from gateway.adapters.crypto.trust import name
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.tsa_read import read_info, read_signed
from gateway.adapters.crypto.xades_check import check_signature, signature_digest
from gateway.adapters.crypto.xades_mould import (
    DOCUMENT,
    ID_PREFIX,
    PROPERTIES,
    STAMP,
    TIME,
    VALUE,
    canonical_value,
    fill,
    form,
)
from gateway.adapters.crypto.xades_read import NOT_COVERED, SIGNATURE, canonical, identifiers, read
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import SealedEvidence

LIMIT = 10_000_000
ID_ATTRIBUTE = re.compile(rb"[iI][dD]\s*=")


class Sealer:
    """Seals with one key and chain (leaf first); time-stamps by `timestamper`. Safe across threads."""

    def __init__(self, pair: KeyPair, timestamper: TimestampClient, clock: Clock) -> None:
        self._pair = pair
        self._timestamper = timestamper
        self._clock = clock
        self._mould = form(pair)
        self._subject = name(pair.certificate)
        self._certificate = certificate_der(pair.certificate)
        self._sha256 = sha256(self._certificate).hexdigest()
        self._key = accepted_key(pair.certificate.public_key())

    def seal(self, rendered: bytes) -> SealedEvidence:
        """Seal an unsigned document as it stands; the signature becomes the root's last child.

        Raises GatewayError: TEMPORARILY_UNAVAILABLE (no time-stamp to be had), RULE_BROKEN (signed
        already, or with comments), SIGNATURE_INVALID (what came out does not verify), and as the parser.
        """
        root = parse(rendered, limit=LIMIT)
        _check_sealable(root, rendered)
        time = self._clock.now().replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
        properties = fill(self._mould.signed_properties, {TIME: time})
        slots = {
            TIME: time,
            DOCUMENT: _base64(_digest(canonical(root))),
            PROPERTIES: _base64(_digest(properties.encode())),
        }
        info = fill(self._mould.signed_info, slots).encode()
        signed = self._sign(info)
        slots[VALUE] = _base64(signed)
        token = self._timestamper.timestamp(_digest(canonical_value(slots[VALUE])))
        slots[STAMP] = _base64(token.der)
        signature = fill(self._mould.signature, slots).encode()
        before, after = _split(rendered)
        octets = before + signature + after
        self._check(octets, signature, signed, info)
        return SealedEvidence(octets, self._subject, self._sha256, token.gen_time)

    def _check(self, octets: bytes, signature: bytes, signed: bytes, info: bytes) -> None:
        """The value is by our key, and the signature reads back in its place as what was digested."""
        try:
            verify_xml_signature(self._key, self._mould.algorithm, signed, info)
        except InvalidSignature:
            raise _invalid("the key gave a signature that does not verify") from None
        root = parse(octets, limit=LIMIT)
        if canonical(root[-1]) != signature or root[-1].tail:
            raise _invalid("it does not read back as it was written")

    def verify_sealed(self, sealed: bytes, rendered: bytes) -> None:
        """Check that `sealed` is `rendered` plus one valid signature by this key, stamped over its value.

        Anchors are not consulted: the client did that when the token came. Raises
        GatewayError(SIGNATURE_INVALID).
        """
        before, after = _split(rendered)
        if not (sealed.startswith(before) and sealed.endswith(after) and len(sealed) > len(rendered)):
            raise _invalid("it is not over the stored octets")
        parts = read(parse(sealed, limit=LIMIT))
        if parts.certificates[0] != self._certificate:
            raise _invalid("it is by another certificate")
        if check_signature(parts, self._key, self._certificate) != canonical(parse(rendered, limit=LIMIT)):
            raise _invalid("it is over something else")
        try:
            imprint = read_info(read_signed(parts.token).content).digest
        except der.DerError:
            raise _invalid("its time-stamp cannot be read") from None
        if imprint != signature_digest(parts):
            raise _invalid("its time-stamp is of another signature")

    def _sign(self, data: bytes) -> bytes:
        key = self._pair.key
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        size = (key.curve.key_size + 7) // 8
        r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _check_sealable(root: etree._Element, octets: bytes) -> None:
    """No comments (C14N would not cover them), no signature yet, no identifier twice or like ours."""
    outside = (*root.itersiblings(), *root.itersiblings(preceding=True))
    if outside or next(root.iter(*NOT_COVERED), None) is not None:
        raise GatewayError(ErrorKind.RULE_BROKEN, "a comment would stand outside the signature")
    if next(root.iter(SIGNATURE), None) is not None:
        raise GatewayError(ErrorKind.RULE_BROKEN, "the document is signed already")
    # Names cannot be escaped in XML: without such text there is no such attribute to look for.
    own = identifiers(root) if ID_ATTRIBUTE.search(octets) else []
    if len(set(own)) != len(own) or any(value.startswith(ID_PREFIX) for value in own):
        raise GatewayError(ErrorKind.RULE_BROKEN, "an identifier is used twice")


def _split(rendered: bytes) -> tuple[bytes, bytes]:
    """The octets before and from the root's end tag, between which the signature goes."""
    at = rendered.rfind(b"</")
    if at < 0:
        raise GatewayError(ErrorKind.RULE_BROKEN, "the document has no end tag")
    return rendered[:at], rendered[at:]


def _digest(octets: bytes) -> bytes:
    return sha256(octets).digest()


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, f"the seal: {why}")
