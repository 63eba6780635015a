"""Renewing the development PKI's revocation lists, as its command does, judged by OpenSSL."""

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from gateway.adapters.crypto import devpki, devpki_lists
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.bootstrap import commands
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli.main import run
from tests.seal_samples import SetClock, Workshop

NOW = datetime.now(UTC)


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop.create(tmp_path / "pki", now=NOW)


def openssl_accepts(folder: Path, leaf: str, at: datetime) -> bool:
    done = subprocess.run(
        [
            *("openssl", "verify", "-x509_strict", "-CAfile", "ca.pem", "-untrusted", "intermediate.pem"),
            *("-attime", str(int(at.timestamp())), "-crl_check_all"),
            *("-CRLfile", "intermediate.crl", "-CRLfile", "ca.crl", f"{leaf}.pem"),
        ],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


def test_a_gateway_outlives_the_first_lists(workshop: Workshop) -> None:
    """After a year the lists end and sealing waits; renewing them lets it go on without a restart."""
    clock = SetClock(NOW)
    files = [workshop.folder / "ca.crl", workshop.folder / "intermediate.crl"]
    revocation = CachedRevocation(clock, files, look_every=0)
    pair = workshop.pair("seal")
    later = NOW + timedelta(days=400)
    path = workshop.anchors.path(pair.certificate, pair.chain[1:], later)
    assert len(revocation.gather(path, NOW).crls) == 2
    clock.moment = later
    with pytest.raises(GatewayError) as caught:
        revocation.gather(path, later)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
    devpki_lists.renew(workshop.folder, now=later)
    assert len(revocation.gather(path, later).crls) == 2
    assert openssl_accepts(workshop.folder, "seal", later)


def test_revoking_and_renewing(workshop: Workshop) -> None:
    """What was revoked stays revoked in later lists, whose numbers grow; other certificates stay good."""
    seal = workshop.pair("seal").certificate
    devpki_lists.renew(workshop.folder, now=NOW, revoke=[seal])
    devpki_lists.renew(workshop.folder, now=NOW, revoke=[seal])
    assert not openssl_accepts(workshop.folder, "seal", NOW)
    assert openssl_accepts(workshop.folder, "seal-rsa", NOW)
    crl = x509.load_pem_x509_crl((workshop.folder / "intermediate.crl").read_bytes())
    assert crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3
    assert len(list(crl)) == 1


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`fehaciente pki renew-crl --revoke FILE` writes three lists; broken files are named."""
    config = tmp_path / "f.ini"
    config.write_text("[gateway]\ninstallation = 000001\nbase_url = https://x.example\ndata = var\n")
    folder = tmp_path / "var" / "pki"
    devpki.create(folder, now=NOW)
    words = ["--config", str(config), "pki", "renew-crl", "--revoke"]
    assert run([*words, str(folder / "seal.pem")], commands.actions()) == 0
    assert capsys.readouterr().out.splitlines() == [
        str(folder / f"{name}.crl") for name in devpki_lists.AUTHORITIES
    ]
    assert not openssl_accepts(folder, "seal", NOW)
    (tmp_path / "none.pem").write_text("-")
    (folder / "ca.crl").write_text("-")
    for file, words_said in (
        (folder / "seal.pem", "no revocation list"),
        (tmp_path / "none.pem", "none.pem"),
    ):
        assert run([*words, str(file)], commands.actions()) == 1
        assert words_said in capsys.readouterr().err


def test_a_certificate_of_nobody_here_is_refused(workshop: Workshop, tmp_path: Path) -> None:
    """Asked to revoke what none of the authorities issued, nothing is written."""
    certificate = x509.load_pem_x509_certificate(_self_signed(tmp_path).read_bytes())
    before = (workshop.folder / "ca.crl").read_bytes()
    with pytest.raises(GatewayError, match="another PKI"):
        devpki_lists.renew(workshop.folder, now=NOW, revoke=[certificate])
    assert (workshop.folder / "ca.crl").read_bytes() == before


def _self_signed(folder: Path) -> Path:
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout k.pem -out c.pem -subj /CN=x -days 2"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    return folder / "c.pem"
