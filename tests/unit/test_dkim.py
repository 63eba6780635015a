"""DKIM: what leaves verifies with what is published, and nothing in it can be changed unnoticed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway import settings as configuration
from gateway.adapters.channels.email import DkimKey, EmailCourier, Relay, Security
from gateway.bootstrap.commands import EMBEDDED
from gateway.bootstrap.mail import dkim_key
from gateway.domain.delivery import Attachment, Channel, Message
from gateway.settings import SettingsError

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
RSA = rsa.generate_private_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()


def pem(key: rsa.RSAPrivateKey | Ed25519PrivateKey | ec.EllipticCurvePrivateKey, password: str = "") -> bytes:
    how: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        how = serialization.BestAvailableEncryption(password.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


class FixedClock:
    def now(self) -> datetime:
        return NOW


def signed(key: DkimKey, subject: str = "Su contrato de préstamo", address: str = "ana@example.org") -> bytes:
    message = Message(
        "e-1",
        Channel.EMAIL,
        address,
        subject,
        "Hola.\n.\n  con  espacios  \n\n\n",
        "<p>Hola, ñandú.</p>",
        "Banco Ñandú",
        (Attachment("a.pdf", "application/pdf", bytes(range(256)) * 40),),
        mark="k7" * 16,
    )
    relay = Relay("127.0.0.1", 9, "avisos@gateway.example", Security.NONE)
    return EmailCourier(relay, FixedClock(), key).prepared(message).raw


def verified(octets: bytes, key: DkimKey) -> bool:
    name, text = key.record

    def dns(asked: bytes, timeout: int = 5) -> bytes:
        return text.encode() if asked.decode() == f"{name}." else b""

    return bool(dkim.verify(octets, dnsfunc=dns, minkey=2048))


@pytest.fixture(params=["rsa-sha256", "ed25519-sha256"])
def key(request: pytest.FixtureRequest) -> DkimKey:
    private = RSA if request.param.startswith("rsa") else ED25519
    made = DkimKey.read(pem(private), "gateway.example", "avisos2026")
    assert made.algorithm == request.param
    return made


@pytest.mark.parametrize("subject", ["Su contrato", "Su contrato de préstamo, " * 12])
@pytest.mark.parametrize("address", ["ana@example.org", "ana@correo-ñ.example", "maría@example.org"])
def test_a_signed_mail_verifies_with_the_published_record(key: DkimKey, subject: str, address: str) -> None:
    """Relaxed over header and body, by RSA and Ed25519, of long and foreign words too."""
    octets = signed(key, subject, address)
    head = octets.split(b"\r\n\r\n")[0]
    assert b"c=relaxed/relaxed" in head
    assert f"a={key.algorithm}".encode() in head
    assert f"t={int(NOW.timestamp())}".encode() in head
    assert verified(octets, key)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"From: ", b"From: x@thief.example\r\nFrom: "),
        (b"\r\nTo: ana", b"\r\nTo: eva"),
        (b"Subject: ", b"Subject: Otro "),
        (b"Date: Sun, 22", b"Date: Sat, 21"),
        (b"Message-ID: <k7", b"Message-ID: <k8"),
        (b"multipart/mixed", b"multipart/digest"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.1"),
        (b"Hola.", b"Adios."),
    ],
)
def test_a_changed_mail_does_not_verify(key: DkimKey, was: bytes, becomes: bytes) -> None:
    """Each header that a reader sees, one more sender, and the body."""
    octets = signed(key)
    changed = octets.replace(was, becomes, 1)
    assert changed != octets
    assert not verified(changed, key)


def test_the_same_mail_at_the_same_moment_is_the_same(key: DkimKey) -> None:
    """Octet by octet, whenever it is composed: what is kept is what leaves."""
    assert signed(key) == signed(key)
    later = key.sign(b"From: a@gateway.example\r\n\r\nx\r\n", NOW + timedelta(seconds=1))
    assert later != key.sign(b"From: a@gateway.example\r\n\r\nx\r\n", NOW)


def test_the_private_key_shows_nowhere(key: DkimKey) -> None:
    """A traceback that prints the key prints none."""
    assert key.private.decode().strip().splitlines()[-1] not in repr(key)


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"no key", "PEM"),
        (pem(RSA, "s3cret"), "unencrypted"),
        (pem(rsa.generate_private_key(65537, 1024)), "2048"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "Ed25519"),
    ],
)
def test_a_key_that_receivers_would_not_trust_is_refused(octets: bytes, problem: str) -> None:
    """No key, one with a password, a short one, one of another kind."""
    with pytest.raises(ValueError, match=problem):
        DkimKey.read(octets, "gateway.example", "s")


def test_the_settings_name_the_key(tmp_path: Path) -> None:
    """Read once at the start, for its owner alone; the sender's domain signs unless another is named."""
    file = tmp_path / "dkim.pem"
    file.write_bytes(pem(ED25519))
    file.chmod(0o600)
    more = f"[email]\nsender = avisos@gateway.example\ndkim_key = {file}\ndkim_selector = s1\n"
    read = configuration.parse(EMBEDDED + more, "f.ini", tmp_path)
    key = dkim_key(read)
    assert key is not None
    assert key.record[0] == "s1._domainkey.gateway.example"
    other = dkim_key(configuration.parse(EMBEDDED + more + "dkim_domain = b.example\n", "f.ini", tmp_path))
    assert other is not None
    assert other.domain == "b.example"
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="0600"):
        dkim_key(read)
    file.chmod(0o600)
    file.write_bytes(b"no key")
    with pytest.raises(SettingsError, match="PEM"):
        dkim_key(read)


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("dkim_selector = s1\n", "dkim_selector"),
        ("dkim_domain = b.example\n", "dkim_domain"),
        ("bounces = rebotes\n", "bounces"),
    ],
)
def test_settings_that_say_half_are_refused(tmp_path: Path, more: str, key: str) -> None:
    """A selector or a domain without a key, a return path that is no mailbox."""
    with pytest.raises(SettingsError) as caught:
        configuration.parse(EMBEDDED + f"[email]\n{more}", "f.ini", tmp_path)
    assert caught.value.key == key
