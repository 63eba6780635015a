"""WSGI `/inbound/sms`: delivery receipts that an HTTP operator posts, as JSON or as a form.

2xx only after each of them was kept; 503 when one could not be, so that all come again. Whoever does not
prove to be the operator is told nothing.
"""

import hmac
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Protocol
from urllib.parse import parse_qsl

from gateway.domain.delivery import Channel
from gateway.domain.errors import GatewayError
from gateway.domain.reports import Failure, Report, ReportKind
from gateway.domain.sms import failure_of, instant, kind_of

log = logging.getLogger(__name__)
BODY_LIMIT = 1024 * 1024
MOST = 1000
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
Values = Callable[[Any, str], Iterable[Any]]


class Clock(Protocol):
    def now(self) -> datetime: ...


class Unreadable(ValueError):
    """A body that names no message or tells nothing of it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where what is in a receipt, and what the operator's words mean."""

    list: str
    id: str
    state: str
    error: str
    at: str
    provider: str
    zone: tzinfo
    failures: Mapping[str, Failure]
    states: Mapping[str, ReportKind]


@dataclass(frozen=True, slots=True)
class SmsReceipts:
    """`values` finds what is at a path; `header` bears the secret, or by `signed` the body's HMAC."""

    receive: Callable[[Report], object]
    values: Values
    reading: Reading
    clock: Clock
    header: str
    secret: str = field(repr=False)
    signed: bool

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        status = self._status(environ)
        start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
        return [b""]

    def _status(self, environ: dict[str, Any]) -> str:
        if environ["REQUEST_METHOD"] not in {"POST", "PUT"}:
            return "405 Method Not Allowed"
        length = environ.get("CONTENT_LENGTH") or ""
        if not (length.isascii() and length.isdecimal()):
            return "411 Length Required"
        if int(length) > BODY_LIMIT:
            return "413 Content Too Large"
        body = environ["wsgi.input"].read(int(length))
        if not self._proven(environ, body):
            return "401 Unauthorized"
        return self._kept(body, environ.get("CONTENT_TYPE") or "")

    def _proven(self, environ: dict[str, Any], body: bytes) -> bool:
        given = environ.get("HTTP_" + self.header.upper().replace("-", "_")) or ""
        wanted = hmac.digest(self.secret.encode(), body, "sha256").hex() if self.signed else self.secret
        return hmac.compare_digest(given.encode(), wanted.encode())

    def _kept(self, body: bytes, media_type: str) -> str:
        try:
            reports = list(self._reports(body, media_type.partition(";")[0].strip().lower()))
        except (ValueError, RecursionError) as error:
            log.warning("an SMS receipt that cannot be read: %s", type(error).__name__)
            return "400 Bad Request"
        try:
            for each in reports:
                self.receive(each)
        except GatewayError as error:
            log.warning("an SMS receipt could not be kept: %s", error.kind.code)
            return "503 Service Unavailable"
        return "204 No Content"

    def _reports(self, body: bytes, media_type: str) -> Iterator[Report]:
        text = body.decode()
        document = dict(parse_qsl(text)) if media_type == FORM else json.loads(text)
        receipts = [document]
        if self.reading.list:
            listed = next(iter(self.values(document, self.reading.list)), None)
            receipts = listed if isinstance(listed, list) else []
        if not receipts or len(receipts) > MOST:
            raise Unreadable("no receipts, or too many")
        for each in receipts:
            yield self._report(each, body, media_type)

    def _report(self, receipt: Any, body: bytes, media_type: str) -> Report:
        reading = self.reading
        name, state = self._text(receipt, reading.id), self._text(receipt, reading.state)
        error, at = self._text(receipt, reading.error), self._text(receipt, reading.at)
        kind = kind_of(state, reading.states)
        if not name or kind is None:
            raise Unreadable("no id, or no state that is known")
        told = (("state", state), ("error", error), ("done_date", at))
        return Report(
            Channel.SMS,
            kind,
            instant(at, reading.zone) or self.clock.now(),
            body,
            media_type or JSON,
            reference=name,
            provider=reading.provider,
            failure=failure_of(error, reading.failures) if kind is ReportKind.FAILED else None,
            details=tuple((word, value[:60]) for word, value in told if value),
        )

    def _text(self, receipt: Any, path: str) -> str:
        value = next(iter(self.values(receipt, path)), "")
        return str(value).strip()[:120] if isinstance(value, str | int | float) else ""
