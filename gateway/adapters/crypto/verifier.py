"""Strict offline verification of what the gateway sealed: one file, some anchors, nothing else.

Returns the verified content, parsed anew from the octets whose digest was signed, or raises; whoever
goes on reading the file that came in has verified nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from lxml import etree

from gateway.adapters.crypto.algorithms import accepted_key
from gateway.adapters.crypto.certificates import DOCUMENT_SIGNING
from gateway.adapters.crypto.trust import Anchors, CertifiedPath, der, name
from gateway.adapters.crypto.tsa_token import Token, TokenVerifier
from gateway.adapters.crypto.xades_check import check_signature, signature_digest
from gateway.adapters.crypto.xades_read import XadesParts, read
from gateway.adapters.xml import evidence_reader
from gateway.adapters.xml.names import ERDS, qualified
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import EvidenceFacts

LIMIT = 10_000_000
# SigningTime is the signer's word; the time-stamp is what counts, so they only must not contradict.
SIGNING_BEFORE_STAMP = timedelta(days=1)
CLOCK_OFFSET = timedelta(minutes=5)
# Uses that fit a seal. An issuer's certificate under the same root is for authentication, and fails.
SEAL_PURPOSES = {
    DOCUMENT_SIGNING,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),
    ObjectIdentifier("1.2.840.113583.1.1.5"),
}


@dataclass(frozen=True, slots=True)
class VerifiedEvidence:
    """What was verified. `content` is the canonical document without signature, `root` its tree.

    `facts` are there when the document is an evidence. Times are aware and UTC.
    """

    content: bytes
    root: etree._Element
    facts: EvidenceFacts | None
    signer: x509.Certificate
    path: CertifiedPath
    signing_time: datetime
    token: Token

    @property
    def signer_subject(self) -> str:
        return name(self.signer)

    @property
    def signer_sha256(self) -> str:
        return sha256(der(self.signer)).hexdigest()

    @property
    def root_name(self) -> str:
        """Local name of the root: `Evidence`, `Certificate` or another."""
        return etree.QName(self.root).localname

    @property
    def namespace(self) -> str:
        return etree.QName(self.root).namespace or ""

    @property
    def outline(self) -> tuple[tuple[str, str], ...]:
        """Names and texts of the root's simple children, for documents of any kind."""
        leaves = (child for child in self.root if not len(child))
        return tuple((etree.QName(leaf).localname, leaf.text or "") for leaf in leaves)

    @property
    def path_subjects(self) -> tuple[str, ...]:
        """The certification path, signer first."""
        return tuple(map(name, self.path.chain))

    @property
    def stamped_at(self) -> datetime:
        return self.token.gen_time

    @property
    def stamped_by(self) -> str:
        return self.token.tsa_name


def verify(octets: bytes, anchors: Anchors, *, at: datetime | None = None) -> VerifiedEvidence:
    """Verify an evidence or any other XML that the gateway sealed (XAdES baseline T, our profile).

    Certificates are judged at the time-stamp's genTime; `at`, the verifier's own time if given, only
    refuses time-stamps from the future. Revocation is not consulted. Raises GatewayError:
    XML_MALFORMED and the parser's others, SIGNATURE_INVALID, ALGORITHM_REFUSED, CERTIFICATE_REFUSED.
    """
    try:
        return _verify(octets, anchors, at)
    except (ValueError, TypeError, LookupError, UnsupportedAlgorithm, etree.LxmlError) as error:
        # Hostile certificates make the libraries raise in ways that none of them documents.
        raise _invalid(f"something in the signature cannot be read ({type(error).__name__})") from None


def _verify(octets: bytes, anchors: Anchors, at: datetime | None) -> VerifiedEvidence:
    parts = read(parse(octets, limit=LIMIT))
    certificates = _certificates(parts)
    content = check_signature(parts, accepted_key(certificates[0].public_key()), parts.certificates[0])
    token = TokenVerifier(anchors).verify(parts.token, signature_digest(parts))
    path = anchors.path(certificates[0], certificates[1:], token.gen_time)
    _check_seal_purpose(certificates[0])
    _check_times(parts.signing_time, token, at)
    root = parse(content, limit=LIMIT)
    facts = evidence_reader.read_root(root) if root.tag == qualified(ERDS, "Evidence") else None
    if facts is not None and facts.event_time > token.gen_time + token.accuracy:
        raise _invalid("the event is later than its time-stamp")
    return VerifiedEvidence(content, root, facts, certificates[0], path, parts.signing_time, token)


def _certificates(parts: XadesParts) -> list[x509.Certificate]:
    try:
        return [x509.load_der_x509_certificate(octets) for octets in parts.certificates]
    except ValueError:
        raise _invalid("a certificate of KeyInfo cannot be read") from None


def _check_seal_purpose(certificate: x509.Certificate) -> None:
    try:
        extensions = certificate.extensions
    except (ValueError, x509.DuplicateExtension):
        raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "extensions that cannot be read") from None
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage) and not (value.digital_signature or value.content_commitment):
            raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "the certificate may not sign")
        if isinstance(value, x509.ExtendedKeyUsage) and not SEAL_PURPOSES & set(value):
            raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "the certificate is not for sealing documents")
        if isinstance(value, x509.BasicConstraints) and value.ca:
            raise GatewayError(ErrorKind.CERTIFICATE_REFUSED, "the certificate is an authority's")


def _check_times(signing: datetime, token: Token, at: datetime | None) -> None:
    stamped = token.gen_time
    if not stamped - SIGNING_BEFORE_STAMP <= signing <= stamped + CLOCK_OFFSET:
        raise _invalid("SigningTime and time-stamp contradict each other")
    if at is not None and stamped > at + CLOCK_OFFSET:
        raise _invalid("the time-stamp is from the future")


def _invalid(why: str) -> GatewayError:
    return GatewayError(ErrorKind.SIGNATURE_INVALID, why)
