"""The configuration: strict, located errors, secrets by reference, a reference that cannot drift."""

import os
import re
import socket
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import get_type_hints

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.settings import Settings, SettingsError, load, parse, read_secret, reference
from gateway.settings.reading import private

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "conf" / "fehaciente.ini"
MINIMAL = "[gateway]\ninstallation = 001001\nbase_url = https://avisos.example\ndata = var\n"
HOME = Path("/srv/fehaciente")


def read(extra: str = "", base: str = MINIMAL) -> Settings:
    return parse(base + extra, "x.ini", HOME)


def test_three_keys_give_an_embedded_installation() -> None:
    """Without more, everything runs embedded: SQLite, development PKI, console channels."""
    settings = read()
    assert settings.database.url == ""
    assert settings.tsa.authorities == ("embedded",)
    assert (settings.email.channel, settings.sms.channel) == ("console", "console")
    assert (settings.worker.lease, settings.http.max_body) == (timedelta(minutes=2), 64 * 1024**2)


def test_paths_are_anchored() -> None:
    """`data` is relative to the file, the others to `data`; absolute ones stay."""
    settings = read("[vault]\nfolder = /elsewhere\n")
    assert settings.gateway.data == HOME / "var"
    assert settings.pki.seal_key == HOME / "var/pki/seal.key"
    assert settings.pki.issuer_crls == (HOME / "var/pki/ca.crl", HOME / "var/pki/issuer-ca.crl")
    assert settings.vault.folder == Path("/elsewhere")
    assert settings.email.ca_file is None


def test_the_example_shows_every_key_with_its_default() -> None:
    """conf/fehaciente.ini loads, and says what the defaults say, key by key."""
    text = EXAMPLE.read_text(encoding="utf-8")
    example = load(EXAMPLE)
    minimal = parse(MINIMAL.replace("= var", "= ../var/gateway"), str(EXAMPLE), EXAMPLE.parent)
    assert example == minimal
    for section, kind in get_type_hints(Settings).items():
        body = text.split(f"\n[{section}]\n")[1].split("\n[")[0]
        written = [line.partition("=")[0].strip() for line in body.splitlines() if not line.startswith("#")]
        assert [key for key in written if key] == [field.name for field in fields(kind)], section


@pytest.mark.parametrize(
    ("text", "section", "key", "words"),
    [
        ("", "gateway", "data", "missing"),
        (MINIMAL.replace("installation = 001001\n", ""), "gateway", "installation", "missing"),
        (MINIMAL.replace("001001", "1001"), "gateway", "installation", "six digits"),
        (MINIMAL + "colour = red", "gateway", "colour", "no such key"),
        (MINIMAL + "[colours]\n", "colours", "", "no such section"),
        (MINIMAL + "data = twice", "gateway", "data", "Duplicate"),
        (MINIMAL + "[http]\n[http]\n", "http", "", "Duplicate"),
        (MINIMAL + "Data = x", "gateway", "Data", "no such key"),
        ("stray = 1\n" + MINIMAL, "", "", "line 1"),
        (MINIMAL + "[http]\nport\n", "", "", "ParsingError"),
        (MINIMAL + "[http]\nport = 70000", "http", "port", "65535"),
        (MINIMAL + "[http]\nport = ٨٠", "http", "port", "whole number"),
        (MINIMAL + "[http]\nmax_body = 20 MB", "http", "max_body", "MiB"),
        (MINIMAL + "[worker]\nlease = 0s", "worker", "lease", "duration"),
        (MINIMAL + "[worker]\nlease = 60", "worker", "lease", "duration"),
        (MINIMAL + "[custody]\nrefusals = 23h", "custody", "refusals", "from 1d"),
        (MINIMAL + "[custody]\nrefusals = 36526d", "custody", "refusals", "to 36525d"),
        (MINIMAL + "[worker]\nlease = 1s\npoll = 1s", "worker", "poll", "shorter"),
        (MINIMAL + "[tsa]\nrest = 3m", "tsa", "rest", "longer"),
        (MINIMAL.replace("[gateway]\n", "[gateway]\nnode = a b\n"), "gateway", "node", "one word"),
        (MINIMAL.replace("https:", "http:"), "gateway", "base_url", "loopback"),
        (MINIMAL.replace("avisos.example", "avisos.example/"), "gateway", "base_url", "slash"),
        (MINIMAL + "[http]\nsecure_cookies = no", "http", "secure_cookies", "https"),
        (MINIMAL + "[http]\nsecure_cookies = true", "http", "secure_cookies", "yes or no"),
        (MINIMAL + "[database]\nurl = mysql://x", "database", "url", "postgresql"),
        (MINIMAL + "[database]\nurl = postgresql://u:hunter2@h/d", "database", "url", "password_file"),
        (MINIMAL + "[database]\npassword_file = p", "database", "password_file", "SQLite"),
        (MINIMAL + "[tsa]\nauthorities = embedded, ftp://x", "tsa", "authorities", "URLs"),
        (MINIMAL + "[tsa]\npolicy = 1.2.x", "tsa", "policy", "OID"),
        (MINIMAL + "[gateway2]\n", "gateway2", "", "no such section"),
        (MINIMAL + "[email]\nchannel = pigeon", "email", "channel", "console, smtp"),
        (MINIMAL + "[email]\nuser = ana", "email", "password_file", "go together"),
        (MINIMAL + "[email]\nuser = a\npassword_file = p\nhost = mx.example\nsecurity = none",
         "email", "security", "in clear"),
        (MINIMAL + "[vault]\nfolder =", "vault", "folder", "empty"),
        (MINIMAL + "[voice]\nchannel = console", "voice", "channel", "local, twilio"),
        (MINIMAL + "[voice]\nchannel = twilio\naccount = AC1", "voice", "token_file", "needs account"),
        (MINIMAL + "[voice]\nurl = http://calls.example", "voice", "url", "https"),
        (MINIMAL + "[voice]\ncallback_url = https://a.example/x?y=1", "voice", "callback_url", "query"),
    ],
)  # fmt: skip
def test_every_error_names_file_section_and_key(text: str, section: str, key: str, words: str) -> None:
    """Whoever edits the file is led to the line, and no secret is repeated."""
    with pytest.raises(SettingsError, match=words) as caught:
        parse(text, "x.ini", HOME)
    assert (caught.value.file, caught.value.section, caught.value.key) == ("x.ini", section, key)
    assert caught.value.kind is ErrorKind.CONFIGURATION
    assert "x.ini" in caught.value.detail
    assert "hunter2" not in str(caught.value)


