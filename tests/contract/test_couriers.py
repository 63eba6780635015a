"""The port `Courier`: what every channel owes its callers, each over the real other side on loopback."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.domain.delivery import Channel, Message, Outcome
from gateway.domain.letters import Letter, LetterKind, PostalAddress
from gateway.domain.voice import CallScript
from gateway.usecases.ports import Courier
from tests.courier_rows import NOW, ROWS, Row

LETTER = Letter(
    guid="001001-0001-000000000123456.par",
    position=0,
    kind=LetterKind.REGISTERED,
    language="es",
    sender="Banco Ejemplar",
    contact="ayuda@bank.example",
    name="María Pérez",
    attention="",
    place=PostalAddress("Calle Mayor 1", "", "28013", "Madrid", "", "ES"),
)
TEXT = "Texto con código 123456"
SCRIPT = CallScript("es", "Hola.", TEXT, "Pulse 1.", "Adiós.")


@pytest.fixture(params=ROWS)
def row(request: pytest.FixtureRequest) -> Row:
    return ROWS[request.param]


@pytest.fixture
def courier(row: Row, tmp_path: Path) -> Iterator[Courier]:
    with row.working(tmp_path) as courier:
        yield courier


def asked(row: Row, name: str = "m-1") -> Message:
    """Named by its id as by its mark, so that a channel that goes by the mark finds it."""
    html = "<p>x</p>" if row.channel is Channel.EMAIL else ""
    letter = LETTER if row.channel is Channel.POSTAL else None
    script = SCRIPT if row.channel is Channel.VOICE else None
    return Message(
        name, row.channel, row.address, "Asunto", TEXT, html, script=script, mark=name, letter=letter
    )


def test_a_message_that_left_has_a_receipt(row: Row, courier: Courier) -> None:
    """Handing over gives an outcome that proves dispatch at least, its moment and a reference."""
    receipt = courier.send(courier.prepared(asked(row)))
    assert receipt.outcome in {Outcome.ACCEPTED, Outcome.DELIVERED}
    assert receipt.at == NOW
    assert receipt.reference


def test_receipts_hold_nothing_of_the_message(row: Row, courier: Courier) -> None:
    """Receipts are stored and logged, so the code that was sent is not in them."""
    assert "123456" not in repr(courier.send(courier.prepared(asked(row))))


def test_preparing_changes_nothing_but_the_octets(row: Row, courier: Courier) -> None:
    """It is called before the intent: pure, and the same message twice gives the same one."""
    message = asked(row)
    prepared = courier.prepared(message)
    assert courier.prepared(message) == prepared
    assert replace(prepared, raw=b"", raw_type="") == message
    found = courier.find(message.id)
    assert found is None or found.outcome is Outcome.NOT_SENT


def test_asking_never_invents_a_delivery(courier: Courier) -> None:
    """About a message that it never saw a channel says nothing, or that it was not sent."""
    found = courier.find("never-seen")
    assert found is None or found.outcome is Outcome.NOT_SENT


def test_asking_about_what_left_never_denies_it(row: Row, courier: Courier) -> None:
    """NOT_SENT would have it sent twice: a channel that cannot tell says nothing."""
    courier.send(courier.prepared(asked(row)))
    found = courier.find("m-1")
    assert found is None or found.outcome in {Outcome.ACCEPTED, Outcome.DELIVERED}


def test_what_cannot_leave_is_a_connection_error(row: Row, tmp_path: Path) -> None:
    """Only a ConnectionError lets the caller try again."""
    broken = row.broken(tmp_path)
    with pytest.raises(ConnectionError):
        broken.send(broken.prepared(asked(row)))
