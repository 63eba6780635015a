"""Logging: one line a record, the request's id on each, operation codes and link tokens never.

Redaction is the last line of defence, not the first: nobody is to log a secret in the first place.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="-")
GUID: ContextVar[str] = ContextVar("guid", default="")
SECRETS = (
    # Access links, wherever their token stands.
    (re.compile(r"(/a/)[A-Za-z0-9_-]{8,}"), r"\1[redacted]"),
    # "code 123456", "código: 123456", "code=123456", code='123456'.
    (
        re.compile(r"((?:code|c[óo]digo|pin|otp)\b[^\w\n]{0,6}(?:is |es )?['\"]?)\d{6}\b", re.IGNORECASE),
        r"\1[redacted]",
    ),
    # Mailboxes and telephone numbers in international form: what tells of people has no place in a log.
    (re.compile(r"\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"), "[redacted]"),
    (re.compile(r"(?<![\w.:-])\+\d{8,15}\b(?![:.]\d)"), "[redacted]"),
    # "123456 es su código", as the messages themselves say it.
    (re.compile(r"\b\d{6}(?= (?:es su c|is your c))", re.IGNORECASE), "[redacted]"),
    (
        re.compile(
            r"((?:password|token|secret|authorization)['\"]?\s*[=:]\s*['\"]?)[^\s'\",]+", re.IGNORECASE
        ),
        r"\1[redacted]",
    ),
)
HANDLER_NAME = "fehaciente"
NOISY = (
    "spyne",
    "zeep",
    "apscheduler",
    "waitress",
    "fontTools",
    "pikepdf",
    "pika",
    "dramatiq",
    "botocore",
    "mail.log",
)


@contextmanager
def request(request_id: str) -> Iterator[None]:
    """Everything logged inside bears this id, in this thread."""
    token, outside = REQUEST_ID.set(request_id), GUID.set("")
    try:
        yield
    finally:
        REQUEST_ID.reset(token)
        GUID.reset(outside)


@contextmanager
def about(guid: str) -> Iterator[None]:
    """Everything logged inside tells which transaction it is about, in this thread."""
    token = GUID.set(guid)
    try:
        yield
    finally:
        GUID.reset(token)


def concerns(guid: str) -> None:
    """From now on, until the request ends, records tell that they are about this transaction."""
    GUID.set(guid)


def redacted(text: str) -> str:
    """The text without codes, link tokens and passwords."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class TextFormatter(logging.Formatter):
    """`time level logger [request guid] message`; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        head = f"{_time(record)} {record.levelname} {record.name} [{_place()}] "
        # A line break in a message would let a caller write records of their own.
        text = head + record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return redacted(text)


class JsonFormatter(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "request": REQUEST_ID.get(),
            "message": redacted(record.getMessage()),
        }
        if guid := GUID.get():
            entry["guid"] = guid
        if record.exc_info:
            entry["traceback"] = redacted(self.formatException(record.exc_info))
        return json.dumps(entry, ensure_ascii=False)


def configure(level: str = "INFO", form: str = "text", stream: TextIO | None = None) -> None:
    """Send the root logger's records to `stream` (stderr) in this form; calling again replaces it."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.set_name(HANDLER_NAME)
    handler.setFormatter(JsonFormatter() if form == "json" else TextFormatter())
    root = logging.getLogger()
    for old in [old for old in root.handlers if old.get_name() == HANDLER_NAME]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    # Their INFO and DEBUG repeat whole messages.
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # It tells of every mail that it cannot read, in whole tracebacks; who asked it knows.
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)
    # A request that waits a moment for a thread is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _place() -> str:
    return f"{REQUEST_ID.get()} {GUID.get()}".rstrip()


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
