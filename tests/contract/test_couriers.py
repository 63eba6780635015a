"""The port `Courier`: what every channel owes its callers, over SMTP on loopback and over the console."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from gateway.adapters.channels.console import ConsoleCourier
from gateway.adapters.channels.email import EmailCourier, Relay, Security
from gateway.domain.delivery import Channel, Message, Outcome
from gateway.usecases.ports import Courier

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture(params=["console", "email"])
def courier(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Courier]:
    if request.param == "console":
        yield ConsoleCourier(tmp_path, FixedClock())
        return
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    yield EmailCourier(Relay("127.0.0.1", port, "a@gateway.example", Security.NONE), FixedClock())
    controller.stop()


@pytest.fixture(params=["console", "email"])
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Courier:
    """A channel through which nothing can leave."""
    if request.param == "console":
        (tmp_path / "outbox.jsonl").mkdir()
        return ConsoleCourier(tmp_path, FixedClock())
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    return EmailCourier(Relay("127.0.0.1", port, "a@gateway.example", Security.NONE), FixedClock())


MESSAGE = Message("m-1", Channel.EMAIL, "maria@example.com", "Asunto", "Texto con código 123456", "<p>x</p>")


def test_a_message_that_left_has_a_receipt(courier: Courier) -> None:
    """Handing over gives an outcome that proves dispatch at least, its moment and a reference."""
    receipt = courier.send(MESSAGE)
    assert receipt.outcome in {Outcome.ACCEPTED, Outcome.DELIVERED}
    assert receipt.at == NOW
    assert receipt.reference


def test_receipts_hold_nothing_of_the_message(courier: Courier) -> None:
    """Receipts are stored and logged, so the code that was sent is not in them."""
    assert "123456" not in repr(courier.send(MESSAGE))


def test_asking_never_invents_a_delivery(courier: Courier) -> None:
    """About a message that it never saw a channel says nothing, or that it was not sent."""
    found = courier.find("never-seen")
    assert found is None or found.outcome is Outcome.NOT_SENT


def test_what_cannot_leave_is_a_connection_error(broken: Courier) -> None:
    """Only a ConnectionError lets the caller try again."""
    with pytest.raises(ConnectionError):
        broken.send(MESSAGE)