def test_percent_signs_and_equals_are_plain_text() -> None:
    """Nothing is interpolated, so that values mean what they say."""
    assert (
        read("[evidence]\nprovider_name = 100 % = todo # sí\n").evidence.provider_name == "100 % = todo # sí"
    )


def test_loopback_may_use_plain_http() -> None:
    """For trying things out on one machine."""
    base = MINIMAL.replace("https://avisos.example", "http://127.0.0.1:8080")
    assert not read("[http]\nsecure_cookies = no\n", base).http.secure_cookies


def test_a_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    """The first error of all: no configuration."""
    with pytest.raises(SettingsError, match=r"absent\.ini: No such file"):
        load(tmp_path / "absent.ini")
    (tmp_path / "b.ini").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(tmp_path / "b.ini")


def test_secrets_are_one_private_line(tmp_path: Path) -> None:
    """A secret readable by others, empty, absent or of several lines is refused without being shown."""
    file = tmp_path / "password"
    file.write_text("s3cret\n")
    file.chmod(0o600)
    assert read_secret(file) == "s3cret"
    file.chmod(0o640)
    for content, mode in (("s3cret\n", 0o640), ("", 0o600), ("s3cret\nmore\n", 0o600)):
        file.write_text(content)
        file.chmod(mode)
        with pytest.raises(GatewayError) as caught:
            read_secret(file)
        assert "s3cret" not in str(caught.value)
    with pytest.raises(SettingsError, match="FileNotFoundError"):
        read_secret(tmp_path / "absent")


def test_every_key_has_an_effect() -> None:
    """A key that the bootstrap never reads would promise something."""
    bootstrap = "".join(
        file.read_text(encoding="utf-8") for file in (ROOT / "gateway/bootstrap").glob("*.py")
    )
    keys = [(name, field.name) for name, kind in get_type_hints(Settings).items() for field in fields(kind)]
    unread = [key for key in keys if not re.search(rf"\b{key[0]}\.{key[1]}\b", bootstrap)]
    assert unread == []


def test_the_reference_has_a_row_for_every_key() -> None:
    """What README shows is drawn from the sections themselves."""
    rows = reference().splitlines()[2:]
    keys = [(name, field.name) for name, kind in get_type_hints(Settings).items() for field in fields(kind)]
    assert [(row.split(" | ")[0][2:], row.split(" | ")[1].strip("`")) for row in rows] == keys
    assert all(row.count("|") == 5 for row in rows)


@pytest.mark.parametrize(
    ("owner", "group", "mode", "user", "well"),
    [
        (10001, 10001, 0o600, 10001, True), (10001, 10001, 0o400, 10001, True),
        (0, 10001, 0o440, 10001, True), (0, 10001, 0o640, 10001, True),
        (0, 10001, 0o444, 10001, False), (0, 10001, 0o660, 10001, False), (0, 5, 0o440, 10001, False),
        (10001, 10001, 0o440, 10001, False), (0, 0, 0o640, 0, False), (1000, 10001, 0o440, 10001, False),
    ],
)  # fmt: skip
def test_who_may_read_a_secret(owner: int, group: int, mode: int, user: int, well: bool) -> None:
    """Its owner alone; or root and our own group, as an orchestrator mounts it."""
    status = os.stat_result((0o100000 | mode, 1, 1, 1, owner, group, 7, 0, 0, 0))
    assert private(status, user, [10001, 10002]) is well


def test_a_node_is_called_as_its_host(tmp_path: Path) -> None:
    """Where machines come and go one settings file serves all of them."""
    assert parse(MINIMAL + "node = @hostname", "x.ini", tmp_path).gateway.node == socket.gethostname()
