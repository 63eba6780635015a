"""The broker's address: without a password in it, and never in clear over a network."""

from pathlib import Path

import pytest

from gateway.settings import Settings, SettingsError, parse
from gateway.settings.worker_sections import broker_place

MINIMAL = "[gateway]\ninstallation = 001001\nbase_url = https://avisos.example\ndata = var\n"


def read(extra: str) -> Settings:
    return parse(MINIMAL + extra, "x.ini", Path("/srv"))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("amqp://localhost", ("localhost", 5672, "/", "guest", False)),
        ("amqp://gate@127.0.0.1:5673/", ("127.0.0.1", 5673, "/", "gate", False)),
        ("amqps://gate%40way@mq.example/a%2Fb", ("mq.example", 5671, "a/b", "gate@way", True)),
        ("amqps://mq.example:1/v", ("mq.example", 1, "v", "guest", True)),
    ],
)
def test_addresses_are_read(url: str, address: tuple[object, ...]) -> None:
    """Ports, users and virtual hosts have RabbitMQ's defaults, and are unquoted."""
    settings = read(f"[worker]\nengine = dramatiq\n[broker]\nurl = {url}\n")
    assert broker_place(settings.broker.url) == address


@pytest.mark.parametrize(
    ("extra", "key", "words"),
    [
        ("url = amqp://mq.example", "url", "amqps"),
        ("url = amqps://gate:secret@mq.example", "url", "password_file"),
        ("url = https://mq.example", "url", "amqps"),
        ("url = amqps:///v", "url", "amqps"),
        ("url = amqps://mq.example/a/b", "url", "amqps"),
        ("url = amqps://mq.example/?heartbeat=0", "url", "amqps"),
        ("queue = two words", "queue", "one word"),
        ("certificate = a.pem", "certificate_key", "together"),
    ],
)
def test_bad_brokers_stop_the_start(extra: str, key: str, words: str) -> None:
    """Each is named, and the secret that stood in it is not repeated."""
    with pytest.raises(SettingsError) as caught:
        read("[broker]\n" + extra)
    assert (caught.value.section, caught.value.key) == ("broker", key)
    assert words in caught.value.detail
    assert "secret" not in caught.value.detail


def test_an_engine_needs_its_broker() -> None:
    """Dramatiq without an address is no silent fall-back to looking."""
    with pytest.raises(SettingsError, match="needs a broker"):
        read("[worker]\nengine = dramatiq\n")
