"""Whether the tokens of an evidence record held: signature, path, revocation and algorithms, at given times.

The tree above the tokens is not seen here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gateway.adapters.crypto import der, ocsp, tsp
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.algorithms import accepted_key
from gateway.adapters.crypto.evidence_record_parts import RecordRefused, malformed
from gateway.adapters.crypto.revocation_proof import Proof, Unusable
from gateway.adapters.crypto.trust import Anchors, CertifiedPath
from gateway.adapters.crypto.tsa_read import SignedToken, read_info, read_signed
from gateway.adapters.crypto.tsa_token import ECDSA_HASHES, RSA_HASHES, TokenVerifier
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import SubIndication

# What cryptography raises for certificates and lists that are none.
UNREADABLE = (ValueError, TypeError, x509.InvalidVersion, x509.DuplicateExtension, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class CheckedToken:
    """A token whose signature holds, and whose path held at genTime. `signer` is the TSA's certificate."""

    gen_time: datetime
    authority: str
    signed: SignedToken
    signer: x509.Certificate
    path: CertifiedPath


class TokenJudge:
    """Checks tokens against anchors and an algorithm policy."""

    def __init__(self, anchors: Anchors, algorithms: AlgorithmPolicy) -> None:
        self.algorithms = algorithms
        self._anchors = anchors
        self._verifier = TokenVerifier(anchors)

    def check(self, token: bytes, digest: bytes) -> CheckedToken:
        """The token is over `digest` and held when it was made; raises RecordRefused."""
        try:
            signed = read_signed(token)
            if read_info(signed.content).digest != digest:
                raise RecordRefused(
                    ErrorKind.SIGNATURE_INVALID,
                    SubIndication.HASH_FAILURE,
                    "the hash tree leads to another root than the time-stamped one",
                )
            verified = self._verifier.verify(token, digest)
            signer = signer_of(signed)
            path = self._path(signed, signer, verified.gen_time)
        except RecordRefused:
            raise
        except UNREADABLE:
            raise malformed("a token that cannot be read") from None
        except GatewayError as error:
            raise RecordRefused(error.kind, _SUBS.get(error.kind, _CRYPTO), error.detail) from None
        return CheckedToken(verified.gen_time, verified.tsa_name, signed, signer, path)

    def held(self, token: CheckedToken, evidence: ValidationData, until: datetime) -> None:
        """The token could still be believed at `until`; raises RecordRefused.

        Lists and OCSP responses among `evidence` are consulted for the path's certificates; where there are
        none, revocation is not known and does not count.
        """
        if not token.path.covers(until):
            try:
                # A cross-certified authority may still have another path.
                self._path(token.signed, token.signer, until)
            except GatewayError:
                raise RecordRefused(
                    ErrorKind.CERTIFICATE_REFUSED,
                    SubIndication.OUT_OF_BOUNDS_NO_POE,
                    "a time-stamp's certificates ended before it was renewed",
                ) from None
        scheme, bits, digest = strength(token.signed, token.signer)
        end = self.algorithms.until(scheme, bits, digest)
        if end is None or end <= until:
            raise RecordRefused(
                ErrorKind.ALGORITHM_REFUSED,
                SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
                f"a time-stamp by {scheme} of {bits} bits with {digest} was not renewed while that was good",
            )
        for member, revoked_at in _revoked(token.path, evidence, until):
            if revoked_at <= until:
                raise RecordRefused(
                    ErrorKind.CERTIFICATE_REFUSED, SubIndication.REVOKED_NO_POE, f"revoked: {member}"
                )

    def _path(self, signed: SignedToken, signer: x509.Certificate, at: datetime) -> CertifiedPath:
        others = [x509.load_der_x509_certificate(octets) for octets in signed.certificates]
        return self._anchors.path(signer, others, at)


_CRYPTO = SubIndication.SIG_CRYPTO_FAILURE
_SUBS = {
    ErrorKind.CERTIFICATE_REFUSED: SubIndication.NO_CERTIFICATE_CHAIN_FOUND,
    ErrorKind.ALGORITHM_REFUSED: SubIndication.CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
}


def signer_of(signed: SignedToken) -> x509.Certificate:
    """The certificate that the token says it was signed with; raises DerError when it is not in it."""
    for octets in signed.certificates:
        try:
            certificate = x509.load_der_x509_certificate(octets)
        except UNREADABLE:
            continue
        names = (certificate.issuer.public_bytes(), der.integer(certificate.serial_number))
        if names == signed.signer:
            return certificate
    raise der.DerError("the signer's certificate is not in the token")


def strength(signed: SignedToken, signer: x509.Certificate) -> tuple[str, int, str]:
    """Scheme, key size in bits and digest of a token's signature, in the words of the algorithm policy."""
    key = accepted_key(signer.public_key())
    hashes = ECDSA_HASHES if isinstance(key, ec.EllipticCurvePublicKey) else RSA_HASHES
    found = hashes.get(signed.algorithm)
    digest = str(found.name) if found else tsp.DIGESTS[signed.digest_algorithm][0]
    return ("rsa" if isinstance(key, rsa.RSAPublicKey) else "ecdsa"), key.key_size, digest


def _revoked(
    path: CertifiedPath, evidence: ValidationData, until: datetime
) -> Iterator[tuple[str, datetime]]:
    """Members below the anchor that a list or response of their issuer says to be revoked; with the time."""
    for member, issuer in zip(path.chain, path.chain[1:], strict=False):
        subject = member.subject.rfc4514_string()
        for revoked_at in _by_lists(member, issuer, evidence):
            yield subject, revoked_at
        for revoked_at in _by_responses(member, issuer, evidence, until):
            yield subject, revoked_at


def _by_lists(
    member: x509.Certificate, issuer: x509.Certificate, evidence: ValidationData
) -> Iterator[datetime]:
    for octets in evidence.crls:
        try:
            revoked_at = _in_list(octets, member, issuer)
        except UNREADABLE:
            raise malformed("a revocation list that cannot be read") from None
        if revoked_at is not None:
            yield revoked_at


def _in_list(octets: bytes, member: x509.Certificate, issuer: x509.Certificate) -> datetime | None:
    """Cryptography reads a list as it goes: any of these steps may find it broken."""
    crl = x509.load_der_x509_crl(octets)
    if crl.issuer != issuer.subject or not crl.is_signature_valid(accepted_key(issuer.public_key())):
        return None
    entry = crl.get_revoked_certificate_by_serial_number(member.serial_number)
    return None if entry is None else entry.revocation_date_utc


def _by_responses(
    member: x509.Certificate, issuer: x509.Certificate, evidence: ValidationData, until: datetime
) -> Iterator[datetime]:
    """Responses about other certificates, or by nobody who may answer, say nothing."""
    for octets in evidence.ocsps:
        try:
            proof = ocsp.read(octets, member, issuer, until, lambda *_: Proof(ValidationData(), until, until))
        except Unusable:
            continue
        if proof.revoked_at is not None:
            yield proof.revoked_at
