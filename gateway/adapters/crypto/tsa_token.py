"""Reading and verifying RFC 3161 tokens; where they come from is the client's business.

Everything that the signer wrote is checked against what was asked; nothing is believed for being there.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from gateway.adapters.crypto import der, tsp
from gateway.adapters.crypto.algorithms import PublicKey, accepted_key
from gateway.adapters.crypto.trust import Anchors, CertifiedPath, name
from gateway.adapters.crypto.tsa_certificate import check_purpose
from gateway.adapters.crypto.tsa_read import SignedToken, read_info, read_signed
from gateway.domain.errors import ErrorKind, GatewayError

MAX_CACHED = 100
RSA_ENCRYPTION = "1.2.840.113549.1.1.1"
RSA_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "1.2.840.113549.1.1.11": hashes.SHA256,
    "1.2.840.113549.1.1.12": hashes.SHA384,
    "1.2.840.113549.1.1.13": hashes.SHA512,
}
ECDSA_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "1.2.840.10045.4.3.2": hashes.SHA256,
    "1.2.840.10045.4.3.3": hashes.SHA384,
    "1.2.840.10045.4.3.4": hashes.SHA512,
}
HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}


@dataclass(frozen=True, slots=True)
class Token:
    """A verified time-stamp. `gen_time` is aware and UTC; `accuracy` is what the TSA states of it.

    `path` is the authority's: the same object as long as the same authority stamps; `certificates` (DER) are
    those that the token carries.
    """

    der: bytes
    gen_time: datetime
    accuracy: timedelta
    tsa_name: str
    serial: int
    policy: str
    nonce: int | None
    path: CertifiedPath
    certificates: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class _Authority:
    """An authority whose path was validated, with what each of its tokens is compared to."""

    path: CertifiedPath
    key: PublicKey
    name: str
    signer: tuple[bytes, ...]


class TokenVerifier:
    """Verifies tokens against anchors, remembering the authorities whose paths it has validated."""

    def __init__(self, anchors: Anchors) -> None:
        self._anchors = anchors
        self._authorities: dict[bytes, _Authority] = {}

    def verify(self, token: bytes, digest: bytes) -> Token:
        """Verify a DER TimeStampToken over `digest` (SHA-256, 384 or 512, told by its size).

        Raises GatewayError: SIGNATURE_INVALID (structure, imprint, attributes, signature),
        ALGORITHM_REFUSED, CERTIFICATE_REFUSED (purpose, or no path to an anchor at genTime).
        """
        try:
            signed = read_signed(token)
            info = read_info(signed.content)
        except der.DerError as error:
            raise _invalid(str(error)) from None
        if tsp.DIGESTS.get(info.digest_algorithm, ("", 0))[1] != len(digest) or info.digest != digest:
            raise _invalid("the imprint is of something else")
        authority = self._authority(signed, info.gen_time)
        _check_attributes(signed, authority)
        _check_signature(authority.key, signed)
        return Token(
            der=token,
            gen_time=info.gen_time,
            accuracy=info.accuracy,
            tsa_name=authority.name,
            serial=info.serial,
            policy=info.policy,
            nonce=info.nonce,
            path=authority.path,
            certificates=signed.certificates,
        )

    def _authority(self, signed: SignedToken, at: datetime) -> _Authority:
        leaf = _signer_certificate(signed)
        known = self._authorities.get(leaf)
        if known is not None and known.path.covers(at):
            return known
        certificates = [_load(octets) for octets in signed.certificates]
        certificate = certificates[signed.certificates.index(leaf)]
        check_purpose(certificate)
        if len(self._authorities) >= MAX_CACHED:
            self._authorities.clear()
        self._authorities[leaf] = known = _Authority(
            self._anchors.path(certificate, certificates, at),
            accepted_key(certificate.public_key()),
            name(certificate),
            (certificate.issuer.public_bytes(), der.integer(certificate.serial_number)),
        )
        return known


def _signer_certificate(signed: SignedToken) -> bytes:
    """The certificate that SigningCertificateV2 names by its digest (RFC 5035 clause 3)."""
    try:
        value = signed.attributes[tsp.SIGNING_CERTIFICATE_V2]
        listed = der.children(der.only_child(value, der.SEQUENCE))
        first = der.children(der.children(listed[0])[0])
        algorithm = tsp.SHA256
        if first[0].tag == der.SEQUENCE:
            algorithm = tsp.algorithm_oid(first[0])
        wanted = next(part for part in first[:2] if part.tag == der.OCTET_STRING).body
    except (KeyError, IndexError, StopIteration, der.DerError):
        raise _invalid("the SigningCertificateV2 attribute is missing or broken") from None
    if algorithm not in tsp.DIGESTS:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the digest of SigningCertificateV2")
    for certificate in signed.certificates:
        if hashlib.new(tsp.DIGESTS[algorithm][0], certificate).digest() == wanted:
            return certificate
    raise _invalid("the signer's certificate is not in the token")


def _check_attributes(signed: SignedToken, authority: _Authority) -> None:
    if signed.signer != authority.signer:
        raise _invalid("the signer is another than the certificate")
    if signed.digest_algorithm not in tsp.DIGESTS:
        raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the digest of the time-stamp")
    digest = hashlib.new(tsp.DIGESTS[signed.digest_algorithm][0], signed.content).digest()
    kind = signed.attributes.get(tsp.CONTENT_TYPE)
    stated = signed.attributes.get(tsp.MESSAGE_DIGEST)
    if kind is None or kind.body != tsp.TST_INFO:
        raise _invalid("the content type attribute is missing or another")
    if stated is None or stated.body != der.tlv(der.OCTET_STRING, digest):
        raise _invalid("the message digest is another")


def _check_signature(key: PublicKey, signed: SignedToken) -> None:
    try:
        if isinstance(key, ec.EllipticCurvePublicKey):
            algorithm = ECDSA_HASHES.get(signed.algorithm)
            if algorithm is None:
                raise GatewayError(ErrorKind.ALGORITHM_REFUSED, signed.algorithm)
            key.verify(signed.signature, signed.signed_octets, ec.ECDSA(algorithm()))
            return
        algorithm = RSA_HASHES.get(signed.algorithm)
        if signed.algorithm == RSA_ENCRYPTION:
            algorithm = HASHES[signed.digest_algorithm]
        if algorithm is None:
            raise GatewayError(ErrorKind.ALGORITHM_REFUSED, signed.algorithm)
        key.verify(signed.signature, signed.signed_octets, padding.PKCS1v15(), algorithm())
    except InvalidSignature:
        raise _invalid("the signature does not verify") from None


def _load(octets: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(octets)
    except (ValueError, x509.InvalidVersion):
        raise _invalid("a certificate in the token cannot be read") from None


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, f"time-stamp: {why}")
