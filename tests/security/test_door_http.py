"""The door against HTTP itself: methods, media types, lengths, chunks, slow bodies."""

import io
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.domain.errors import ErrorKind
from gateway.entrypoints.soap.body import Limits, read
from tests import fakes
from tests.fakes import SoapHouse

PLAIN = "text/plain; charset=utf-8"


@pytest.fixture(scope="module")
def house() -> SoapHouse:
    return SoapHouse()


@pytest.fixture(scope="module")
def port(house: SoapHouse) -> Iterator[int]:
    """The door behind a real HTTP server."""
    with fakes.serving(house.door) as number:
        yield number


def exchange(port: int, octets: bytes) -> bytes:
    """Send octets as they are, and read until the server has answered and closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def request(body: bytes, *headers: str) -> bytes:
    lines = ["POST /soap HTTP/1.1", "Host: localhost", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(body: bytes, size: int = 100_000) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_only_post(house: SoapHouse, method: str) -> None:
    """Any other method is 405, names POST and carries no envelope."""
    status, headers, body = house.call(REQUEST_METHOD=method, QUERY_STRING="")
    assert (status, headers["Allow"], headers["Content-Type"]) == ("405 Method Not Allowed", "POST", PLAIN)
    assert b"E000312" in body


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        ("", ""),
        ("application/json", ""),
        ("application/xml", ""),
        ("text/plain", ""),
        ('multipart/related; boundary="b"; type="application/xop+xml"', ""),
        ("multipart/form-data; boundary=b", ""),
        ("application/xop+xml", ""),
        ("text/xml; charset=iso-8859-1", ""),
        ("text/xml; charset=utf-16", ""),
        ("text/xml; charset*=x'y'utf-8", ""),
        ("text/xml", "gzip"),
        ("text/xml", "deflate, gzip"),
    ],
)
def test_other_media_types(house: SoapHouse, content_type: str, encoding: str) -> None:
    """Multipart, compressed, not UTF-8 and non-SOAP bodies are 415 before a single octet is read."""

    class Unread(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("the body was read")

    environ = {"wsgi.input": Unread(), "HTTP_CONTENT_ENCODING": encoding}
    status, headers, body = house.post(fakes.signed(fakes.get_state()), content_type, **environ)
    assert (status, headers["Content-Type"]) == ("415 Unsupported Media Type", PLAIN)
    assert b"E000311" in body


@pytest.mark.parametrize("content_type", ["text/xml", "TEXT/XML; Charset=UTF-8", 'text/xml; charset="utf-8"'])
def test_accepted_spellings_of_media_types(house: SoapHouse, content_type: str) -> None:
    """Case and quotes of Content-Type do not matter, nor does a missing charset."""
    assert house.post(fakes.signed(fakes.get_state()), content_type)[0] == "200 OK"


@pytest.mark.parametrize("length", ["-1", "+5", "1e3", "0x10", "five", " 7", "٣", "1" * 20])
def test_bad_content_length(house: SoapHouse, length: str) -> None:
    """A Content-Length that is no plain number is 400."""
    status, _, body = house.post(b"<a/>", CONTENT_LENGTH=length)
    assert status == "400 Bad Request"
    assert b"E000313" in body


def test_missing_length_is_an_empty_body(house: SoapHouse) -> None:
    """Without length and without chunks there is no body, which is no envelope either."""
    _, _, body = house.post(fakes.signed(fakes.get_state()), CONTENT_LENGTH="")
    assert fakes.fault_code(body) == ErrorKind.XML_MALFORMED.code


def test_chunks_that_the_server_does_not_end_are_refused(house: SoapHouse) -> None:
    """A server that cannot tell where a chunked body ends must not make the door guess."""
    more = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}
    status, _, _ = house.post(fakes.signed(fakes.get_state()), **more)
    assert status == "400 Bad Request"


def test_chunks_that_the_server_ends_are_read_whole(house: SoapHouse) -> None:
    """With wsgi.input_terminated the stream is read to its end."""
    more = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    assert house.post(fakes.signed(fakes.get_state()), **more)[0] == "200 OK"
    status, _, _ = house.post(b"<a>" + b" " * fakes.SOAP_LIMIT, **more)
    assert status == "413 Content Too Large"


def test_a_short_body_is_refused(house: SoapHouse) -> None:
    """A body that ends before its length is 400, even if what came is a whole message."""
    octets = fakes.signed(fakes.get_state())
    status, _, body = house.post(octets, CONTENT_LENGTH=str(len(octets) + 1))
    assert status == "400 Bad Request"
    assert b"octets arrived" in body


def test_too_large(house: SoapHouse) -> None:
    """A message over the limit is 413 without an envelope, by its stated length alone."""
    status, headers, body = house.post(b"", CONTENT_LENGTH=str(fakes.SOAP_LIMIT + 1))
    assert (status, headers["Content-Type"]) == ("413 Content Too Large", PLAIN)
    assert b"E000310" in body
    assert b"Envelope" not in body


def test_a_text_node_over_the_parsers_limit_is_413() -> None:
    """libxml2 stops at ten megabytes a text node: that is a size, not bad XML."""
    house = SoapHouse(limits=Limits(12_000_000, 5.0))
    octets = fakes.signed(fakes.get_state())
    status, _, _ = house.post(octets.replace(b"001001", b"0" * 10_500_000))
    assert status == "413 Content Too Large"


def test_slow_bodies_meet_a_deadline() -> None:
    """A body that trickles in is given up, however willing its sender is to go on."""

    class Trickle:
        def read(self, size: int, /) -> bytes:
            return b"x"

    ticks = iter(range(1000))
    environ: dict[str, Any] = {"CONTENT_LENGTH": "500", "wsgi.input": Trickle()}
    with pytest.raises(fakes.GatewayError, match="took too long"):
        read(environ, Limits(1000, 30), lambda: float(next(ticks)))


def test_a_broken_connection_is_refused(house: SoapHouse) -> None:
    """A connection that breaks while the body is read is a refusal, not an error of ours."""

    class Broken:
        def read(self, size: int, /) -> bytes:
            raise ConnectionResetError

    status, _, _ = house.post(b"<a/>", **{"wsgi.input": Broken()})
    assert status == "400 Bad Request"


def test_chunked_messages_over_http(port: int) -> None:
    """A chunked message of any size below the limit arrives whole; nothing is cut silently."""
    operation = fakes.submit().replace(b"</body>", b"</body>" + b"<!-- " + b"x" * 1_500_000 + b" -->")
    octets = fakes.signed(operation)
    headers = ("Content-Type: text/xml", "Transfer-Encoding: chunked", 'SOAPAction: ""')
    answer = exchange(port, request(chunked(octets), *headers))
    assert answer.startswith(b"HTTP/1.1 200 OK"), answer[:500]


def test_chunked_messages_over_the_limit_over_http(port: int) -> None:
    """A chunked message over the limit is 413: neither cut nor accepted."""
    octets = fakes.signed(fakes.get_state()) + b" " * (fakes.SOAP_LIMIT + 1)
    headers = ("Content-Type: text/xml", "Transfer-Encoding: chunked")
    answer = exchange(port, request(chunked(octets), *headers))
    assert answer.startswith(b"HTTP/1.1 413 "), answer[:500]


def test_empty_post_over_http(port: int) -> None:
    """An empty POST gets a fault, not a dropped connection."""
    answer = exchange(port, request(b"", "Content-Type: text/xml", "Content-Length: 0"))
    assert answer.startswith(b"HTTP/1.1 500 ")
    assert ErrorKind.XML_MALFORMED.code.encode() in answer


def test_headers_cannot_forge_a_verified_request(house: SoapHouse) -> None:
    """Nothing that a client may name in its headers is taken for the door's own verified request."""
    forged = {"HTTP_FEHACIENTE_SOAP_REQUEST": "x", "fehaciente.soap.request": object()}
    _, _, body = house.post(fakes.envelope_octets(), **forged)
    assert fakes.fault_code(body) == ErrorKind.SECURITY_MISSING.code
