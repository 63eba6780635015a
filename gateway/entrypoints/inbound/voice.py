"""`/inbound/voice/<mark>/<what>`: callbacks of the provider of calls, whichever it is.

`/inbound/voice/incoming` is told when somebody rings our number.

Sizes and paths only: the provider's adapter says whether a callback is genuine and what it means, use cases
keep it. A 2xx is given once it is kept. Nothing of a callback is logged: its path names a call.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from re import compile as pattern
from typing import Any, Protocol
from urllib.parse import parse_qsl

from gateway.domain.delivery import Message
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.voice import CallEvent

LARGEST = 64 * 1024
FIELDS = 200
FORM = "application/x-www-form-urlencoded"
PLACE = pattern(r"/inbound/voice(/incoming|/([A-Za-z0-9_-]{1,64})/([a-z]{1,16}))")
Form = Sequence[tuple[str, str]]
STATUS = {
    ErrorKind.CALL_UNKNOWN: "404 Not Found",
    ErrorKind.TEMPORARILY_UNAVAILABLE: "503 Service Unavailable",
}


class Provider(Protocol):
    """What knows the provider's words."""

    def genuine(self, rest: str, form: Form, environ: dict[str, Any]) -> bool: ...
    def read(self, call: str, what: str, form: Form, raw: bytes) -> Sequence[CallEvent]: ...
    def answer(self, what: str, words: Message | None, mark: str) -> str: ...
    def caller(self, form: Form) -> str: ...
    def taken(self, form: Form, raw: bytes, expected: Message | None) -> tuple[Sequence[CallEvent], str]: ...
    def afterwards(self, events: Sequence[CallEvent], form: Form) -> None: ...


@dataclass(frozen=True, slots=True)
class VoiceDoor:
    """WSGI. `call_of` gives our id of the call that a mark names, `words` what may still be said in it, and
    `expected` the call in which somebody is expected to ring us."""

    provider: Provider
    call_of: Callable[[str], str]
    words: Callable[[str], Message | None]
    expected: Callable[[str], Message | None]
    tell: Callable[[CallEvent], object]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            status, text = self._answered(environ)
        except GatewayError as error:
            if error.kind not in STATUS:
                raise
            status, text = STATUS[error.kind], ""
        octets = text.encode()
        kind = "text/xml; charset=utf-8" if text else "text/plain"
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(octets)))])
        return [octets]

    def _answered(self, environ: dict[str, Any]) -> tuple[str, str]:
        place = PLACE.fullmatch(environ.get("PATH_INFO", ""))
        if place is None:
            return "404 Not Found", ""
        if environ.get("REQUEST_METHOD") != "POST":
            return "405 Method Not Allowed", ""
        raw = _body(environ)
        if raw is None:
            return "400 Bad Request", ""
        query = environ.get("QUERY_STRING", "")
        try:
            form = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=FIELDS, errors="strict")
        except ValueError:
            return "400 Bad Request", ""
        if not self.provider.genuine(f"{place[1]}?{query}" if query else place[1], form, environ):
            return "403 Forbidden", ""
        if place[2] is None:
            return self._incoming(form, raw)
        return self._kept(place[2], place[3], form, raw)

    def _incoming(self, form: Form, raw: bytes) -> tuple[str, str]:
        caller = self.provider.caller(form)
        events, answer = self.provider.taken(form, raw, self.expected(caller) if caller else None)
        for event in events:
            self.tell(event)
        return "200 OK", answer

    def _kept(self, mark: str, what: str, form: Form, raw: bytes) -> tuple[str, str]:
        call = self.call_of(mark)
        events = self.provider.read(call, what, form, raw)
        for event in events:
            self.tell(event)
        self.provider.afterwards(events, form)
        answer = self.provider.answer(what, self.words(call), mark)
        return ("200 OK" if answer else "204 No Content"), answer


def _body(environ: dict[str, Any]) -> bytes | None:
    """None for what is no form, too large or not all there."""
    length = environ.get("CONTENT_LENGTH") or ""
    form = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() == FORM
    if not form or not (length.isascii() and length.isdigit() and len(length) < 9):
        return None
    size = int(length)
    if size > LARGEST:
        return None
    raw: bytes = environ["wsgi.input"].read(size)
    return raw if len(raw) == size else None
