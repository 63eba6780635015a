"""Biometric samples locked for the depositary, opened by OpenSSL with the depositary's key."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from gateway.adapters.crypto.depositary import CmsDepositary, NoDepositary
from gateway.domain.errors import ErrorKind, GatewayError
from tests import fakes
from tests.public_tools import opened_by_openssl

SAMPLE = bytes(range(256)) * 37


@pytest.fixture(scope="module")
def depositary() -> CmsDepositary:
    return CmsDepositary.from_file(fakes.pki() / "depositary.pem")


def test_openssl_opens_what_was_locked(depositary: CmsDepositary, tmp_path: Path) -> None:
    """Only the depositary's key opens it, and gives back the very octets; nothing of them is in clear."""
    locked = depositary.seal(SAMPLE)
    assert opened_by_openssl(locked, fakes.pki(), tmp_path) == SAMPLE
    assert SAMPLE[:16] not in locked
    assert depositary.seal(SAMPLE) != locked


def test_the_algorithms_are_the_strong_ones(depositary: CmsDepositary, tmp_path: Path) -> None:
    """OpenSSL reads AES-256-CBC and RSAES-OAEP with SHA-256 in both places."""
    (tmp_path / "locked").write_bytes(depositary.seal(b"x"))
    shown = subprocess.run(
        ["openssl", "cms", "-cmsout", "-print", "-inform", "DER", "-in", "locked"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "aes-256-cbc" in shown
    assert "rsaesOaep" in shown
    assert (shown.count("sha256"), shown.count("sha1")) == (2, 0)


def test_another_key_opens_nothing(depositary: CmsDepositary, tmp_path: Path) -> None:
    """The gateway's own RSA key is of no use."""
    (tmp_path / "locked").write_bytes(depositary.seal(SAMPLE))
    done = subprocess.run(
        [
            "openssl",
            "cms",
            "-decrypt",
            "-inform",
            "DER",
            "-in",
            "locked",
            "-inkey",
            fakes.pki() / "seal-rsa.key",
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.stdout != SAMPLE


def test_the_certificate_is_named_by_its_digest(depositary: CmsDepositary) -> None:
    """The evidence names whose key opens the sample."""
    certificate = x509.load_pem_x509_certificate((fakes.pki() / "depositary.pem").read_bytes())
    assert depositary.certificate_sha256 == certificate.fingerprint(hashes.SHA256()).hex()
    assert certificate.not_valid_after_utc > datetime.now(UTC)


@pytest.mark.parametrize("name", ["seal.pem", "seal-rsa.pem", "seal.key", "none.pem"])
def test_what_cannot_lock_is_refused_at_the_start(name: str) -> None:
    """An EC certificate, one for signing, a key, and a missing file are configuration errors that name it."""
    with pytest.raises(GatewayError) as caught:
        CmsDepositary.from_file(fakes.pki() / name)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert name in caught.value.detail


def test_without_depositary_nothing_is_taken() -> None:
    """An empty certificate key means: no samples, and whoever tries is told."""
    with pytest.raises(GatewayError) as caught:
        NoDepositary().seal(SAMPLE)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert NoDepositary().certificate_sha256 == ""
