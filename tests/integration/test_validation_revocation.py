"""OCSP answers and lists in a file: whose word counts, about whom, and for how long."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from lxml import etree

from gateway.adapters.crypto import certificates
from gateway.adapters.crypto.keys import KeyPair
from gateway.adapters.crypto.trust import CertifiedPath
from gateway.adapters.crypto.validation_data import ValidationData
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.validation import Indication, ValidationReport
from tests import foreign_signatures as f
from tests.foreign_signatures import DAY, YEAR, Authority
from tests.long_term_world import PASSED, SIGNED, T0, World, found, undecided

HOUR = timedelta(hours=1)
THIS = SIGNED + HOUR
# Answers say that they were produced now: the builder has no other time.
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def world() -> World:
    return World.create()


def responder(
    ca: Authority, purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.OCSP_SIGNING
) -> KeyPair:
    extensions = certificates.end_entity(certificates.SIGNING, purpose)
    return ca.issue("Responder", T0, NOW + 30 * DAY, extensions)


def answer(
    world: World,
    by: KeyPair,
    *,
    about: x509.Certificate | None = None,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
    algorithm: hashes.HashAlgorithm | None = None,
    unlimited: bool = False,
) -> bytes:
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        cert=about or world.signer.certificate,
        issuer=world.ca.certificate,
        algorithm=algorithm or hashes.SHA1(),
        cert_status=status,
        this_update=THIS,
        next_update=None if unlimited else THIS + DAY,
        revocation_time=T0 + HOUR if revoked else None,
        revocation_reason=None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, by.certificate).certificates(
        [by.certificate]
    )
    assert isinstance(by.key, ec.EllipticCurvePrivateKey)
    return builder.sign(by.key, hashes.SHA256()).public_bytes(Encoding.DER)


def with_answers(world: World, *answers: bytes, crls: tuple[bytes, ...] = ()) -> etree._Element:
    root = world.t()
    chain = [each for each in world.signer.chain]
    f.append_property(root, f.values_text(chain, ()))
    lists = "".join(
        f"<xades:EncapsulatedCRLValue>{f.b64(each)}</xades:EncapsulatedCRLValue>" for each in crls
    )
    listed = "".join(
        f"<xades:EncapsulatedOCSPValue>{f.b64(each)}</xades:EncapsulatedOCSPValue>" for each in answers
    )
    f.append_property(
        root,
        f"<xades:RevocationValues><xades:CRLValues>{lists}</xades:CRLValues>"
        f"<xades:OCSPValues>{listed}</xades:OCSPValues></xades:RevocationValues>",
    )
    return root


def verdict(world: World, *answers: bytes, days: int = 3) -> ValidationReport:
    root = with_answers(world, *answers, crls=(world.root.crl(SIGNED, SIGNED + 30 * DAY),))
    return world.verdict(root, SIGNED + days * DAY)


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256()])
def test_answers(world: World, algorithm: hashes.HashAlgorithm) -> None:
    """The issuer's answer counts, and that of whom it delegated, even when the delegate has expired since."""
    for by in (world.ca.pair, responder(world.ca)):
        octets = answer(world, by, algorithm=algorithm)
        assert found(verdict(world, octets)) == PASSED
        assert found(verdict(world, octets, days=(NOW - SIGNED).days + 60)) == PASSED
        assert verdict(world, octets).signatures[0].level == "B-T"


