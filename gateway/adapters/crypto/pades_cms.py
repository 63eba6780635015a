"""The CMS of a PAdES signature (EN 319 142-1 clause 6.3), put together in DER around what changes.

Everything that is the same in each signature of a key is encoded once. Nothing is signed or written into
a PDF here.
"""

import hashlib

from gateway.adapters.crypto import der, tsp
from gateway.adapters.crypto.signer import SignatureAlgorithm, Signer
from gateway.adapters.crypto.trust import der as certificate_der

DATA = der.oid("1.2.840.113549.1.7.1")
SIGNATURE_TIME_STAMP = der.oid("1.2.840.113549.1.9.16.2.14")
DIGESTS = {"sha256": tsp.SHA256, "sha384": "2.16.840.1.101.3.4.2.2"}
# RSASSA-PSS-params (RFC 4055 clause 3.1): SHA-256, MGF1 over it, and a salt of the digest's size.
PSS = der.tlv(
    der.SEQUENCE,
    der.tlv(der.context(0), der.tlv(der.SEQUENCE, der.oid(tsp.SHA256), tsp.NULL)),
    der.tlv(
        der.context(1),
        der.tlv(
            der.SEQUENCE,
            der.oid("1.2.840.113549.1.1.8"),
            der.tlv(der.SEQUENCE, der.oid(tsp.SHA256), tsp.NULL),
        ),
    ),
    der.tlv(der.context(2), der.integer(32)),
)
SIGNATURES = {
    SignatureAlgorithm.RSA_SHA256: der.tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.11"), tsp.NULL),
    SignatureAlgorithm.RSA_PSS_SHA256: der.tlv(der.SEQUENCE, der.oid("1.2.840.113549.1.1.10"), PSS),
    SignatureAlgorithm.ECDSA_SHA256: der.tlv(der.SEQUENCE, der.oid("1.2.840.10045.4.3.2")),
    SignatureAlgorithm.ECDSA_SHA384: der.tlv(der.SEQUENCE, der.oid("1.2.840.10045.4.3.3")),
}
# More than any accepted key's signature takes (RSA-8192), with its header.
SIGNATURE_ROOM = 1032


class CmsMould:
    """Detached CMS signatures by one signer: its certificates, and what names the signing one."""

    def __init__(self, signer: Signer) -> None:
        leaf = signer.chain[0]
        self.digest = signer.algorithm.digest
        self._content_type = attribute(tsp.CONTENT_TYPE, DATA)
        self._signing_certificate = attribute(
            tsp.SIGNING_CERTIFICATE_V2, _ess_certificate(certificate_der(leaf))
        )
        self._certificates = der.tlv(der.context(0), *sorted(map(certificate_der, signer.chain)))
        self._signer = der.tlv(der.SEQUENCE, leaf.issuer.public_bytes(), der.integer(leaf.serial_number))
        self._digest_algorithm = der.tlv(der.SEQUENCE, der.oid(DIGESTS[self.digest]))
        self._signature_algorithm = SIGNATURES[signer.algorithm]
        empty = self.assemble(self.attributes(hashlib.new(self.digest).digest()), b"", b"")
        self.size = len(empty) + SIGNATURE_ROOM

    def attributes(self, document_digest: bytes) -> bytes:
        """The signed attributes as they are signed: a DER SET OF.

        There is no signing-time among them: in PAdES the signature dictionary's /M is the place for it.
        """
        digest = attribute(tsp.MESSAGE_DIGEST, der.tlv(der.OCTET_STRING, document_digest))
        # DER sorts a SET OF by its members' encodings.
        return der.tlv(der.SET, *sorted((self._content_type, digest, self._signing_certificate)))

    def assemble(self, attributes: bytes, signature: bytes, token: bytes) -> bytes:
        """The ContentInfo; `token`, a TimeStampToken over the signature's octets, stands unsigned."""
        signer_info = der.tlv(
            der.SEQUENCE,
            der.integer(1),
            self._signer,
            self._digest_algorithm,
            # Implicitly tagged: the same length and content under another tag.
            bytes((der.context(0),)) + attributes[1:],
            self._signature_algorithm,
            der.tlv(der.OCTET_STRING, signature),
            der.tlv(der.context(1), attribute(SIGNATURE_TIME_STAMP, token)),
        )
        signed_data = der.tlv(
            der.SEQUENCE,
            der.integer(1),
            der.tlv(der.SET, self._digest_algorithm),
            der.tlv(der.SEQUENCE, DATA),
            self._certificates,
            der.tlv(der.SET, signer_info),
        )
        return der.tlv(der.SEQUENCE, tsp.SIGNED_DATA, der.tlv(der.context(0), signed_data))


def attribute(kind: bytes, value: bytes) -> bytes:
    """A CMS Attribute with one value."""
    return der.tlv(der.SEQUENCE, kind, der.tlv(der.SET, value))


def _ess_certificate(leaf: bytes) -> bytes:
    """SigningCertificateV2 (RFC 5035); SHA-256 is its default and so left out."""
    identifier = der.tlv(der.SEQUENCE, der.tlv(der.OCTET_STRING, hashlib.sha256(leaf).digest()))
    return der.tlv(der.SEQUENCE, der.tlv(der.SEQUENCE, identifier))
