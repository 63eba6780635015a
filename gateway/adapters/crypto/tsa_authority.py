"""A little RFC 3161 time-stamping authority: a DER template, filled once per token.

The same object serves HTTP and the workers of this process. It keeps no state: serials are random.
"""

import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from gateway.adapters.crypto import der, tsp
from gateway.adapters.crypto.algorithms import PrivateKey
from gateway.adapters.crypto.clock import Clock
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import der as certificate_der
from gateway.adapters.crypto.tsa_certificate import check_purpose

# Our own clock is said to be right to the second (RFC 3161 clause 2.4.2, Accuracy).
ACCURACY = der.tlv(der.SEQUENCE, der.integer(1))
SERIAL_BITS = 128
MAX_NONCE_BITS = 256


class Rejection(Exception):
    """A request that is answered with a status instead of a token."""

    def __init__(self, failure: tsp.Failure, text: str) -> None:
        super().__init__(text)
        self.failure = failure
        self.text = text


@dataclass(frozen=True, slots=True)
class _Method:
    """How tokens are signed: SHA-384 by a P-384 key, which outlives SHA-256; SHA-256 by any other."""

    digest: str
    digest_algorithm: bytes
    signature_algorithm: bytes
    hash: type[hashes.HashAlgorithm]

    @classmethod
    def of(cls, key: PrivateKey) -> "_Method":
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            algorithm = der.tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.11"), tsp.NULL)
            return cls("sha256", tsp.SHA256_IDENTIFIER, algorithm, hashes.SHA256)
        if key.curve.name == "secp384r1":
            digest = der.tlv(der.SEQUENCE, der.oid("2.16.840.1.101.3.4.2.2"))
            return cls("sha384", digest, der.tlv(der.SEQUENCE, der.oid("1.2.840.10045.4.3.3")), hashes.SHA384)
        algorithm = der.tlv(der.SEQUENCE, der.oid("1.2.840.10045.4.3.2"))
        return cls("sha256", tsp.SHA256_IDENTIFIER, algorithm, hashes.SHA256)

    def sign(self, key: PrivateKey, data: bytes) -> bytes:
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(data, ec.ECDSA(self.hash()))
        return key.sign(data, padding.PKCS1v15(), self.hash())


@dataclass(frozen=True, slots=True)
class TimeStampRequest:
    """What a TimeStampReq asks for; `imprint` and `nonce` as encoded, ready to be put back."""

    imprint: bytes
    policy: str | None
    nonce: bytes
    wants_certificates: bool


class TimestampAuthority:
    """Answers TimeStampReq with TimeStampResp, whatever it is sent; it never raises for a request."""

    def __init__(self, pair: KeyPair, policy_oid: str, clock: Clock) -> None:
        """Raises GatewayError(CERTIFICATE_REFUSED) unless the certificate is for time-stamping only."""
        check_purpose(pair.certificate)
        self._key: PrivateKey = pair.key
        self._clock = clock
        self.policy_oid = policy_oid
        self._policy = der.oid(policy_oid)
        leaf = pair.certificate
        self._signing_certificate = _attribute(
            tsp.SIGNING_CERTIFICATE_V2, _ess_certificate(certificate_der(leaf))
        )
        self._content_type = _attribute(tsp.CONTENT_TYPE, tsp.TST_INFO)
        self._certificates = der.tlv(der.context(0), *sorted(map(certificate_der, pair.chain)))
        self._signer = der.tlv(
            der.SEQUENCE,
            leaf.issuer.public_bytes(),
            der.integer(leaf.serial_number),
        )
        self._method = _Method.of(pair.key)

    def respond(self, request: bytes) -> bytes:
        """A DER TimeStampResp: a token, or a rejection with its PKIFailureInfo (clause 2.4.2)."""
        try:
            asked = read_request(request)
            if asked.policy not in (None, self.policy_oid):
                raise Rejection(tsp.Failure.UNACCEPTED_POLICY, "the policy is another")
        except Rejection as rejection:
            return _rejected(rejection)
        return der.tlv(der.SEQUENCE, _GRANTED, self._token(asked))

    def _token(self, asked: TimeStampRequest) -> bytes:
        info = self._info(asked)
        method = self._method
        digest = der.tlv(der.OCTET_STRING, hashlib.new(method.digest, info).digest())
        # DER sorts a SET OF; the three encodings begin alike up to their lengths.
        attributes = b"".join(
            sorted((self._content_type, _attribute(tsp.MESSAGE_DIGEST, digest), self._signing_certificate))
        )
        signature = method.sign(self._key, der.tlv(der.SET, attributes))
        signer_info = der.tlv(
            der.SEQUENCE,
            der.integer(1),
            self._signer,
            method.digest_algorithm,
            der.tlv(der.context(0), attributes),
            method.signature_algorithm,
            der.tlv(der.OCTET_STRING, signature),
        )
        content = der.tlv(der.context(0), der.tlv(der.OCTET_STRING, info))
        signed_data = der.tlv(
            der.SEQUENCE,
            der.integer(3),
            der.tlv(der.SET, method.digest_algorithm),
            der.tlv(der.SEQUENCE, tsp.TST_INFO, content),
            self._certificates if asked.wants_certificates else b"",
            der.tlv(der.SET, signer_info),
        )
        return der.tlv(der.SEQUENCE, tsp.SIGNED_DATA, der.tlv(der.context(0), signed_data))

    def _info(self, asked: TimeStampRequest) -> bytes:
        return der.tlv(
            der.SEQUENCE,
            der.integer(1),
            self._policy,
            asked.imprint,
            der.integer(secrets.randbits(SERIAL_BITS)),
            tsp.generalized_time(self._clock.now()),
            ACCURACY,
            asked.nonce,
        )


