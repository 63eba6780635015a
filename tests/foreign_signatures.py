"""XAdES signatures written by hand, of every shape that tests need, with a PKI whose dates can be chosen.

Independent of the gateway's own sealer and verifier: text already in canonical form, digested as it stands.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from gateway.adapters.crypto import certificates, tsa
from gateway.adapters.crypto.algorithms import PrivateKey
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import der
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from tests.seal_samples import SetClock

DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
XADES_141 = "http://uri.etsi.org/01903/v1.4.1#"
EXC = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{DS}enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"
DAY, YEAR = timedelta(days=1), timedelta(days=365)
POLICY_OID = "1.2.3.4"


def b64(octets: bytes) -> str:
    return b64encode(octets).decode()


def c14n(element: etree._Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


@dataclass
class Authority:
    """A certification authority; everything that it issues lives as long as the caller says."""

    pair: KeyPair

    @classmethod
    def root(cls, name: str, start: datetime, end: datetime) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        subject = certificates.subject(name)
        made = certificates.build(
            subject, key.public_key(), subject, key, (start, end), certificates.authority(3)
        )
        return cls(KeyPair(key, (made,)))

    @property
    def certificate(self) -> x509.Certificate:
        return self.pair.certificate

    def below(self, name: str, start: datetime, end: datetime) -> "Authority":
        return Authority(self.issue(name, start, end, certificates.authority(0)))

    def issue(
        self,
        name: str,
        start: datetime,
        end: datetime,
        extensions: Sequence[certificates.Extension],
        key: PrivateKey | None = None,
    ) -> KeyPair:
        key = key or ec.generate_private_key(ec.SECP256R1())
        issuer = self.certificate.subject
        subject = certificates.subject(name)
        made = certificates.build(subject, key.public_key(), issuer, self.pair.key, (start, end), extensions)
        return KeyPair(key, (made, *self.pair.chain))

    def signer(
        self, name: str, start: datetime, end: datetime, purpose: x509.ObjectIdentifier | None = None
    ) -> KeyPair:
        extensions = certificates.end_entity(certificates.SIGNING, purpose)
        return self.issue(name, start, end, extensions)

    def stamper(self, name: str, start: datetime, end: datetime) -> KeyPair:
        return self.signer(name, start, end, certificates.TIME_STAMPING)

    def crl(self, this: datetime, following: datetime, revoked: dict[int, datetime] | None = None) -> bytes:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(this)
            .next_update(following)
        )
        for serial, moment in (revoked or {}).items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.pair.key, hashes.SHA256()).public_bytes(Encoding.DER)


def token(pair: KeyPair, data: bytes, at: datetime) -> bytes:
    """A token by that authority over `data`, at that time."""
    authority = TimestampAuthority(pair, POLICY_OID, SetClock(at))
    return tsa.granted(authority.respond(tsa.request(sha256(data).digest(), 7, None)))


@dataclass(frozen=True)
class Ref:
    """A reference, and the octets that it digests."""

    uri: str
    octets: bytes
    transforms: Sequence[str] = (EXC,)
    type: str = ""
    id: str = ""
    method: str = SHA256
    digest: Callable[[bytes], bytes] = lambda octets: sha256(octets).digest()

    def text(self) -> str:
        attributes = "".join(
            f' {name}="{value}"'
            for name, value in (("Id", self.id), ("Type", self.type), ("URI", self.uri))
            if value or name == "URI"
        )
        listed = "".join(f'<ds:Transform Algorithm="{each}"></ds:Transform>' for each in self.transforms)
        transforms = f"<ds:Transforms>{listed}</ds:Transforms>" if listed else ""
        value = b64(self.digest(self.octets))
        return (
            f"<ds:Reference{attributes}>{transforms}"
            f'<ds:DigestMethod Algorithm="{self.method}"></ds:DigestMethod>'
            f"<ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
        )


@dataclass
class Draft:
    """What goes into a signature; each field may be bent by a test."""

    pair: KeyPair
    refs: Sequence[Ref]
    id: str = "sig"
    claimed: str = "2026-01-02T00:00:00Z"
    signed: str = ""
    signed_data: str = ""
    objects: str = ""
    certificate_property: str | None = None
    key_info: str | None = None
    unsigned: list[str] = field(default_factory=list)

    def signing_certificate(self) -> str:
        if self.certificate_property is not None:
            return self.certificate_property
        digest = b64(sha256(der(self.pair.certificate)).digest())
        return (
            "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
            f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{SHA256}"></ds:DigestMethod>'
            f'<ds:DigestValue xmlns:ds="{DS}">{digest}</ds:DigestValue>'
            "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
        )

    def properties(self) -> str:
        time = f"<xades:SigningTime>{self.claimed}</xades:SigningTime>" if self.claimed else ""
        data = self.signed_data
        if data:
            data = f"<xades:SignedDataObjectProperties>{data}</xades:SignedDataObjectProperties>"
        return (
            f'<xades:SignedProperties xmlns:xades="{XADES}" Id="{self.id}-properties">'
            f"<xades:SignedSignatureProperties>{time}{self.signing_certificate()}{self.signed}"
            f"</xades:SignedSignatureProperties>{data}</xades:SignedProperties>"
        )

    def xml(self) -> etree._Element:
        """The ds:Signature element."""
        properties = self.properties()
        canonical = c14n(etree.fromstring(properties))
        listed = [*self.refs, Ref(f"#{self.id}-properties", canonical, type=PROPERTIES_TYPE)]
        info = (
            f'<ds:SignedInfo xmlns:ds="{DS}">'
            f'<ds:CanonicalizationMethod Algorithm="{EXC}"></ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{_method(self.pair.key)}"></ds:SignatureMethod>'
            f"{''.join(each.text() for each in listed)}</ds:SignedInfo>"
        )
        value = b64(_sign(self.pair.key, info.encode()))
        chain = "".join(
            f"<ds:X509Certificate>{b64(der(each))}</ds:X509Certificate>" for each in self.pair.chain
        )
        key_info = self.key_info
        if key_info is None:
            key_info = f"<ds:KeyInfo><ds:X509Data>{chain}</ds:X509Data></ds:KeyInfo>"
        unsigned = "".join(self.unsigned)
        if unsigned:
            unsigned = (
                "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>"
                f"{unsigned}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>"
            )
        return etree.fromstring(
            f'<ds:Signature xmlns:ds="{DS}" Id="{self.id}">{info}'
            f'<ds:SignatureValue Id="{self.id}-value">{value}</ds:SignatureValue>{key_info}{self.objects}'
            f'<ds:Object><xades:QualifyingProperties xmlns:xades="{XADES}" xmlns:x4="{XADES_141}" '
            f'Target="#{self.id}">{properties}{unsigned}'
            "</xades:QualifyingProperties></ds:Object></ds:Signature>"
        )


def enveloped(document: bytes, pair: KeyPair, **changes: object) -> etree._Element:
    """The document with a signature over all of it as its last child."""
    root = etree.fromstring(document)
    draft = Draft(pair, [Ref("", c14n(root), (ENVELOPED, EXC), id="doc")])
    for name, value in changes.items():
        setattr(draft, name, value)
    root.append(draft.xml())
    return root


def octets(root: etree._Element) -> bytes:
    return etree.tostring(root)


def child(root: etree._Element, name: str, namespace: str = DS) -> etree._Element:
    """The first such element anywhere below."""
    return next(root.iter(f"{{{namespace}}}{name}"))


def append_property(root: etree._Element, text: str) -> etree._Element:
    """Append an unsigned property, and give it."""
    qualifying = child(root, "QualifyingProperties", XADES)
    found = qualifying.find(f"{{{XADES}}}UnsignedProperties/{{{XADES}}}UnsignedSignatureProperties")
    if found is None:
        unsigned = etree.SubElement(qualifying, f"{{{XADES}}}UnsignedProperties")
        found = etree.SubElement(unsigned, f"{{{XADES}}}UnsignedSignatureProperties")
    wrapped = etree.fromstring(f'<w xmlns:xades="{XADES}" xmlns:x4="{XADES_141}" xmlns:ds="{DS}">{text}</w>')
    found.append(wrapped[0])
    etree.cleanup_namespaces(found[-1])
    return found[-1]


def stamp_text(tag: str, octets: bytes) -> str:
    return (
        f'<{tag}><ds:CanonicalizationMethod Algorithm="{EXC}"/>'
        f"<xades:EncapsulatedTimeStamp>{b64(octets)}</xades:EncapsulatedTimeStamp></{tag}>"
    )


def add_signature_stamp(root: etree._Element, pair: KeyPair, at: datetime) -> bytes:
    """Add a SignatureTimeStamp of that time; gives the token."""
    made = token(pair, c14n(child(root, "SignatureValue")), at)
    append_property(root, stamp_text("xades:SignatureTimeStamp", made))
    return made


def values_text(chain: Sequence[x509.Certificate], crls: Sequence[bytes], tag: str = "") -> str:
    """CertificateValues and RevocationValues, inside `tag` when given."""
    listed = "".join(
        f"<xades:EncapsulatedX509Certificate>{b64(der(each))}</xades:EncapsulatedX509Certificate>"
        for each in chain
    )
    lists = "".join(f"<xades:EncapsulatedCRLValue>{b64(each)}</xades:EncapsulatedCRLValue>" for each in crls)
    text = f"<xades:CertificateValues>{listed}</xades:CertificateValues>"
    if crls:
        text += f"<xades:RevocationValues><xades:CRLValues>{lists}</xades:CRLValues></xades:RevocationValues>"
    return f"<{tag}>{text}</{tag}>" if tag else text


def add_values(root: etree._Element, chain: Sequence[x509.Certificate], crls: Sequence[bytes]) -> None:
    append_property(root, values_text(chain, ()))
    lists = "".join(f"<xades:EncapsulatedCRLValue>{b64(each)}</xades:EncapsulatedCRLValue>" for each in crls)
    append_property(
        root, f"<xades:RevocationValues><xades:CRLValues>{lists}</xades:CRLValues></xades:RevocationValues>"
    )


def archive_imprint(root: etree._Element, signed: Sequence[bytes]) -> bytes:
    """What an ArchiveTimeStamp appended now is over; `signed` are the digested octets, in order."""
    signature = child(root, "Signature")
    parts = [child(signature, name) for name in ("SignedInfo", "SignatureValue", "KeyInfo")]
    parts += list(child(signature, "UnsignedSignatureProperties", XADES))
    others = [
        each
        for each in signature.findall(f"{{{DS}}}Object")
        if each.find(f"{{{XADES}}}QualifyingProperties") is None
    ]
    return b"".join([*signed, *map(c14n, [*parts, *others])])


def add_archive_stamp(root: etree._Element, pair: KeyPair, at: datetime, signed: Sequence[bytes]) -> bytes:
    """Add an ArchiveTimeStamp over a signature of `enveloped`; gives the token."""
    properties = c14n(child(root, "SignedProperties", XADES))
    made = token(pair, archive_imprint(root, [*signed, properties]), at)
    append_property(root, stamp_text("x4:ArchiveTimeStamp", made))
    return made


def _method(key: PrivateKey) -> str:
    kind = "ecdsa" if isinstance(key, ec.EllipticCurvePrivateKey) else "rsa"
    return f"http://www.w3.org/2001/04/xmldsig-more#{kind}-sha256"


def _sign(key: PrivateKey, data: bytes) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    r, s = utils.decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
    size = (key.curve.key_size + 7) // 8
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def c14n_text(text: str) -> str:
    """The canonical form of a fragment in the namespace of XML Signature, without declaring that again."""
    wrapper = etree.fromstring(f'<w xmlns:ds="{DS}">{text}</w>')
    return c14n(wrapper[0]).decode().replace(f' xmlns:ds="{DS}"', "", 1)
