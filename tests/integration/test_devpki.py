"""The development PKI, judged by OpenSSL, and the loading of keys and chains."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from gateway.adapters.crypto import devpki, keys
from gateway.adapters.crypto.trust import Anchors, name
from gateway.domain.errors import ErrorKind, GatewayError

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("devpki") / "pki"
    devpki.create(folder, now=NOW, tls_names=("localhost", "127.0.0.1"))
    return folder


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def openssl(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("leaf", "purpose"),
    [("tsa", "timestampsign"), ("tls", "sslserver"), ("seal", "any"), ("seal-rsa", "any")],
)
def test_openssl_accepts_every_certificate(pki: Path, leaf: str, purpose: str) -> None:
    """Each certificate chains to ca.pem for its purpose, and the CRLs say that it is not revoked."""
    done = openssl(
        *("verify", "-x509_strict", "-CAfile", "ca.pem", "-untrusted", "intermediate.pem"),
        *("-crl_check_all", "-CRLfile", "intermediate.crl", "-CRLfile", "ca.crl"),
        *("-purpose", purpose, f"{leaf}.pem"),
        folder=pki,
    )
    assert done.returncode == 0, done.stderr


def test_the_depositarys_key_lies_apart(pki: Path) -> None:
    """Their certificate is among the others; their key is in a folder of its own, closed to others."""
    assert (pki / "depositary.pem").exists()
    assert [path.name for path in (pki / "depositary").iterdir()] == ["depositary.key"]
    assert (pki / "depositary").stat().st_mode & 0o077 == 0


def test_tls_names(pki: Path) -> None:
    """The TLS certificate bears DNS names and addresses as what they are."""
    certificate = x509.load_pem_x509_certificate((pki / "tls.pem").read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_only_the_owner_reads_keys(pki: Path) -> None:
    """Every private key has mode 0600."""
    assert {path.stat().st_mode & 0o777 for path in pki.rglob("*.key")} == {0o600}


def test_never_overwrites(pki: Path) -> None:
    """A second run refuses and leaves every file as it was."""
    before = _files(pki)
    with pytest.raises(GatewayError) as caught:
        devpki.create(pki, now=NOW)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert _files(pki) == before


def test_half_a_pki_is_never_left(tmp_path: Path) -> None:
    """When issuing fails, neither the folder nor a draft of it stays behind."""
    with pytest.raises(ValueError):
        devpki.create(tmp_path / "pki", now=NOW, tls_names=("ñ",))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_issuer_certificates(pki: Path, tmp_path: Path, kind: devpki.KeyKind) -> None:
    """An issuer's certificate chains to the same root through the issuers' authority, and its key fits."""
    chain, key = devpki.issue_issuer(pki, "Banco Ejemplo", key=kind, now=NOW)
    (tmp_path / "i.pem").write_bytes(chain)
    (tmp_path / "i.key").write_bytes(key)
    pair = keys.load(tmp_path / "i.key", tmp_path / "i.pem")
    path = Anchors.from_file(pki / "ca.pem").path(pair.certificate, pair.chain[1:], NOW)
    assert "issuers" in name(path.chain[1])
    assert "Banco Ejemplo" in name(pair.certificate)


def test_path_is_refused_out_of_time_and_without_its_root(pki: Path, tmp_path: Path) -> None:
    """An expired path, a path not begun yet and another root are refused with the certificate's code."""
    devpki.create(tmp_path / "other", now=NOW)
    pair = keys.load(pki / "seal.key", pki / "seal.pem")
    own, foreign = Anchors.from_file(pki / "ca.pem"), Anchors.from_file(tmp_path / "other" / "ca.pem")
    cases = [
        (own, NOW + timedelta(days=9000)),
        (own, NOW - timedelta(days=1)),
        (foreign, NOW),
    ]
    for anchors, at in cases:
        with pytest.raises(GatewayError) as caught:
            anchors.path(pair.certificate, pair.chain[1:], at)
        assert caught.value.kind is ErrorKind.CERTIFICATE_REFUSED


def test_loading_says_what_is_wrong(pki: Path, tmp_path: Path) -> None:
    """Missing files, foreign keys, disordered chains and small RSA keys are named, never the key."""
    weak = tmp_path / "weak.key"
    assert openssl("genrsa", "-out", str(weak), "1024", folder=tmp_path).returncode == 0
    disordered = tmp_path / "disordered.pem"
    disordered.write_bytes((pki / "seal.pem").read_bytes() + (pki / "issuer-ca.pem").read_bytes())
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"")
    cases = [
        (pki / "none.key", pki / "seal.pem", "none.key"),
        (pki / "tsa.key", pki / "seal.pem", "does not belong"),
        (pki / "seal.key", disordered, "order"),
        (pki / "seal.pem", pki / "seal.pem", "not a PEM private key"),
        (pki / "seal.key", empty, "no PEM certificates"),
        (weak, pki / "seal.pem", "RSA of 2048"),
    ]
    for key, chain, words in cases:
        with pytest.raises(GatewayError) as caught:
            keys.load(key, chain)
        assert caught.value.kind is ErrorKind.CONFIGURATION
        assert words in caught.value.detail
    for pem in (b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"):
        with pytest.raises(GatewayError):
            Anchors.from_pem(pem)
