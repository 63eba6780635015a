"""What hostile or broken issuers' servers and addresses can do to a call: nothing but make it fail."""

import gzip
import socket
import ssl
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.adapters.feedback.addresses import Addresses
from gateway.adapters.feedback.wire import Reply, Trust, Untold, Wire
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import Telling
from tests.issuer_systems import Handler, Receiver, certificate, receiving, status

PORTS = ((1, 65535),)
OPEN = Addresses(PORTS, allow_private=True)
PUBLIC = Addresses(((443, 443), (8443, 8443)), lookup=lambda _host, _port: ["93.184.216.34"])
LIMIT = 1024


def wire(timeout: float = 5.0, addresses: Addresses = OPEN) -> Wire:
    return Wire(addresses, timeout, LIMIT)


def call(address: str, trust: Trust | None = None, using: Wire | None = None, *, read: bool = True) -> Reply:
    pem, _, spki = certificate()
    trust = trust or Trust((spki,), pem)
    return (using or wire()).post(address, trust, {"Content-Type": "text/plain"}, b"hello", read=read)


def untold(address: str, trust: Trust | None = None, using: Wire | None = None) -> tuple[Telling, str]:
    with pytest.raises(Untold) as caught:
        call(address, trust, using)
    return caught.value.answer.telling, caught.value.answer.detail


