"""The section of feedback: how issuers' systems are called, and how long it is tried."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

import re
from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key

PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?", re.ASCII)


def ports(raw: str) -> tuple[tuple[int, int], ...]:
    """Numbers and ranges, as pairs of first and last."""
    found = []
    for word in re.split(r"[,\s]+", raw):
        match = PORTS.fullmatch(word)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= 65535:
            raise ValueError("must be ports such as 443, 8443 or 8000-8999")
        found.append((first, last))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class FeedbackSection:
    """Calls to issuers' own systems (SOAP service or webhook)."""

    threads: int = key("4", v.integer(0, 64), "Threads of each process that call; 0: it calls nobody.")
    poll: timedelta = key("1s", v.duration, "How often an idle one looks for what is due.")
    timeout: timedelta = key(
        "10s", v.duration_within("100ms", "2m"), "Longest time of a whole call, TLS and answer included."
    )
    at_once: int = key("2", v.integer(1, 64), "Calls to one address at the same time, over all processes.")
    first_retry: timedelta = key("10s", v.duration, "Pause after a first attempt; doubled each time.")
    longest_retry: timedelta = key("6h", v.duration, "The longest pause between two attempts.")
    rest: timedelta = key(
        "5s", v.duration, "How long an address that fails is left alone; doubled each time."
    )
    longest_rest: timedelta = key("15m", v.duration, "The longest that it is left alone.")
    give_up: timedelta = key("5d", v.duration, "Tried for so long in vain, a notification waits for support.")
    answer: int = key("64 KiB", v.size, "Largest answer that is read.")
    ports: tuple[tuple[int, int], ...] = key("443, 8443", ports, "Ports that are called, or ranges.")
    allow_private: bool = key(
        "no", v.flag, "Call private networks, and this machine without TLS too: for trying only."
    )
