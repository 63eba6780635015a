"""Logging: records bear their request, stay on one line, and lose codes, tokens and passwords."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from gateway.adapters.telemetry import logs

TOKEN = "k3yK3yk3yK3yk3yK3yk3yK3yk3yK3yk3yK3yk3yK3yk"


@pytest.fixture
def root() -> Iterator[None]:
    """Leave the root logger as it was."""
    logger = logging.getLogger()
    handlers, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:], logger.level = handlers, level


def logged(form: str, *args: object, level: str = "INFO") -> str:
    stream = io.StringIO()
    logs.configure(level, form, stream)
    logging.getLogger("gateway.test").info(*args)
    return stream.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        "GET /a/%s/sign", "https://avisos.example/a/%s", "{'path': '/a/%s'}", "password=%s", "token: '%s'",
        "Authorization: %s",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["text", "json"])
def test_tokens_and_passwords_are_redacted(root: None, form: str, text: str) -> None:
    """Also where they arrive as an argument."""
    out = logged(form, text, TOKEN)
    assert TOKEN not in out
    assert "[redacted]" in out


@pytest.mark.parametrize(
    "text",
    [
        "code 123456", "code: 123456 sent", "código=123456", "Code is 123456", "codigo '123456'",
        "PIN 123456",
        "123456 es su codigo para firmar", "123456 is your code", '{"code": "123456"}',
    ],
)  # fmt: skip
def test_operation_codes_are_redacted(text: str) -> None:
    """In the forms in which code and text could carry them."""
    assert "123456" not in logs.redacted(text)


@pytest.mark.parametrize(
    "text",
    ["001001-0001-000000000000017.par", "E000101 CLOSED", "123456 octets", "/static/a/x", "issuer 000001"],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Redaction leaves GUIDs, catalogued codes and sizes readable."""
    assert logs.redacted(text) == text


def test_records_bear_the_request_that_they_belong_to(root: None) -> None:
    """Inside a request its id, outside a dash."""
    with logs.request("r-1"):
        inside = logged("text", "hello")
    assert "[r-1] hello" in inside
    assert "[-] hello" in logged("text", "hello")
    with logs.request("r-2"):
        assert json.loads(logged("json", "hello"))["request"] == "r-2"


def test_no_caller_writes_records_of_their_own(root: None) -> None:
    """Line breaks in a message are written as escapes."""
    out = logged("text", "user %s", "x\n2026-01-01T00:00:00 INFO gateway [-] forged\r\n")
    assert out.count("\n") == 1
    assert "\r" not in out


@pytest.mark.parametrize("form", ["text", "json"])
def test_tracebacks_are_redacted_too(root: None, form: str) -> None:
    """An exception that quotes a link does not publish it."""
    stream = io.StringIO()
    logs.configure("INFO", form, stream)
    try:
        raise ValueError(f"bad path /a/{TOKEN}")
    except ValueError:
        logging.getLogger("gateway.test").exception("failed")
    assert "ValueError" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_configuring_twice_writes_once(root: None) -> None:
    """A second start in one process replaces the handler."""
    first = io.StringIO()
    logs.configure("INFO", "text", first)
    assert logged("text", "once").count("once") == 1
    assert first.getvalue() == ""


@pytest.mark.parametrize("text", ["to ana.garcia@example.org now", "call +34600000123", "<x+y@a.b.example>"])
def test_people_are_redacted(text: str) -> None:
    """Mailboxes and telephone numbers do not reach a log, wherever they were about to stand."""
    out = logs.redacted(text)
    assert "[redacted]" in out
    assert "@" not in out
    assert "600000123" not in out


@pytest.mark.parametrize("text", ["2026-11-24T10:00:00.123+00:00", "id 7f+12345678x", "+12345678.5s ahead"])
def test_times_and_numbers_are_no_people(text: str) -> None:
    """An offset or a difference is not taken for a telephone number."""
    assert logs.redacted(text) == text


def test_records_tell_the_transaction_that_they_are_about(root: None) -> None:
    """In text after the request's id, in JSON as a field of its own; outside of one not at all."""
    guid = "001001-0001-000000000000017.par"
    with logs.request("r-3"), logs.about(guid):
        assert f"[r-3 {guid}] hello" in logged("text", "hello")
        assert json.loads(logged("json", "hello"))["guid"] == guid
    assert "guid" not in json.loads(logged("json", "hello"))


def test_a_request_concerns_a_transaction_until_it_ends(root: None) -> None:
    """Told in the middle of a request, it stands in each record from then on; in no other request's."""
    with logs.request("r-4"):
        assert "guid" not in json.loads(logged("json", "before"))
        logs.concerns("001001-0001-000000000000018.par")
        assert json.loads(logged("json", "after"))["guid"] == "001001-0001-000000000000018.par"
    with logs.request("r-5"):
        assert "guid" not in json.loads(logged("json", "hello"))
