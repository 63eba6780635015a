"""`fehaciente doctor` finds what is missing or wrong, says what to do, and exits with 1 only for failures."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.bootstrap import doctor
from gateway.bootstrap.commands import EMBEDDED, actions
from gateway.domain.errors import Text
from gateway.entrypoints.cli.doctor import Health
from gateway.entrypoints.cli.main import run
from scripts.sample_operator import SampleOperator
from scripts.sample_smsc import SampleSmsc
from tests.relays import MailServer


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The settings file of an installation that lacks nothing."""
    file = tmp_path / "fehaciente.ini"
    file.write_text(EMBEDDED)
    for words in (("pki", "init"), ("db", "upgrade")):
        assert run(["--config", str(file), *words], actions()) == 0
    return file


def findings(config: Path) -> dict[str, tuple[Health, str]]:
    return {each.what: (each.health, in_english(each.told)) for each in doctor.examine(config)}


def in_english(told: Text | str) -> str:
    return told if isinstance(told, str) else told.en


def test_a_whole_installation_is_well(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each line begins with OK, and the command exits with 0."""
    capsys.readouterr()
    assert run(["--config", str(config), "doctor"], actions()) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 15
    assert [line for line in lines if not line.startswith("OK\t")] == []


def exposed(data: Path) -> None:
    next((data / "keys" / "codes").iterdir()).chmod(0o644)


def keyless(data: Path) -> None:
    (data / "pki" / "seal.key").unlink()


def without_schema(data: Path) -> None:
    for file in data.glob("fehaciente.sqlite*"):
        file.unlink()


def readonly_lists(data: Path) -> None:
    (data / "pki" / "intermediate.crl").write_text("no list")


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (exposed, "secret code keys"),
        (keyless, "keys and certificates"),
        (without_schema, "database"),
        (readonly_lists, "certificates"),
    ],
)
def test_what_is_wrong_fails(
    config: Path, harm: Callable[[Path], None], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The part is named, nothing of its secret is told, and the command exits with 1."""
    harm(config.parent / "var")
    assert findings(config)[what][0] is Health.FAIL
    capsys.readouterr()
    assert run(["--config", str(config), "doctor"], actions()) == 1
    assert not re.search(r"[0-9a-f]{40}|PRIVATE", capsys.readouterr().out)


def test_before_the_first_migration_one_thing_is_said_and_in_spanish(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database without schema is one finding with what to do, not an internal error besides."""
    without_schema(config.parent / "var")
    capsys.readouterr()
    assert run(["--config", str(config), "--language", "es", "doctor"], actions()) == 1
    lines = capsys.readouterr().out.splitlines()
    [failure] = [line for line in lines if line.startswith("FAIL")]
    assert "se necesita" in failure
    assert "ejecute: fehaciente db upgrade" in failure
    assert not re.search("ours alone|days left|written|within|missing|free", "\n".join(lines))


def test_a_schema_of_a_newer_version_is_refused_in_one_line(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An older version on a newer database says so; it never ends in a traceback."""
    rows = sqlite3.connect(config.parent / "var" / "fehaciente.sqlite")
    with rows:
        rows.execute("UPDATE alembic_version SET version_num = '9999'")
    rows.close()
    assert run(["--config", str(config), "db", "upgrade"], actions()) == 1
    told = capsys.readouterr().err
    assert told.startswith("E000902")
    assert "9999" in told


def test_a_drop_folder_that_nobody_reads_is_told(config: Path) -> None:
    """A drop folder that is not there fails; one that belongs to no active issuer is warned of."""
    config.write_text(f"{EMBEDDED}[drop]\nfolder = drop\n")
    assert findings(config)["drop folder"] == (Health.FAIL, "missing")
    (config.parent / "var" / "drop" / "7").mkdir(parents=True)
    assert findings(config)["drop folder"] == (Health.WARN, "7 is no active issuer's")


def test_a_wrong_setting_is_the_only_finding(config: Path) -> None:
    """File, section and key are named; without settings nothing else can be looked at."""
    config.write_text(EMBEDDED.replace("000001", "1"))
    ((what, (health, told)),) = findings(config).items()
    assert (what, health) == ("configuration", Health.FAIL)
    assert "[gateway] installation" in told


def test_a_relay_that_is_away_is_found(config: Path) -> None:
    """The e-mail relay is greeted; one that does not answer fails without its password being told."""
    config.write_text(EMBEDDED + "[email]\nchannel = smtp\nhost = 127.0.0.1\nport = 1\nsecurity = none\n")
    assert findings(config)["channels"] == (Health.FAIL, "ConnectionRefusedError")


def test_the_sms_operator_is_bound_to(config: Path) -> None:
    """By SMPP with our name and password; one that is away, or refuses, fails without the password."""
    with SampleSmsc() as smsc:
        sms = f"[sms]\nchannel = smpp\n[smpp]\nhost = 127.0.0.1\nport = {smsc.port}\nsystem_id = us\n"
        config.write_text(EMBEDDED + sms)
        assert findings(config)["SMS operator"] == (Health.OK, f"127.0.0.1:{smsc.port}")
    assert findings(config)["channels"] == (Health.FAIL, "ConnectionRefusedError")


def test_the_http_operator_is_connected_with(config: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    secret.chmod(0o600)
    with SampleOperator() as operator:
        http = f"url = http://127.0.0.1:{operator.port}/\nreceipts_secret_file = {secret}\n"
        config.write_text(f"{EMBEDDED}[sms]\nchannel = http\n[sms_http]\n{http}")
        assert findings(config)["SMS operator"] == (Health.OK, f"127.0.0.1:{operator.port}")
        assert not operator.asked


def test_what_is_to_be_published_is_shown(config: Path, tmp_path: Path) -> None:
    """With a relay that answers, the TXT record by which receivers verify our signatures."""
    file = tmp_path / "dkim.pem"
    kind = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(Ed25519PrivateKey.generate().private_bytes(*kind))
    file.chmod(0o600)
    with MailServer().serving() as server:
        relay = f"[email]\nchannel = smtp\nhost = 127.0.0.1\nport = {server.port}\nsecurity = none\n"
        config.write_text(f"{EMBEDDED}{relay}sender = a@b.example\ndkim_key = {file}\ndkim_selector = s1\n")
        health, told = findings(config)["DKIM"]
    assert health is Health.OK
    assert told.startswith('s1._domainkey.b.example TXT "v=DKIM1; k=ed25519; p=')


def test_a_console_behind_a_public_address_is_warned_of(config: Path) -> None:
    """Nobody would get its messages; a warning does not fail."""
    text = EMBEDDED.replace("http://localhost:8080", "https://avisos.example")
    config.write_text(text.replace("secure_cookies = no", "secure_cookies = yes"))
    assert findings(config)["channel email"] == (Health.WARN, "console")


def test_advice_is_given_in_both_languages(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """English unless Spanish is asked for."""
    without_schema(config.parent / "var")
    for language, words in (("en", "run: fehaciente db upgrade"), ("es", "ejecute: fehaciente db upgrade")):
        capsys.readouterr()
        run(["--config", str(config), "--language", language, "doctor"], actions())
        assert words in capsys.readouterr().out


def test_a_database_that_does_not_sync_fails(config: Path, postgresql: str) -> None:
    """The tests' own PostgreSQL spares the disk, and that is found: acknowledged must mean synced."""
    config.write_text(EMBEDDED + f"[database]\nurl = {postgresql}\n")
    found = findings(config)
    assert found["database fsync"] == (Health.FAIL, "off")
    assert found["database synchronous_commit"] == (Health.OK, "on")
