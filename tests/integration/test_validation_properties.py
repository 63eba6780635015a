"""Signed properties: what must be there, what is passed over."""

from base64 import b64encode
from hashlib import sha1, sha256

import pytest
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from lxml import etree

from gateway.adapters.crypto.trust import der
from gateway.domain.validation import Indication, ValidationReport
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, DS, SHA256
from tests.long_term_world import SIGNED, World, failed, found, undecided

PASSED = (Indication.PASSED, None)
POLICY = "urn:oid:1.2.3"


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def verdict(world: World, root: etree._Element, at: int = 1, **changes: object) -> ValidationReport:
    return world.verdict(root, SIGNED + at * DAY, revocation_required=False, **changes)


def digest(octets: bytes, method: str = SHA256) -> str:
    value = sha1(octets, usedforsecurity=False) if "sha1" in method else sha256(octets)
    return (
        f'<xades:CertDigest><ds:DigestMethod xmlns:ds="{DS}" Algorithm="{method}"></ds:DigestMethod>'
        f'<ds:DigestValue xmlns:ds="{DS}">{b64encode(value.digest()).decode()}</ds:DigestValue>'
        "</xades:CertDigest>"
    )


def v1(content: str) -> str:
    return f"<xades:SigningCertificate><xades:Cert>{content}</xades:Cert></xades:SigningCertificate>"


def v2(content: str) -> str:
    return f"<xades:SigningCertificateV2><xades:Cert>{content}</xades:Cert></xades:SigningCertificateV2>"


def serial(number: int) -> str:
    return (
        f'<xades:IssuerSerial><ds:X509IssuerName xmlns:ds="{DS}">CN=Whoever</ds:X509IssuerName>'
        f'<ds:X509SerialNumber xmlns:ds="{DS}">{number}</ds:X509SerialNumber></xades:IssuerSerial>'
    )


def serial_v2(world: World, number: int) -> str:
    issuer = asn1.Name.load(world.ca.certificate.subject.public_bytes())
    names = asn1.GeneralNames([asn1.GeneralName(name="directory_name", value=issuer)])
    octets = tsp.IssuerSerial({"issuer": names, "serial_number": number}).dump()
    return f"<xades:IssuerSerialV2>{b64encode(octets).decode()}</xades:IssuerSerialV2>"


NOT_FOUND = undecided("NO_SIGNING_CERTIFICATE_FOUND")
CASES = {
    "first version": (lambda n: v1(digest(n.me) + serial(n.serial)), PASSED),
    "both versions": (lambda n: v1(digest(n.me) + serial(n.serial)) + v2(digest(n.me)), PASSED),
    "with serial": (lambda n: v2(digest(n.me) + serial_v2(n.world, n.serial)), PASSED),
    "with its chain": (
        lambda n: v2(digest(n.me)).replace(
            "</xades:SigningCertificateV2>",
            f"<xades:Cert>{digest(n.ca)}</xades:Cert></xades:SigningCertificateV2>",
        ),
        PASSED,
    ),
    "none": (lambda _: "", undecided("SIG_CONSTRAINTS_FAILURE")),
    "empty": (lambda _: "<xades:SigningCertificateV2/>", failed("FORMAT_FAILURE")),
    "no digest": (lambda _: v2(""), failed("FORMAT_FAILURE")),
    "unknown": (lambda _: v2(digest(b"x")), NOT_FOUND),
    "two of them": (
        lambda n: v1(digest(n.ca)) + v2(digest(n.me)),
        NOT_FOUND,
    ),
    "another's": (lambda n: v2(digest(n.ca)), failed("SIG_CRYPTO_FAILURE")),
    "another serial": (
        lambda n: v1(digest(n.me) + serial(7)),
        NOT_FOUND,
    ),
    "another serial, new": (
        lambda n: v2(digest(n.me) + serial_v2(n.world, 7)),
        NOT_FOUND,
    ),
    "broken serial": (
        lambda n: v2(digest(n.me) + "<xades:IssuerSerialV2>AAAA</xades:IssuerSerialV2>"),
        failed("FORMAT_FAILURE"),
    ),
    "sha-1": (lambda n: v2(digest(n.me, f"{DS}sha1")), undecided("CRYPTO_CONSTRAINTS_FAILURE_NO_POE")),
    "md5": (lambda n: v2(digest(n.me, "urn:md5")), undecided("CRYPTO_CONSTRAINTS_FAILURE")),
}


