"""After whole transactions the database's own octets, the logs and all other files tell of nobody."""

import json
import logging
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from gateway.adapters.telemetry.logs import TextFormatter
from gateway.domain.delivery import Channel, Message, Outcome, Receipt
from gateway.usecases.ports import Courier
from tests.custody_samples import deposited, pass_custody
from tests.fakes import G
from tests.house import House
from tests.orders import Paper, Person, order
from tests.pdf_samples import plain

SIGNER = Person("Wenceslaoria", "IDQ99887766X", phone="+34611222333", notice_method="EMAIL_AND_SMS")
OTHER = Person("Hermenegildina", "IDZ55443322Y", phone="+34644555666", order=1)
PEOPLE = ("Wenceslaoria", "Hermenegildina", "García", "IDQ99887766X", "IDZ55443322Y", "611222333",
          "644555666", "@example.org", "Escrituración", "Pagaré-notarial", "Zarandajas",
          "Confidencialísimo", "fulano-de-tal", "EQUIVOCADO77")  # fmt: skip
TEMPLATE = "Entre {{who}} y el banco."


def submit_operation(xml: bytes) -> bytes:
    element = xml.partition(b"?>")[2]
    return f'<g:Submit xmlns:g="{G}">'.encode() + element + b"</g:Submit>"


class Gossip(Courier):
    """A channel that accepts everything, and names the mailbox in its answer."""

    def __init__(self, house: House) -> None:
        self.console = house.couriers[Channel.SMS]

    def send(self, message: Message) -> Receipt:
        receipt = self.console.send(message)
        words = f"250 queued for fulano-de-tal {message.address}"
        return Receipt(Outcome.ACCEPTED, receipt.at, f"ref {message.address}", words)

    def find(self, message_id: str) -> Receipt | None:
        return self.console.find(message_id)


@pytest.fixture
def story(house: House, caplog: pytest.LogCaptureFixture) -> House:
    """A contract that one signs and another rejects, with wrong identifiers; and a refused submission."""
    caplog.set_level(logging.DEBUG)
    house.couriers[Channel.SMS] = house.couriers[Channel.EMAIL] = Gossip(house)
    papers = (
        Paper(plain(), name="Pagaré-notarial.pdf"),
        Paper(name="Pagaré-notarial-2.pdf", template=TEMPLATE, data=(("who", "Confidencialísimo"),)),
    )
    xml = order(SIGNER, OTHER, papers=papers, external_id="CASE-7", subject="Escrituración")
    guid = house.submit(xml).guid
    house.drain()
    signer, other = house.guest(guid), house.guest(guid, 1)
    for guest in (signer, other):
        with pytest.raises(Exception, match="E000103"):
            guest.enter("EQUIVOCADO77")
    signer.read()
    signer.ask()
    signer.sign()
    other.read()
    other.reject("Zarandajas")
    house.drain()
    broken = order(
        SIGNER, papers=[Paper(b"%PDF-1.7 broken", name="Pagaré-notarial.pdf")], external_id="CASE-8"
    )
    house.post(house.signed(submit_operation(broken)))
    house.drain()
    assert house.state(guid)[0] == 12
    assert house.certificates(guid)
    return house


def found(octets: bytes) -> list[str]:
    """The words that stand in the octets in any of the ways in which databases and files write them."""
    low = octets.lower()
    return [word for word in PEOPLE if any(way.lower() in low for way in _written(word))]


def _written(word: str) -> tuple[bytes, ...]:
    plain_text, escaped = word.encode(), json.dumps(word)[1:-1].encode()
    return plain_text, escaped, plain_text.hex().encode(), word.encode("utf-16-le")


def octets_of(house: House) -> bytes:
    """SQLite's file and its log as they lie on the disk, or what PostgreSQL copies out of every table."""
    if not house.url:
        files = sorted(house.settings.gateway.data.glob("fehaciente.sqlite*"))
        assert len(files) >= 2, "the log was not looked at"
        return b"".join(file.read_bytes() for file in files)
    url = make_url(house.url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        names = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        assert len(names) > 20
        return b"".join(copied(connection, name) for (name,) in names)


def copied(connection: "psycopg.Connection[tuple[str]]", table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:  # type: ignore[arg-type]
        return b"".join(bytes(part) for part in copy)


def test_the_database_tells_of_nobody(story: House) -> None:
    """Neither rows, nor indexes, nor the write-ahead log hold a name, an identifier, a telephone, an address,
    a subject, a document's name, a reason, a wrong identifier or a relay's words."""
    octets = octets_of(story)
    assert b"CASE-7" in octets, "what an issuer calls its transactions stays readable"
    assert found(octets) == []


def test_the_logs_tell_of_nobody(story: House, caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level no record, formatted as it would be written, holds any of it."""
    formatter = TextFormatter()
    told = "\n".join(formatter.format(record) for record in caplog.records)
    assert found(told.encode()) == []


def test_no_file_tells_of_anybody(story: House) -> None:
    """Nor does any other file of the installation; the development console's is their own mailbox."""
    outbox = story.settings.console.folder
    for file in story.settings.gateway.data.rglob("*"):
        if file.is_file() and outbox not in file.parents:
            assert found(file.read_bytes()) == [], file


def test_the_words_are_looked_for_where_they_are(story: House) -> None:
    """The mailbox holds them, so the search finds what is there to be found."""
    outbox = (Path(story.settings.console.folder) / "outbox.jsonl").read_text(encoding="utf-8")
    assert {"Wenceslaoria", "611222333", "@example.org"} <= set(found(outbox.encode()))


def test_purging_leaves_not_even_ciphertext(story: House) -> None:
    """After the purge the rows are gone; the audit log and the tombstone tell of nobody either."""
    [guid] = {message["id"].split("notice-")[1][:31] for message in story.messages("notice-")}
    deposited(story)
    pass_custody(story, guid)
    assert story.system.purge() == 1
    story.drain()
    octets = octets_of(story)
    assert found(octets) == []