def said_by(lookup: Sequence[str]) -> Addresses:
    return Addresses(((443, 443),), lookup=lambda _host, _port: lookup)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    with receiving(tmp_path) as running:
        yield running


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[int]:
    """A plain server that says to each caller what the test wants; gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    try:
                        caller.recv(65536)
                        speak(caller)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        # A close alone does not end an accept that waits.
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


REFUSED_FORMS = (
    "",
    "a.example",
    "http://a.example/",
    "ftp://a.example/",
    "file:///etc/passwd",
    "https://user@a.example/",
    "https://user:word@a.example/",
    "https://a.example@127.0.0.1/",
    "https://a.example\\@127.0.0.1/",
    "https://a.example/#fragment",
    "https://a.example/ a",
    "https://a.example/\r\nHost: b",
    "https://a.example\t/",
    "https://a.example:0/",
    "https://a.example:70000/",
    "https://a.example:80/",
    "https://a.example:22/",
    "https://a.example:443:443/",
    "https://-a.example/",
    "https://a..example/",
    "https://a.example./",
    "https://ñandú.example/",
    "https://a_b.example/",
    "https://[::1%25lo]/",
    "https://[fe80::1%eth0]/",
    "https://[zz]/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://127.0.0.1.5/",
    "https://a.example/" + "x" * 1000,
)


@pytest.mark.parametrize("address", REFUSED_FORMS)
def test_addresses_of_any_other_form_are_refused(address: str) -> None:
    """Other schemes, users, fragments, blanks, ports, odd numbers and names: none is even looked up."""

    def never(_host: str, _port: int) -> Sequence[str]:
        raise AssertionError("looked up")

    with pytest.raises(GatewayError) as caught:
        Addresses(((443, 443),), lookup=never).check(address, b"")
    assert caught.value.kind is ErrorKind.FEEDBACK_ADDRESS


@pytest.mark.parametrize(
    "address",
    ["https://a.example", "https://A.example/", "https://a.example:8443/x/y?z=%20", "https://93.184.216.34/"],
)
def test_public_addresses_pass(address: str) -> None:
    """Names and public numbers with permitted ports are accepted."""
    PUBLIC.check(address, b"")
    assert PUBLIC.target(address).numbers == ("93.184.216.34",)


FORBIDDEN = (
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "168.63.129.16",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::5db8:d822",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
)


@pytest.mark.parametrize("number", FORBIDDEN)
def test_no_name_leads_into_other_networks(number: str) -> None:
    """Loopback, private, link-local, shared, multicast, metadata, and IPv4 in IPv6's clothes: refused when it
    is all that a name says, when it hides among good ones, and at the call as at the subscription."""
    for lookup in ([number], ["93.184.216.34", number]):
        with pytest.raises(GatewayError) as caught:
            said_by(lookup).check("https://a.example/", b"")
        assert caught.value.kind is ErrorKind.FEEDBACK_NETWORK
        using = wire(addresses=said_by(lookup))
        assert untold("https://a.example/", using=using) == (Telling.ADDRESS_REFUSED, "E000521")


def test_numbers_are_judged_as_names_are() -> None:
    """A number in the address itself is looked up by the system and judged all the same."""
    for address in (
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://10.0.0.1/",
    ):
        with pytest.raises(GatewayError) as caught:
            Addresses(((443, 443),)).check(address, b"")
        assert caught.value.kind is ErrorKind.FEEDBACK_NETWORK


@pytest.mark.parametrize(
    "number", ["169.254.169.254", "fd00:ec2::254", "100.64.0.1", "0.0.0.0", "::ffff:10.0.0.1"]
)
def test_what_private_networks_may_do_has_an_end(number: str) -> None:
    """`allow_private` opens this machine and private networks, and no metadata service."""
    with pytest.raises(GatewayError) as caught:
        Addresses(PORTS, allow_private=True, lookup=lambda *_: [number]).check("https://a.example/", b"")
    assert caught.value.kind is ErrorKind.FEEDBACK_NETWORK
    Addresses(PORTS, allow_private=True, lookup=lambda *_: ["10.0.0.1"]).check("https://a.example/", b"")
    with pytest.raises(GatewayError) as caught:
        Addresses(PORTS, allow_private=True, lookup=lambda *_: ["10.0.0.1"]).check("http://a.example/", b"")
    assert caught.value.kind is ErrorKind.FEEDBACK_ADDRESS


def test_unknown_names_are_told(receiver: Receiver) -> None:
    """A name without a number is refused at the subscription, and unreachable at a call."""

    def nothing(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(-2, "unknown")

    lost = Addresses(PORTS, allow_private=True, lookup=nothing)
    with pytest.raises(GatewayError) as caught:
        lost.check(receiver.address, b"")
    assert caught.value.kind is ErrorKind.FEEDBACK_UNRESOLVED
    assert untold(receiver.address, using=wire(addresses=lost))[0] is Telling.UNREACHABLE
    assert receiver.calls == []


def test_the_number_that_was_judged_is_the_one_that_is_called(receiver: Receiver) -> None:
    """A name is looked up once a call: one that would say something else the second time gains nothing."""
    answers = [["127.0.0.1"], ["169.254.169.254"]]
    turning = Addresses(PORTS, allow_private=True, lookup=lambda *_: answers.pop(0))
    address = f"https://rebinding.example:{receiver.port}/"
    # The certificate is of another name, which is noticed only once the right number was called.
    assert untold(address, using=wire(addresses=turning)) == (Telling.TLS_REFUSED, "certificate")
    assert answers == [["169.254.169.254"]]
    assert receiver.calls == []


def test_what_arrives_is_what_was_sent(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Path, query, host and body arrive as they are; proxies of the environment are ignored."""
    for name in ("http_proxy", "https_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    receiver.respond = lambda handler: handler.answer(200, b"fine")
    assert call(receiver.address).content == b"fine"
    assert call(receiver.address, read=False).content == b""
    got = receiver.calls[0]
    assert (got.path, got.body) == ("/hook?from=gateway", b"hello")
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["accept-encoding"] == "identity"


def test_a_wrong_pin_learns_nothing(receiver: Receiver) -> None:
    """With another key than agreed, a server that its roots trust is sent not one octet of the request."""
    pem, _, spki = certificate()
    assert untold(receiver.address, Trust((b"\x01" * 32,), pem)) == (Telling.TLS_REFUSED, "E000523")
    assert untold(receiver.address, Trust()) == (Telling.TLS_REFUSED, "certificate")
    assert receiver.calls == []
    # Several are in force while a key is changed.
    assert call(receiver.address, Trust((b"\x01" * 32, spki), pem)).status == 204


def test_old_tls_is_refused(tmp_path: Path) -> None:
    """A server that speaks TLS 1.1 at most is not spoken to."""
    pem, key, _ = certificate()
    (tmp_path / "both.pem").write_bytes(pem + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller, _ = server.accept()
            with caller:
                try:
                    context.wrap_socket(caller, server_side=True)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        assert untold(f"https://127.0.0.1:{server.getsockname()[1]}/") == (Telling.TLS_REFUSED, "handshake")
        thread.join(5)


def test_redirects_are_not_followed(receiver: Receiver, tmp_path: Path) -> None:
    """Where a redirect leads is never called."""
    with receiving(tmp_path, secure=False) as other:
        receiver.respond = status(307, Location=other.address)
        assert call(receiver.address).status == 307
        assert other.calls == []


def test_giant_answers_are_cut_off(receiver: Receiver) -> None:
    """An answer over the limit, announced or endless, is not read to its end."""
    receiver.respond = lambda handler: handler.answer(200, b"x" * (LIMIT + 1))
    assert untold(receiver.address) == (Telling.BAD_ANSWER, "the answer is too large")

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while True:
            handler.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")

    receiver.respond = endless
    assert untold(receiver.address) == (Telling.BAD_ANSWER, "the answer is too large")


def test_what_is_compressed_stays_so(receiver: Receiver) -> None:
    """Nothing is ever inflated: a bomb is the few octets that it is."""
    bomb = gzip.compress(b"\0" * 500_000)
    assert len(bomb) < LIMIT
    receiver.respond = lambda handler: handler.answer(200, bomb, Content_Encoding="gzip")
    assert call(receiver.address).content == bomb


@pytest.mark.parametrize("octets", [b"", b"HTTP/1.1 200 OK\r\n", b"H", b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"])
def test_whoever_drips_gains_no_time(octets: bytes) -> None:
    """A server that sends an octet now and then, in status line, headers or body, is left at the deadline."""
    left = threading.Event()

    def drip(caller: socket.socket) -> None:
        caller.sendall(octets)
        while not left.wait(0.02):
            caller.sendall(b"x")

    begun = time.monotonic()
    with speaking(drip) as port:
        assert untold(f"http://127.0.0.1:{port}/", using=wire(0.3))[0] is Telling.TIMEOUT
        left.set()
    assert time.monotonic() - begun < 20


def test_a_server_that_never_shakes_hands() -> None:
    """A listener that says nothing to a TLS greeting costs the deadline and no more."""
    left = threading.Event()
    with speaking(lambda _caller: left.wait(10) and None) as port:
        assert untold(f"https://127.0.0.1:{port}/", using=wire(0.3))[0] is Telling.TIMEOUT
        left.set()


@pytest.mark.parametrize(
    "octets",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"b" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_what_is_no_http_is_no_answer(octets: bytes) -> None:
    """Other protocols, endless headers, short bodies and broken chunks are answers that say nothing."""
    with speaking(lambda caller: caller.sendall(octets)) as port:
        assert untold(f"http://127.0.0.1:{port}/")[0] is Telling.BAD_ANSWER


def test_a_closed_port_is_unreachable() -> None:
    """Nobody listens: told as unreachable, with no word of the system's."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert untold(f"http://127.0.0.1:{port}/") == (Telling.UNREACHABLE, "ConnectionRefusedError")
