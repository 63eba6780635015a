"""The sections of SMS: which operator, by which protocol, and how it tells of messages."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from gateway.domain.reports import Failure, ReportKind
from gateway.settings import values as v
from gateway.settings.post_section import zone
from gateway.settings.values import LOOPBACK, key

# 3GPP TS 29.002 and 23.040, as most SMSCs hand them on.
FAILURES = (
    "1 UNKNOWN_NUMBER, 5 UNKNOWN_NUMBER, 6 PHONE_OFF, 8 NO_COVERAGE, 9 BARRED, 11 BARRED, 12 BARRED, "
    "13 BARRED, 20 MEMORY_FULL, 27 PHONE_OFF, 31 NO_COVERAGE, 32 MEMORY_FULL"
)
BODY = '{"to": "{to}", "from": "{from}", "text": "{text}", "reference": "{mark}", "receipts": "{callback}"}'


def _pairs(raw: str) -> list[tuple[str, str]]:
    """`one ONE, two TWO`."""
    found = [tuple(pair.split()) for pair in raw.split(",") if pair.strip()]
    if any(len(pair) != 2 for pair in found):
        raise ValueError("must be pairs such as 27 PHONE_OFF, separated by commas")
    return [(pair[0], pair[1]) for pair in found]


def failures(raw: str) -> dict[str, Failure]:
    try:
        return {code.lower().lstrip("0"): Failure(word) for code, word in _pairs(raw)}
    except ValueError:
        known = ", ".join(each.value for each in Failure)
        raise ValueError(f"must be pairs of the operator's code and one of {known}") from None


def states(raw: str) -> dict[str, ReportKind]:
    try:
        return {word.upper(): ReportKind(kind) for word, kind in _pairs(raw)}
    except ValueError:
        raise ValueError(
            "must be pairs of the operator's word and SENT, DELAYED, DELIVERED, FAILED"
        ) from None


def statuses(raw: str) -> tuple[int, ...]:
    return tuple(int(v.integer(100, 599)(word)) for word in v.words(raw)) if raw else ()


def optional_words(raw: str) -> tuple[str, ...]:
    return v.words(raw) if raw else ()


def template(raw: str) -> str:
    """JSON (an object), or the pairs of a form."""
    try:
        json_body: Any = json.loads(raw) if raw.startswith("{") else {}
    except ValueError:
        raise ValueError("is no JSON") from None
    if not raw or not isinstance(json_body, dict):
        raise ValueError("must be a JSON object, or a form such as to={to}&text={text}")
    return raw


def headers(raw: str) -> tuple[tuple[str, str], ...]:
    """`Name: value | Name: value`."""
    found = [each.partition(":") for each in raw.split("|")] if raw else []
    named = tuple((name.strip(), value.strip()) for name, _, value in found)
    if not all(re.fullmatch(r"[A-Za-z0-9-]+", name) and value for name, value in named):
        raise ValueError("must be `Name: value`, several separated by bars")
    return named


def place(raw: str) -> str:
    """Empty, or a URL that a secret may be sent to."""
    parts = urlsplit(raw)
    if raw and not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)):
        raise ValueError("must be https://… (http on loopback only)")
    return raw


@dataclass(frozen=True, slots=True)
class SmsSection:
    """SMS to recipients."""

    channel: str = key(
        "console",
        v.choice("console", "smpp", "http"),
        "How messages are handed over; `console` is for development only.",
    )
    provider: str = key("operator", v.text, "The operator's name, as evidence says it.")
    sender: str = key(
        "Fehaciente",
        v.matching(r"[A-Za-z0-9 ._+-]{1,15}", "up to 15 letters and digits"),
        "Who they are from.",
    )
    country: str = key(
        "ES", v.matching("[A-Z]{2}", "a country by ISO 3166-1"), "Of telephone numbers without country code."
    )
    receipts_zone: ZoneInfo = key("Europe/Madrid", zone, "Time zone of the operator's times without offset.")
    failures: dict[str, Failure] = key(
        FAILURES, failures, "What the operator's error codes mean; all others: OTHER."
    )
    states: dict[str, ReportKind] = key(
        "", states, "What states mean that are not SMPP's: pairs such as ARRIVED DELIVERED."
    )


@dataclass(frozen=True, slots=True)
class SmppSection:
    """`[sms] channel = smpp`: a transceiver session of SMPP 3.4 in every process that works."""

    host: str = key("localhost", v.text, "The SMSC.")
    port: int = key("2775", v.integer(1, 65535), "Its port.")
    tls: bool = key("no", v.flag, "TLS, with the SMSC's certificate checked.")
    ca_file: Path | None = key("", v.optional_path, "Roots for that certificate; empty: the system's.")
    system_id: str = key("", v.optional_text, "As whom we bind.")
    password_file: Path | None = key(
        "", v.optional_path, "File (0600) with its password, up to 8 characters."
    )
    system_type: str = key("", v.optional_text, "As the operator says, often empty.")
    service_type: str = key("", v.optional_text, "Of every message, often empty.")
    sender_ton: int = key("5", v.integer(0, 6), "Type of the sender: 5 letters, 1 international number.")
    sender_npi: int = key("0", v.integer(0, 18), "Numbering plan of the sender: 0 letters, 1 a number.")
    concatenation: str = key(
        "8bit",
        v.choice("8bit", "16bit", "payload"),
        "How long texts go: parts joined by a reference of so many bits, or one message_payload.",
    )
    validity: str = key(
        "000002000000000R",
        v.matching(r"(\d{15}R)?", "relative, as 000002000000000R for two days, or empty"),
        "How long the SMSC tries (SMPP 3.4, 7.1.1); empty: as it likes.",
    )
    receipt_ids: str = key(
        "as_is",
        v.choice("as_is", "decimal_to_hex", "hex_to_decimal"),
        "From the id in receipts' text to the one that the SMSC answered.",
    )
    rate: int = key("20", v.integer(0, 10000), "Messages a second of each process; 0: no limit.")
    window: int = key("10", v.integer(1, 1000), "Messages without answer at once.")
    timeout: timedelta = key("10s", v.duration_within("100ms", "25s"), "Longest wait for each answer.")
    enquire_link: timedelta = key("30s", v.duration, "Silence after which the SMSC is asked for a sign.")
    longest_rest: timedelta = key("1m", v.duration, "Longest pause before the session is bound anew.")


@dataclass(frozen=True, slots=True)
class SmsHttpSection:
    """`[sms] channel = http`: an operator's own interface; receipts come to /inbound/sms."""

    url: str = key("", place, "Where messages are sent.")
    method: str = key("POST", v.choice("POST", "PUT"), "How.")
    body: str = key(
        BODY,
        template,
        "JSON, or a form (to={to}&…): {to}, {from}, {text}, {mark}, {callback} are filled in.",
    )
    headers: tuple[tuple[str, str], ...] = key("", headers, "More of them: `Name: value`, separated by bars.")
    authorization: str = key("none", v.choice("none", "basic", "bearer"), "How we prove who we are.")
    user: str = key("", v.optional_text, "Login of `basic`.")
    secret_file: Path | None = key("", v.optional_path, "File (0600) with the password or the token.")
    ca_file: Path | None = key(
        "", v.optional_path, "Roots for the server's certificate; empty: the system's."
    )
    timeout: timedelta = key("20s", v.duration_within("100ms", "50s"), "Longest wait for each answer.")
    id: str = key(
        "id", v.text, "Where in the JSON answer the message's ids are: `messages.*.id` for one a part."
    )
    error: str = key("error", v.text, "Where an error's code is, if any.")
    no_error: tuple[str, ...] = key("0, ok", optional_words, "Codes that are no error.")
    later_errors: tuple[str, ...] = key("", optional_words, "Codes after which it is sent again.")
    refused: tuple[int, ...] = key("400, 404, 410, 422", statuses, "Statuses that are final.")
    later: tuple[int, ...] = key(
        "401, 403, 429, 503",
        statuses,
        "Statuses that say that nothing was sent; what is in neither: unknown.",
    )
    receipts_auth: str = key("secret", v.choice("secret", "hmac"), "How receipts prove whom they are from.")
    receipts_header: str = key(
        "X-Secret", v.text, "Header with the shared secret, or with HMAC-SHA256 of the body in hexadecimal."
    )
    receipts_secret_file: Path | None = key("", v.optional_path, "File (0600) with that secret.")
    receipts_list: str = key("", v.optional_text, "Where the list is, if one request bears several receipts.")
    receipts_id: str = key("id", v.text, "Where in a receipt the message's id is, or our {mark}.")
    receipts_state: str = key("status", v.text, "Where its state is.")
    receipts_error: str = key("error", v.text, "Where its error code is.")
    receipts_at: str = key("at", v.text, "Where its instant is: ISO 8601, YYMMDDhhmm[ss], or seconds.")
