"""Operation codes and link tokens: in the recipient's messages, and nowhere else."""

import logging
import re

import pytest
from sqlalchemy import select

from gateway.adapters.storage.tables import METADATA
from gateway.adapters.telemetry.logs import TextFormatter
from gateway.domain.delivery import Channel, Message, Receipt
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Courier
from tests.guest import Guest
from tests.house import CODE, LINK, House, refused
from tests.orders import ANA, LUIS, order


class Talkative(Courier):
    """A channel whose failures repeat the whole message, as careless libraries do."""

    def __init__(self, *failures: type[Exception]) -> None:
        self.failures = list(failures)

    def send(self, message: Message) -> Receipt:
        raise self.failures.pop(0)(f"cannot send {message.text!r} to {message.address}")

    def find(self, message_id: str) -> Receipt | None:
        return None


@pytest.fixture
def story(house: House, caplog: pytest.LogCaptureFixture) -> tuple[House, list[str]]:
    """A house in which much went right and wrong, with every text that its errors told."""
    caplog.set_level(logging.DEBUG)
    guid = house.submit(order(ANA, LUIS, service="CONTRACT")).guid
    console = house.couriers[Channel.SMS]
    house.couriers[Channel.SMS] = Talkative(ConnectionError, ValueError)
    house.drain()
    house.couriers[Channel.SMS] = console
    for _ in range(4):
        house.clock.advance(house.settings.worker.lease * 2)
        house.drain()
    told = [text for position in range(2) for text in sign_badly(house.guest(guid, position))]
    house.expire()
    house.drain()
    return house, told


def sign_badly(guest: Guest) -> list[str]:
    """Sign after wrong codes; every refusal's text."""
    told = []
    guest.read()
    guest.ask()
    for _ in range(2):
        with pytest.raises(GatewayError) as caught:
            guest.sign(guest.wrong_code)
        told += [str(caught.value), repr(caught.value), caught.value.detail]
    real = guest.house.couriers[Channel.SMS]
    guest.house.couriers[Channel.SMS] = Talkative(ConnectionError, RuntimeError)
    guest.house.clock.advance(guest.house.settings.codes.pause)
    guest.ask()
    guest.house.couriers[Channel.SMS] = real
    guest.house.clock.advance(guest.house.settings.codes.pause)
    guest.ask()
    guest.sign()
    return told


def secrets_of(house: House) -> list[re.Pattern[str]]:
    """Everything secret that was sent, told apart from digits of times, digests and identifiers."""
    texts = [message["text"] for message in house.messages()]
    codes = {found[0] for text in texts if (found := CODE.search(text)) and not LINK.search(text)}
    tokens = {found[1] for text in texts if (found := LINK.search(text))}
    assert len(codes) >= 2
    assert tokens
    patterns = [re.compile(rf"(?<![0-9A-Za-z.:+-]){code}(?![0-9A-Za-z])") for code in codes]
    return patterns + [re.compile(re.escape(token)) for token in tokens]


def assert_silent(house: House, text: str) -> None:
    for secret in secrets_of(house):
        found = secret.search(text)
        assert not found, text[max(0, found.start() - 80) : found.end() + 20]


def test_no_column_holds_a_secret(story: tuple[House, list[str]]) -> None:
    """No row of any table: events, effects, tasks and their errors, challenges, evidence."""
    house, _ = story
    with house.tech.database.engine.connect() as connection:
        for table in METADATA.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    octets = value if isinstance(value, bytes) else str(value).encode()
                    assert_silent(house, octets.decode("latin-1"))


def test_no_file_holds_a_secret(story: tuple[House, list[str]]) -> None:
    """Database files, vault and keys; only the console's outbox, the recipients' telephone, does."""
    house, _ = story
    searched = 0
    for file in house.folder.rglob("*"):
        if file.is_file() and file.name != "outbox.jsonl":
            assert_silent(house, file.read_bytes().decode("latin-1"))
            searched += 1
    assert searched > 20


def test_no_log_holds_a_secret(story: tuple[House, list[str]], caplog: pytest.LogCaptureFixture) -> None:
    """Not at DEBUG, not in tracebacks, and without the redaction that stands behind."""
    house, _ = story
    plain = logging.Formatter("%(message)s")
    texts = [plain.format(record) for record in caplog.get_records("setup")]
    assert any("attempt" in text for text in texts)
    for text in texts:
        assert_silent(house, text)


def test_no_error_tells_a_secret(story: tuple[House, list[str]]) -> None:
    """What a refusal says to the caller repeats neither what was typed nor what was right."""
    house, told = story
    assert told
    for text in told:
        assert_silent(house, text)


def test_the_digest_of_a_code_is_keyed(small_house: House) -> None:
    """Whoever reads the database cannot try a million codes: the digest depends on a key outside it."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    guest.ask()
    with house.tech.database.read() as uow:
        [challenge] = uow.challenges.of(guid, 0)
    codes = house.tech.codes
    assert challenge.digest == codes.digest(challenge.key_id, challenge.id, guest.code)
    assert challenge.digest != codes.digest(challenge.key_id, "another", guest.code)
    refused(ErrorKind.INTERNAL, codes.digest, "another key", challenge.id, guest.code)


def test_the_link_of_a_page_is_not_logged(small_house: House, caplog: pytest.LogCaptureFixture) -> None:
    """The portal's requests bear the token in their path; no record keeps it as it will be written."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    token = house.link_token(guid)
    with caplog.at_level(logging.DEBUG):
        status, _ = house.get(f"/a/{token}")
        assert status.startswith(("200", "302", "303")), status
        house.get(f"/a/{token}x")
    written = "\n".join(map(TextFormatter().format, caplog.records))
    assert token not in written
