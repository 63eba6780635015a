"""Issuers' certificates: path, validity at the time, purpose and revocation."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.crypto import certificates
from gateway.adapters.crypto.issuer_trust import IssuerTrust
from gateway.adapters.crypto.trust import Anchors
from gateway.domain.errors import ErrorKind, GatewayError

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
SPAN = (NOW - YEAR, NOW + YEAR)
SIGNING = certificates.end_entity(certificates.SIGNING, certificates.CLIENT)


class Authority:
    """A root, an intermediate, and whatever the test has them issue."""

    def __init__(self) -> None:
        self.root_key = ec.generate_private_key(ec.SECP256R1())
        self.key = ec.generate_private_key(ec.SECP256R1())
        root, middle = certificates.subject("root"), certificates.subject("middle")
        self.root = certificates.build(
            root, self.root_key.public_key(), root, self.root_key, SPAN, certificates.authority(1)
        )
        self.middle = certificates.build(
            middle, self.key.public_key(), root, self.root_key, SPAN, certificates.authority(0)
        )

    def issue(
        self,
        extensions: list[certificates.Extension] = SIGNING,
        span: certificates.Span = (NOW - YEAR / 2, NOW + YEAR / 2),
    ) -> x509.Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        return certificates.build(
            certificates.subject("leaf"), key.public_key(), self.middle.subject, self.key, span, extensions
        )

    def crl(
        self,
        *revoked: x509.Certificate,
        at: datetime = NOW,
        key: ec.EllipticCurvePrivateKey | None = None,
        days: int = 1,
    ) -> x509.CertificateRevocationList:
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.middle.subject)
            .last_update(NOW - timedelta(days=1))
            .next_update(NOW + timedelta(days=days))
        )
        for each in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(each.serial_number).revocation_date(at).build()
            )
        return builder.sign(key or self.key, hashes.SHA256())

    def trust(self, *crls: x509.CertificateRevocationList, required: bool = False) -> IssuerTrust:
        return IssuerTrust(Anchors([self.root]), [self.middle], crls, revocation_required=required)


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def refusal(trust: IssuerTrust, certificate: x509.Certificate, at: datetime = NOW) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        trust.check(certificate, at)
    return caught.value


def test_accepts_a_good_certificate(authority: Authority) -> None:
    """A valid path with a current list that does not name the certificate is accepted, twice as once."""
    trust, leaf = authority.trust(authority.crl(authority.issue())), authority.issue()
    trust.check(leaf, NOW)
    trust.check(leaf, NOW + timedelta(seconds=1))


@pytest.mark.parametrize("at", [NOW - YEAR * 0.6, NOW + YEAR * 0.6])
def test_refuses_outside_validity(authority: Authority, at: datetime) -> None:
    """Expired and not yet valid certificates are refused, also when they were good a moment before."""
    trust, leaf = authority.trust(), authority.issue()
    trust.check(leaf, NOW)
    assert refusal(trust, leaf, at).kind is ErrorKind.CERTIFICATE_REFUSED


def test_a_remembered_answer_ends_with_the_certificate(authority: Authority) -> None:
    """The memory of a good answer never outlives the certificate."""
    leaf = authority.issue(span=(NOW - YEAR / 2, NOW + timedelta(seconds=10)))
    trust = authority.trust()
    trust.check(leaf, NOW)
    assert refusal(trust, leaf, NOW + timedelta(seconds=11)).kind is ErrorKind.CERTIFICATE_REFUSED


def test_refuses_strangers(authority: Authority) -> None:
    """A certificate of another authority with the same names is refused."""
    assert refusal(authority.trust(), Authority().issue()).kind is ErrorKind.CERTIFICATE_REFUSED


@pytest.mark.parametrize(
    "extensions",
    [
        [],
        certificates.end_entity(x509.KeyUsage(*[False, True, *[False] * 7]), None),
    ],
)
def test_refuses_other_purposes(authority: Authority, extensions: list[certificates.Extension]) -> None:
    """Only a certificate whose key usage says digitalSignature signs requests."""
    error = refusal(authority.trust(), authority.issue(extensions))
    assert error.detail.endswith("its key usage is not digitalSignature")


def test_revocation_counts_from_its_date(authority: Authority) -> None:
    """A revoked certificate is refused from the revocation on."""
    leaf = authority.issue()
    trust = authority.trust(authority.crl(leaf, at=NOW - timedelta(hours=1)))
    assert refusal(trust, leaf).detail.endswith("it is revoked")
    later = authority.trust(authority.crl(leaf, at=NOW + timedelta(hours=1)))
    later.check(leaf, NOW)


def test_a_stale_list_refuses(authority: Authority) -> None:
    """When the authority's list is out of date, nothing is assumed."""
    trust, leaf = authority.trust(authority.crl(days=1)), authority.issue()
    assert refusal(trust, leaf, NOW + timedelta(days=2)).detail.endswith("no current revocation list")


def test_a_forged_list_counts_for_nothing(authority: Authority) -> None:
    """A list with the authority's name and another key neither revokes nor replaces the real one."""
    leaf = authority.issue()
    forged = authority.crl(leaf, at=NOW - timedelta(hours=1), key=ec.generate_private_key(ec.SECP256R1()))
    authority.trust(forged).check(leaf, NOW)
    required = authority.trust(forged, required=True)
    assert refusal(required, leaf).detail.endswith("no current revocation list")


def test_required_revocation_needs_every_list(authority: Authority) -> None:
    """When revocation is required, an authority without a list refuses all its certificates."""
    trust = authority.trust(authority.crl(), required=True)
    error = refusal(trust, authority.issue())
    assert error.detail == f"{authority.middle.subject.rfc4514_string()}: no current revocation list"
