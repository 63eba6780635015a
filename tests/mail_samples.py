"""A house whose e-mail goes to a mail server on loopback, by SMTP, signed by a key of its own."""

from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.bootstrap.mail import dkim_key
from gateway.domain.delivery import Effect
from gateway.domain.reports import KeptMessage
from tests.house import House
from tests.orders import Person, order
from tests.relays import MailServer

SETTINGS = """\
[email]
channel = smtp
host = 127.0.0.1
port = {port}
security = none
timeout = 5s
sender = avisos@gateway.example
bounces = rebotes+{{mark}}@gateway.example
dkim_key = {key}
dkim_selector = s1
direct = {direct}
"""
UNWATCHED = "[tracker]\nopens = none\nclicks = no\n"
DAYS = 15
ANA = Person(notice_method="EMAIL")
LUIS = Person("Luis", "00000000T", notice_method="EMAIL")


@dataclass
class Mail:
    """`direct`: the server is the recipients' own."""

    folder: Path
    direct: bool = False
    more: str = UNWATCHED
    server: MailServer = field(default_factory=MailServer)
    house: House = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(exist_ok=True)
        key = self.folder / "dkim.pem"
        key.write_bytes(
            Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        key.chmod(0o600)
        text = SETTINGS.format(port=self.server.port, key=key, direct="yes" if self.direct else "no")
        self.house = House(self.folder / "house", more=text + self.more)

    def submitted(self, *people: Person, **more: object) -> str:
        asked = {"service": "CERTIFIED_EMAIL", "subject": "Aviso de vencimiento"} | more
        return self.house.submit(order(*(people or (ANA,)), **asked)).guid  # type: ignore[arg-type]

    def sent(self, *people: Person, **more: object) -> str:
        guid = self.submitted(*people, **more)
        self.house.drain()
        return guid

    def over(self) -> None:
        """Let the time to close pass, with the clock's permitted offset."""
        self.house.clock.advance(timedelta(days=DAYS) + timedelta(seconds=30))
        self.house.expire()
        self.house.drain()

    def effects(self, guid: str) -> list[Effect]:
        with self.house.tech.database.read() as uow:
            return list(uow.effects.of(guid))

    def mark(self, guid: str, place: int = 0) -> str:
        return self.house.tech.codes.message_mark(self.effects(guid)[place].id)

    def kept(self, guid: str) -> list[tuple[KeptMessage, bytes]]:
        """What the vault holds of the mails, each with its row."""
        with self.house.tech.database.read() as uow:
            rows, key = uow.kept_messages.of(guid), uow.keys.get(guid)
        return [(row, self.house.tech.vault.get(guid, key, row.sha256)) for row in rows]

    def told(self, guid: str) -> list[str]:
        """The names of the evidence, in order."""
        return [each.event.rpartition("/")[2].rpartition(":")[2] for each in self.house.evidence_of(guid)]

    def verified(self, octets: bytes) -> bool:
        """By the record that the gateway's operator publishes."""
        key = dkim_key(self.house.settings)
        assert key is not None
        name, text = key.record
        published = {f"{name}.".encode(): text.encode()}

        def dns(asked: bytes, timeout: int = 5) -> bytes:
            return published.get(asked, b"")

        return bool(dkim.verify(octets, dnsfunc=dns))

    def close(self) -> None:
        self.house.close()


def read(octets: bytes) -> EmailMessage:
    parsed = message_from_bytes(octets, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed
