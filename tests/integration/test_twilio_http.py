"""The wire to a provider of calls: TLS, what certainly did not leave, recordings elsewhere or cut."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from gateway.adapters.channels.voice.tone import tone
from gateway.adapters.channels.voice.twilio import Known, Line, TwilioVoice
from gateway.adapters.channels.voice.twilio_http import Account
from gateway.domain.delivery import Channel, Message, Outcome
from gateway.domain.voice import CallScript
from scripts.sample_calls import ACCOUNT, TOKEN, Exchange
from scripts.sample_exchange import twilio
from tests.courier_rows import FixedClock, free_port
from tests.issuer_systems import certificate

SCRIPT = CallScript("es", "Hola.", "Su código es: 1, 2, 3, 4, 5, 6.", "Pulse 1.", "Adiós.")
CALL = Message("m-1", Channel.VOICE, "+34600000001", "", "", script=SCRIPT, mark="m" * 32)


def voice(url: str, token: str = TOKEN, ca_file: Path | None = None, timeout: float = 5.0) -> TwilioVoice:
    line = Line("+34910000000", "https://gateway.example/inbound/voice")
    account = Account(url, ACCOUNT, token, timeout, ca_file)
    return TwilioVoice(account, line, FixedClock(), lambda _call: Known("CA1"))


@pytest.fixture
def secure(tmp_path: Path) -> Iterator[tuple[Exchange, Path]]:
    pem, key, _ = certificate()
    (tmp_path / "ca.pem").write_bytes(pem)
    (tmp_path / "both.pem").write_bytes(pem + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    with twilio(tls=context) as exchange:
        yield exchange, tmp_path / "ca.pem"


@contextmanager
def answering(octets: bytes) -> Iterator[str]:
    """A server that reads a request and answers with these octets, whatever it was."""

    class Rude(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def do_GET(self) -> None:
            self.wfile.write(octets)
            self.close_connection = True

        def log_message(self, *_words: object) -> None:
            """Nothing."""

    with HTTPServer(("127.0.0.1", 0), Rude) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_over_tls_to_whom_we_trust(secure: tuple[Exchange, Path]) -> None:
    """With the provider's root the call is placed; without it nothing has left, and that is certain."""
    exchange, roots = secure
    assert voice(exchange.url, ca_file=roots).send(CALL).outcome is Outcome.ACCEPTED
    with pytest.raises(ConnectionError):
        voice(exchange.url).send(CALL)
    assert len(exchange.calls) == 1


@pytest.mark.parametrize(
    "octets", [b"", b"HTTP/1.1 2", b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{"]
)
def test_an_answer_that_breaks_off_is_unknown(octets: bytes) -> None:
    """The request went out, so it may ring."""
    with answering(octets) as url:
        receipt = voice(url).send(CALL)
    assert receipt.outcome is Outcome.UNKNOWN
    assert "código" not in repr(receipt)


def test_an_answer_without_an_id_is_unknown() -> None:
    """Whoever says 201 and not which call may have placed one."""
    with answering(b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n[]") as url:
        assert voice(url).send(CALL).outcome is Outcome.UNKNOWN


def test_a_provider_that_is_away_and_comes_back() -> None:
    """Nothing left while it was away, so the next attempt is the first call."""
    port = free_port()
    away = voice(f"http://127.0.0.1:{port}")
    with pytest.raises(ConnectionError):
        away.send(CALL)
    with twilio(port=port) as exchange:
        assert away.send(CALL).outcome is Outcome.ACCEPTED
        assert len(exchange.calls) == 1


def test_a_recording_that_is_there_is_not_yet_or_not_for_us() -> None:
    """None while it is not there; an error where the provider fails; nothing by a name that is none."""
    with twilio() as exchange:
        asked = voice(exchange.url)
        found = asked.recording("RE1")
        assert found is not None
        assert (found.octets, found.media_type) == (tone(), "audio/wav")
        assert asked.recording("../Calls") is None
        exchange.recording = 404
        assert asked.recording("RE1") is None
        exchange.recording = 503
        with pytest.raises(ConnectionError):
            asked.recording("RE1")


def test_a_recording_that_is_cut_is_none() -> None:
    """What broke off is fetched again, and never kept for the whole."""
    with (
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\nRIFF") as url,
        pytest.raises(ConnectionError),
    ):
        voice(url).recording("RE1")


def test_a_recording_elsewhere(secure: tuple[Exchange, Path]) -> None:
    """It is fetched by https alone, and without the account's token."""
    there, roots = secure
    with twilio() as exchange:
        asked = voice(exchange.url, ca_file=roots)
        exchange.elsewhere = f"{there.url}/2010-04-01/Accounts/{ACCOUNT}/Recordings/RE1.wav"
        with pytest.raises(ConnectionError, match="401"):
            asked.recording("RE1")
        exchange.elsewhere = "http://127.0.0.1/RE1.wav"
        with pytest.raises(ConnectionError, match="https"):
            asked.recording("RE1")


def test_the_token_is_in_no_error_and_no_representation() -> None:
    """Whoever logs an adapter logs no secret."""
    with twilio() as exchange:
        stranger = voice(exchange.url, token="another-token")
        with pytest.raises(ConnectionError) as caught:
            stranger.greet()
    assert "another-token" not in repr(stranger) + repr(caught.value)
