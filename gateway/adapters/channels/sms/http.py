"""SMS by an operator's HTTP interface, whose shape the settings say: the port `Courier`.

One connection a message, no redirects, no proxies: until it stands nothing can have left, and afterwards
whatever goes wrong leaves the message UNKNOWN, unless the operator itself says that it sent nothing.
"""

import http.client
import json
import ssl
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

from gateway.adapters.channels.sms.body import filled, found
from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.usecases.ports import Courier

ANSWER_LIMIT = 256 * 1024


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Answers:
    """How to read an answer: where ids and error are, and which statuses and codes mean what."""

    id: str
    error: str
    no_error: frozenset[str]
    later_errors: frozenset[str]
    refused: frozenset[int]
    later: frozenset[int]


@dataclass(frozen=True, slots=True)
class Interface:
    """The operator's. `authorization` is the whole header, empty for none; `tls` None in clear."""

    url: str
    method: str
    body: str
    sender: str
    callback: str
    answers: Answers
    timeout: float
    tls: ssl.SSLContext | None
    headers: Mapping[str, str] = field(default_factory=dict)
    authorization: str = field(repr=False, default="")


def basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


class HttpCourier(Courier):
    def __init__(self, interface: Interface, clock: Clock) -> None:
        self._to = interface
        self._clock = clock

    def prepared(self, message: Message) -> Message:
        """`raw` becomes the request's body; who we are stands in its headers and is not kept."""
        values = {
            "to": message.address,
            "from": self._to.sender,
            "text": message.text,
            "mark": message.mark or message.id,
            "callback": self._to.callback,
        }
        raw, media_type = filled(self._to.body, values)
        return replace(message, raw=raw, raw_type=media_type)

    def send(self, message: Message) -> Receipt:
        ready = message if message.raw else self.prepared(message)
        wire = self._connected()
        try:
            status, octets = self._asked(wire, ready)
        except (OSError, http.client.HTTPException) as error:
            said = f"no answer: {type(error).__name__}"
            return Receipt(Outcome.UNKNOWN, self._clock.now(), detail=said)
        finally:
            wire.close()
        return self._receipt(message.mark or message.id, status, _document(octets))

    def find(self, message_id: str) -> Receipt | None:  # noqa: ARG002 - the port's
        """There is no question that every operator answers."""
        return None

    def _connected(self) -> http.client.HTTPConnection:
        """Raises ConnectionError: nothing has left."""
        place, tls = urlsplit(self._to.url), self._to.tls
        host, port, timeout = place.hostname or "", place.port, self._to.timeout
        wire = (
            http.client.HTTPSConnection(host, port, timeout=timeout, context=tls)
            if tls is not None
            else http.client.HTTPConnection(host, port, timeout=timeout)
        )
        try:
            wire.connect()
        except (OSError, http.client.HTTPException) as error:
            wire.close()
            raise ConnectionError(type(error).__name__) from None
        return wire

    def _asked(self, wire: http.client.HTTPConnection, message: Message) -> tuple[int, bytes]:
        place = urlsplit(self._to.url)
        target = (place.path or "/") + (f"?{place.query}" if place.query else "")
        headers = {"Content-Type": message.raw_type, "Accept": "application/json", "User-Agent": "Fehaciente"}
        headers |= self._to.headers
        if self._to.authorization:
            headers["Authorization"] = self._to.authorization
        wire.request(self._to.method, target, message.raw, headers)
        answer = wire.getresponse()
        return answer.status, answer.read(ANSWER_LIMIT)

    def _receipt(self, mark: str, status: int, document: Any) -> Receipt:
        now, rules = self._clock.now(), self._to.answers
        errors = [each for each in found(document, rules.error) if each.lower() not in rules.no_error]
        said = f"HTTP {status}" + (f", error {errors[0][:60]}" if errors else "")
        if status in rules.later or (errors and errors[0].lower() in rules.later_errors):
            return Receipt(Outcome.NOT_SENT, now, detail=said)
        if status in rules.refused or (200 <= status < 300 and errors):
            return Receipt(Outcome.REFUSED, now, detail=said)
        if not 200 <= status < 300:
            return Receipt(Outcome.UNKNOWN, now, detail=said)
        ids = tuple(dict.fromkeys(each[:120] for each in found(document, rules.id) if each))
        return Receipt(Outcome.ACCEPTED, now, ids[0] if ids else mark, said, ids)


def _document(octets: bytes) -> Any:
    try:
        return json.loads(octets)
    except (ValueError, RecursionError):
        return None
