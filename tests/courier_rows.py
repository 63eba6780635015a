"""The couriers that the contract suite tries: one row a channel, its other side at work, and broken.

Whoever builds a channel adds its row here, and nothing else.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from aiosmtpd.handlers import Sink

from gateway.adapters.channels.console import ConsoleCourier
from gateway.adapters.channels.email import EmailCourier, Relay, Security
from gateway.adapters.channels.postal.courier import PostalCourier
from gateway.adapters.channels.postal.folder import FolderExchange
from gateway.adapters.channels.postal.print_file import Origin
from gateway.adapters.channels.sms.http import Answers, HttpCourier, Interface
from gateway.adapters.channels.sms.link import Smsc
from gateway.adapters.channels.sms.pace import Pace
from gateway.adapters.channels.sms.pdus import Addressing
from gateway.adapters.channels.sms.receipts import IDS, Operator
from gateway.adapters.channels.sms.session import Session
from gateway.adapters.channels.sms.smpp import SmppCourier
from gateway.adapters.channels.voice.twilio import Known, Line, TwilioVoice
from gateway.adapters.channels.voice.twilio_http import Account
from gateway.domain.delivery import Channel, Message, Receipt
from gateway.usecases.ports import Courier
from scripts.sample_calls import ACCOUNT, TOKEN
from scripts.sample_exchange import twilio
from scripts.sample_operator import SampleOperator
from scripts.sample_smsc import SampleSmsc
from tests.relays import Closing, free_port

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)


class FixedClock:
    def now(self) -> datetime:
        return NOW


@dataclass(frozen=True)
class Row:
    """`working` has the channel's other side running; with `broken` nothing can leave."""

    channel: Channel
    address: str
    working: Callable[[Path], AbstractContextManager[Courier]]
    broken: Callable[[Path], Courier]


@contextmanager
def _console(folder: Path) -> Iterator[Courier]:
    yield ConsoleCourier(folder, FixedClock())


def _no_console(folder: Path) -> Courier:
    (folder / "outbox.jsonl").mkdir()
    return ConsoleCourier(folder, FixedClock())


def _mail(port: int) -> Courier:
    return EmailCourier(Relay("127.0.0.1", port, "a@gateway.example", Security.NONE), FixedClock())


@contextmanager
def _email(_folder: Path) -> Iterator[Courier]:
    port = free_port()
    controller = Closing(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield _mail(port)
    finally:
        controller.stop()


def _post(folder: Path) -> Courier:
    return PostalCourier(FolderExchange(folder), FixedClock(), str, Origin())


@contextmanager
def _postal(folder: Path) -> Iterator[Courier]:
    yield _post(folder)


def _no_post(folder: Path) -> Courier:
    (folder / "out").write_text("a file where the folder should be")
    return _post(folder)


class Parting(SmppCourier):
    """Leaves no session behind that would go on looking for its SMSC."""

    def send(self, message: Message) -> Receipt:
        try:
            return super().send(message)
        finally:
            self.session.stop(0)


def _sms(port: int, kind: type[SmppCourier] = SmppCourier) -> SmppCourier:
    place = Smsc("127.0.0.1", port, "gateway", "secret", timeout=1.0)
    operator = Operator("operator", ZoneInfo("Europe/Madrid"))
    session = Session(place, operator, Pace(0, 10), FixedClock())
    return kind(session, Addressing("Banco", 5, 0), FixedClock(), IDS["as_is"], 8, 1.0)


@contextmanager
def _smpp(_folder: Path) -> Iterator[Courier]:
    with SampleSmsc() as smsc:
        courier = _sms(smsc.port)
        try:
            yield courier
        finally:
            courier.session.stop(1)


def _http(port: int) -> Courier:
    none = frozenset[str]()
    answers = Answers("id", "error", none, none, frozenset({400}), frozenset({503}))
    body = '{"to": "{to}", "text": "{text}", "mark": "{mark}"}'
    url = f"http://127.0.0.1:{port}/messages"
    return HttpCourier(Interface(url, "POST", body, "Banco", "", answers, 5.0, None), FixedClock())


@contextmanager
def _sms_http(_folder: Path) -> Iterator[Courier]:
    with SampleOperator() as operator:
        yield _http(operator.port)


def _twilio_at(url: str) -> Courier:
    line = Line("+34910000000", "https://gateway.example/inbound/voice")
    return TwilioVoice(Account(url, ACCOUNT, TOKEN, 5.0), line, FixedClock(), lambda _call: Known())


@contextmanager
def _twilio(_folder: Path) -> Iterator[Courier]:
    with twilio() as exchange:
        yield _twilio_at(exchange.url)


ROWS = {
    "console": Row(Channel.EMAIL, "maria@example.com", _console, _no_console),
    "email": Row(Channel.EMAIL, "maria@example.com", _email, lambda _folder: _mail(free_port())),
    "smpp": Row(Channel.SMS, "+34600000123", _smpp, lambda _folder: _sms(free_port(), Parting)),
    "sms_http": Row(Channel.SMS, "+34600000123", _sms_http, lambda _folder: _http(free_port())),
    "postal": Row(Channel.POSTAL, "Calle Mayor 1, 28013 Madrid, ES", _postal, _no_post),
    "twilio": Row(
        Channel.VOICE, "+34600000001", _twilio, lambda _folder: _twilio_at(f"http://127.0.0.1:{free_port()}")
    ),
}