def test_answers_of_rsa_authorities(world: World) -> None:
    """An RSA authority's answer names its key by the same digest, and counts as much."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    ca = Authority(world.root.issue("RSA CA", T0, T0 + 2 * YEAR, certificates.authority(0), key))
    changed = replace(world, ca=ca, signer=ca.signer("Signer", T0, T0 + YEAR), tsa=world.tsa)
    by = responder(ca)
    assert found(verdict(changed, answer(changed, by))) == PASSED


def test_answer_without_next_update(world: World) -> None:
    """An answer that names no next update is fresh for a day."""
    assert found(verdict(world, answer(world, world.ca.pair, unlimited=True))) == PASSED


def test_revoked(world: World) -> None:
    """An answer that says revoked is believed."""
    octets = answer(world, world.ca.pair, status=ocsp.OCSPCertStatus.REVOKED)
    assert verdict(world, octets).indication is Indication.FAILED


def changed(octets: bytes) -> bytes:
    """With another signature value."""
    value = ocsp.load_der_ocsp_response(octets).signature
    return octets.replace(value, value[:-1] + bytes((value[-1] ^ 1,)))


SILENT: dict[str, Callable[[World], bytes]] = {
    "unknown": lambda w: answer(w, w.ca.pair, status=ocsp.OCSPCertStatus.UNKNOWN),
    "about another": lambda w: answer(w, w.ca.pair, about=w.tsa.certificate),
    "not delegated": lambda w: answer(w, responder(w.ca, None)),
    "delegated by another": lambda w: answer(w, responder(w.late_ca)),
    "by the signer": lambda w: answer(w, w.signer),
    "changed": lambda w: changed(answer(w, w.ca.pair)),
    "refusal": lambda _: ocsp.OCSPResponseBuilder.build_unsuccessful(
        ocsp.OCSPResponseStatus.TRY_LATER
    ).public_bytes(Encoding.DER),
    "no answer": lambda _: b"\x30\x00",
}


@pytest.mark.parametrize("case", SILENT)
def test_answers_that_say_nothing(world: World, case: str) -> None:
    """An answer about another, by another, or changed, says nothing."""
    assert found(verdict(world, SILENT[case](world))) == undecided("TRY_LATER")


def crl(world: World, *extensions: tuple[x509.ExtensionType, bool]) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(world.ca.certificate.subject)
        .last_update(THIS)
        .next_update(THIS + DAY)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(world.ca.pair.key, hashes.SHA256()).public_bytes(Encoding.DER)


def point(**scope: bool) -> tuple[x509.ExtensionType, bool]:
    values = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return x509.IssuingDistributionPoint(**values | scope), True  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("extensions", "counts"),
    [
        ([], True),
        ([(x509.CRLNumber(1), False)], True),
        ([point(only_contains_user_certs=True)], True),
        ([point(only_contains_ca_certs=True)], False),
        ([point(indirect_crl=True)], False),
        ([point(only_contains_attribute_certs=True)], False),
        ([(x509.DeltaCRLIndicator(1), True)], False),
        ([(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)], False),
    ],
)
def test_scope_of_lists(
    world: World, extensions: list[tuple[x509.ExtensionType, bool]], counts: bool
) -> None:
    """A list for others, of changes only, or with conditions that nobody understands says nothing."""
    lists = (world.root.crl(SIGNED, SIGNED + 30 * DAY), crl(world, *extensions))
    report = world.verdict(with_answers(world, crls=lists), SIGNED + 3 * DAY)
    assert found(report) == (PASSED if counts else undecided("TRY_LATER"))


def test_list_from_after_the_end(world: World) -> None:
    """A list issued after the certificate's end no longer lists it, and so says nothing about it."""
    late = world.signer.certificate.not_valid_after_utc + DAY
    lists = (world.root.crl(late, late + 30 * DAY), world.ca.crl(late, late + 30 * DAY))
    root = with_answers(world, crls=lists)
    assert found(world.verdict(root, late + 2 * DAY)) == undecided("NO_POE")


class Source:
    """Somebody online, who knows, or does not, or says no."""

    def __init__(self, data: ValidationData, error: ErrorKind | None = None) -> None:
        self.data, self.error, self.asked = data, error, 0

    def gather(self, path: CertifiedPath, at: object) -> ValidationData:
        self.asked += 1
        if self.error:
            raise GatewayError(self.error)
        return self.data


def test_online(world: World) -> None:
    """Somebody online is asked when the file says nothing, and only then."""
    lists = (world.root.crl(SIGNED, SIGNED + 30 * DAY), world.ca.crl(SIGNED, SIGNED + 30 * DAY))
    source = Source(ValidationData(crls=lists))
    report = world.verdict(world.t(), SIGNED + DAY, revocation=source)
    assert (*found(report), report.signatures[0].level) == (*PASSED, "B-T")
    assert source.asked == 1
    assert found(world.verdict(world.lt(), SIGNED + DAY, revocation=source)) == PASSED
    assert source.asked == 1
    for error, expected in (
        (ErrorKind.CERTIFICATE_REFUSED, "REVOKED_NO_POE"),
        (ErrorKind.TEMPORARILY_UNAVAILABLE, "TRY_LATER"),
    ):
        report = world.verdict(world.t(), SIGNED + DAY, revocation=Source(ValidationData(), error))
        assert found(report) == undecided(expected)