def read_request(request: bytes) -> TimeStampRequest:
    """Read a TimeStampReq (clause 2.4.1); raises Rejection with the failure that the clause names."""
    try:
        return _read_request(request)
    except der.DerError as error:
        raise Rejection(tsp.Failure.BAD_DATA_FORMAT, str(error)) from None


def _read_request(request: bytes) -> TimeStampRequest:
    parts = der.children(der.whole(request, der.SEQUENCE))
    if len(parts) < 2 or der.to_int(parts[0]) != 1:
        raise Rejection(tsp.Failure.BAD_REQUEST, "only version 1 exists")
    optional = {node.tag: node for node in parts[2:]}
    tags = [node.tag for node in parts[2:]]
    order = (der.OID, der.INTEGER, der.BOOLEAN, der.context(0))
    if tags != [tag for tag in order if tag in optional]:
        raise Rejection(tsp.Failure.BAD_REQUEST, "fields that are unknown or out of order")
    if der.context(0) in optional:
        raise Rejection(tsp.Failure.UNACCEPTED_EXTENSION, "no extension is known")
    _check_imprint(parts[1])
    nonce = optional.get(der.INTEGER)
    if nonce is not None and der.to_int(nonce).bit_length() > MAX_NONCE_BITS:
        raise Rejection(tsp.Failure.BAD_REQUEST, "the nonce is too long")
    policy = optional.get(der.OID)
    wanted = optional.get(der.BOOLEAN)
    return TimeStampRequest(
        imprint=parts[1].encoded,
        policy=None if policy is None else der.to_oid(policy),
        nonce=b"" if nonce is None else nonce.encoded,
        wants_certificates=wanted is not None and wanted.body == b"\xff",
    )


def _check_imprint(node: der.Node) -> None:
    parts = der.children(der.expect(node, der.SEQUENCE))
    if len(parts) != 2:
        raise Rejection(tsp.Failure.BAD_REQUEST, "the imprint is not an imprint")
    algorithm = tsp.algorithm_oid(parts[0])
    if algorithm not in tsp.DIGESTS:
        raise Rejection(tsp.Failure.BAD_ALG, "SHA-256, SHA-384 or SHA-512")
    if len(der.expect(parts[1], der.OCTET_STRING).body) != tsp.DIGESTS[algorithm][1]:
        raise Rejection(tsp.Failure.BAD_DATA_FORMAT, "the digest has another size than its algorithm")


def _rejected(rejection: Rejection) -> bytes:
    octets, unused = divmod(int(rejection.failure), 8)
    bits = bytes(octets) + bytes((0x80 >> unused,))
    return der.tlv(
        der.SEQUENCE,
        der.tlv(
            der.SEQUENCE,
            der.integer(tsp.Status.REJECTION),
            der.tlv(der.SEQUENCE, der.tlv(der.UTF8_STRING, rejection.text.encode())),
            der.tlv(der.BIT_STRING, bytes((7 - unused,)), bits),
        ),
    )


_GRANTED = der.tlv(der.SEQUENCE, der.integer(tsp.Status.GRANTED))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return der.tlv(der.SEQUENCE, kind, der.tlv(der.SET, value))


def _ess_certificate(leaf: bytes) -> bytes:
    """SigningCertificateV2 (RFC 5035); SHA-256 is its default and so left out."""
    identifier = der.tlv(der.SEQUENCE, der.tlv(der.OCTET_STRING, hashlib.sha256(leaf).digest()))
    return der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, identifier))
