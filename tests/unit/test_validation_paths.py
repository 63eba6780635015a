"""Certification paths of foreign certificates: what links, what does not, and what it may cost."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from gateway.adapters.crypto import certificates
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.validation import paths as module
from gateway.adapters.validation.certificates import Certificate, Certificates
from gateway.adapters.validation.memory import Memory
from gateway.adapters.validation.paths import paths
from tests.foreign_signatures import DAY, YEAR, Authority, moment

T0 = moment("2026-01-01")
END = T0 + YEAR
Extension = certificates.Extension
PLAIN_CA: list[Extension] = [(x509.BasicConstraints(True, None), True)]


@pytest.fixture(scope="module")
def root() -> Authority:
    return Authority.root("Root", T0, END)


def known(*certificates: x509.Certificate) -> list[Certificate]:
    store = Certificates()
    return [store.of(each) for each in certificates]


def found(root: Authority, leaf: x509.Certificate, *pool: x509.Certificate) -> int:
    """How many paths there are."""
    (certificate,) = known(leaf)
    return len(paths(certificate, known(*pool), Anchors([root.certificate]), Memory()))


def bare(
    subject: str,
    issuer: Authority,
    extensions: list[Extension],
    key: ec.EllipticCurvePrivateKey | None = None,
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """A certificate without key identifiers, as old authorities issue them."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    builder = (
        x509.CertificateBuilder()
        .subject_name(certificates.subject(subject))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(T0)
        .not_valid_after(END)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return builder.sign(issuer.pair.key, hashes.SHA256()), key


def test_direct_and_by_an_intermediate(root: Authority) -> None:
    """A path needs every certificate between leaf and anchor, in any order, among any others."""
    ca = root.below("CA", T0, END)
    leaf = ca.signer("Leaf", T0, END)
    other = Authority.root("Other", T0, END)
    assert found(root, root.signer("Direct", T0, END).certificate) == 1
    assert found(root, leaf.certificate) == 0
    assert found(root, leaf.certificate, other.certificate, ca.certificate, leaf.certificate) == 1
    assert found(other, leaf.certificate, ca.certificate) == 0


def test_an_anchor_is_its_own_path(root: Authority) -> None:
    """Who is trusted needs nobody else."""
    assert found(root, root.certificate) == 1


def test_certificates_without_key_identifiers(root: Authority) -> None:
    """Identifiers of keys are not asked for."""
    middle, key = bare("CA", root, PLAIN_CA)
    authority = Authority(type(root.pair)(key, (middle,)))
    leaf, _ = bare("Leaf", authority, [])
    assert found(root, leaf, middle) == 1


@pytest.mark.parametrize(
    "extensions",
    [
        [],
        [(x509.BasicConstraints(False, None), True)],
        [*PLAIN_CA, (certificates.SIGNING, True)],
        [*PLAIN_CA, (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)],
        [*PLAIN_CA, (x509.NameConstraints([x509.DirectoryName(certificates.subject("X"))], None), True)],
    ],
)
def test_who_may_not_certify(root: Authority, extensions: list[Extension]) -> None:
    """An end entity, a key for other uses, unknown conditions: no path leads through them."""
    middle, key = bare("CA", root, extensions)
    authority = Authority(type(root.pair)(key, (middle,)))
    leaf, _ = bare("Leaf", authority, [])
    assert found(root, leaf, middle) == 0


def test_path_length(root: Authority) -> None:
    """An authority for end entities only has no authorities below it."""
    ca = root.below("CA", T0, END)
    below = Authority(ca.issue("Below", T0, END, certificates.authority(0)))
    leaf = below.signer("Leaf", T0, END)
    assert found(root, leaf.certificate, below.certificate, ca.certificate) == 0


def test_forged_link(root: Authority) -> None:
    """A name alone links nothing."""
    ca = root.below("CA", T0, END)
    leaf = Authority(type(root.pair)(ca.pair.key, (ca.certificate,))).signer("Leaf", T0, END)
    forged = Authority.root("Root", T0, END).below("CA", T0, END)
    assert found(root, leaf.certificate, forged.certificate) == 0
    assert found(root, leaf.certificate, forged.certificate, ca.certificate) == 1


def test_lives_that_never_met(root: Authority) -> None:
    """Certificates that were never in force together make no path."""
    early = Authority(root.issue("CA", T0, T0 + DAY, certificates.authority(0)))
    late = early.signer("Leaf", T0 + 2 * DAY, END)
    assert found(root, late.certificate, early.certificate) == 0


def test_renewed_authority(root: Authority) -> None:
    """Two certificates of one authority's key give two paths; the one in force longer comes first."""
    key = ec.generate_private_key(ec.SECP256R1())
    short = Authority(root.issue("CA", T0, T0 + 9 * DAY, certificates.authority(0), key))
    long = Authority(root.issue("CA", T0, END - DAY, certificates.authority(0), key))
    (leaf,) = known(short.signer("Leaf", T0, T0 + 90 * DAY).certificate)
    pool = known(short.certificate, long.certificate)
    both = paths(leaf, pool, Anchors([root.certificate]), Memory())
    assert [path.not_after for path in both] == [T0 + 90 * DAY, T0 + 9 * DAY]


def test_circles_and_crowds(root: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Authorities that certify one another in circles, and crowds of one name, cost a bounded effort."""
    tried: list[int] = []
    monkeypatch.setattr(module, "_holds", lambda chain, at: bool(tried.append(len(chain))))  # noqa: ARG005
    crowd = [Authority.root("CA", T0, END).certificate for _ in range(60)]
    crowd += [root.below("CA", T0, END).certificate for _ in range(60)]
    stranger = Authority.root("CA", T0, END).signer("Leaf", T0, END)
    assert found(root, stranger.certificate, *crowd) == 0
    assert len(tried) <= module.MOST_CANDIDATES


def test_what_is_remembered(root: Authority) -> None:
    """Paths are computed once for the same certificates, and never for other anchors."""
    memory = Memory()
    (leaf,) = known(root.signer("Leaf", T0, END).certificate)
    anchors = Anchors([root.certificate])
    first = paths(leaf, [], anchors, memory)
    assert paths(leaf, [], anchors, memory) is first
    assert paths(leaf, [], Anchors([Authority.root("Root", T0, END).certificate]), memory) == ()
    assert first[0].not_after - first[0].not_before == timedelta(days=365)