class Named:
    """What a certificate may be named by."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.me, self.ca = der(world.signer.certificate), der(world.ca.certificate)
        self.serial = world.signer.certificate.serial_number


@pytest.mark.parametrize("case", CASES)
def test_signing_certificate(world: World, case: str) -> None:
    """The signed property names the certificate by digest, in either version; it must be there and fit."""
    make, expected = CASES[case]
    text = make(Named(world))
    assert found(verdict(world, world.b(certificate_property=text))) == expected


def test_other_certificates_in_key_info(world: World) -> None:
    """KeyInfo's order does not matter; a certificate that is only in CertificateValues is found too."""
    chain = "".join(
        f"<ds:X509Certificate>{f.b64(der(each))}</ds:X509Certificate>"
        for each in reversed(world.signer.chain)
    )
    backwards = f"<ds:KeyInfo><ds:X509Data>{chain}</ds:X509Data></ds:KeyInfo>"
    assert found(verdict(world, world.b(key_info=backwards))) == PASSED
    bare = world.b(key_info="")
    assert found(verdict(world, bare)) == undecided("NO_SIGNING_CERTIFICATE_FOUND")
    f.append_property(bare, f.values_text(world.signer.chain, ()))
    assert found(verdict(world, bare)) == PASSED
    junk = world.b(
        key_info=backwards.replace(
            "<ds:X509Data>", "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>"
        )
    )
    assert found(verdict(world, junk)) == PASSED


@pytest.mark.parametrize(
    ("claimed", "expected"),
    [
        ("", PASSED),
        ("2026-01-02T00:00:00", PASSED),
        ("2026-01-01T23:00:00+01:00", PASSED),
        ("2030-01-01T00:00:00Z", undecided("SIG_CONSTRAINTS_FAILURE")),
        ("yesterday", failed("FORMAT_FAILURE")),
    ],
)
def test_claimed_time(world: World, claimed: str, expected: object) -> None:
    """SigningTime may be missing; it may not be later than the proof."""
    assert found(verdict(world, world.b(claimed=claimed))) == expected


def test_unknown_properties(world: World) -> None:
    """Properties that nobody here knows, signed or not, are passed over."""
    root = world.b(signed='<x:Odd xmlns:x="urn:x">1</x:Odd>')
    f.append_property(root, '<x:Odd xmlns:x="urn:x">2</x:Odd>')
    assert found(verdict(world, root)) == PASSED


def policy(content: str) -> str:
    return f"<xades:SignaturePolicyIdentifier>{content}</xades:SignaturePolicyIdentifier>"


def named_policy(identifier: str, document: bytes = b"the policy") -> str:
    value = b64encode(sha256(document).digest()).decode()
    return policy(
        f"<xades:SignaturePolicyId><xades:SigPolicyId><xades:Identifier>{identifier}</xades:Identifier>"
        f'</xades:SigPolicyId><xades:SigPolicyHash><ds:DigestMethod xmlns:ds="{DS}" Algorithm="{SHA256}">'
        f'</ds:DigestMethod><ds:DigestValue xmlns:ds="{DS}">{value}</ds:DigestValue>'
        "</xades:SigPolicyHash></xades:SignaturePolicyId>"
    )


IMPLIED = policy("<xades:SignaturePolicyImplied></xades:SignaturePolicyImplied>")


@pytest.mark.parametrize(
    ("signed", "changes", "expected"),
    [
        ("", {}, PASSED),
        (IMPLIED, {}, PASSED),
        (named_policy(POLICY), {}, PASSED),
        ("", {"policy_required": POLICY}, undecided("SIG_CONSTRAINTS_FAILURE")),
        (IMPLIED, {"policy_required": POLICY}, undecided("SIG_CONSTRAINTS_FAILURE")),
        (named_policy("urn:oid:9"), {"policy_required": POLICY}, undecided("SIG_CONSTRAINTS_FAILURE")),
        (named_policy(POLICY), {"policy_required": POLICY}, PASSED),
        (named_policy(POLICY), {"policies": {POLICY: b"the policy"}}, PASSED),
        (named_policy(POLICY), {"policies": {POLICY: b"other"}}, undecided("POLICY_PROCESSING_ERROR")),
    ],
)
def test_signature_policy(world: World, signed: str, changes: dict[str, object], expected: object) -> None:
    """A missing policy fails where one is demanded, and a document with another digest always."""
    assert found(verdict(world, world.b(signed=signed), **changes)) == expected
