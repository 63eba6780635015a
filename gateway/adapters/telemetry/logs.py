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
SECRETS = (
    # Access links, wherever their token stands.
    (re.compile(r"(/a/)[A-Za-z0-9_-]{8,}"), r"\1[redacted]"),
    # "code 123456", "código: 123456", "code=123456", code='123456'.
    (
        re.compile(r"((?:code|c[óo]digo|pin|otp)\b[^\w\n]{0,6}(?:is |es )?['\"]?)\d{6}\b", re.IGNORECASE),
        r"\1[redacted]",
    ),
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


@contextmanager
def request(request_id: str) -> Iterator[None]:
    """Everything logged inside bears this id, in this thread."""
    token = REQUEST_ID.set(request_id)
    try:
        yield
    finally:
        REQUEST_ID.reset(token)


def redacted(text: str) -> str:
    """The text without codes, link tokens and passwords."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class TextFormatter(logging.Formatter):
    """`time level logger [request] message`; a traceback follows on lines of its own."""

    def format(self, record: logging.LogRecord) -> str:
        head = f"{_time(record)} {record.levelname} {record.name} [{REQUEST_ID.get()}] "
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
    for noisy in ("spyne", "zeep", "apscheduler", "waitress", "fontTools", "pikepdf"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # A request that waits a moment for a thread is no news.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
