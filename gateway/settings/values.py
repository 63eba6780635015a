"""How one value of the configuration is written: each reader turns text into a value or says what is wrong.

Readers raise ValueError whose words complete "[section] key: …".
"""

import re
import socket
from collections.abc import Callable
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Reader = Callable[[str], Any]
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
SIZES = {"B": 1, "KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def key(default: str | None, reader: Reader, meaning: str) -> Any:
    """A key of a section: its default as it would be written (None: it must be there), and its meaning."""
    return field(metadata={"default": default, "reader": reader, "meaning": meaning})


def text(raw: str) -> str:
    if not raw:
        raise ValueError("must not be empty")
    return raw


def optional_text(raw: str) -> str:
    return raw


def matching(pattern: str, what: str) -> Reader:
    def read(raw: str) -> str:
        if not re.fullmatch(pattern, raw, re.ASCII):
            raise ValueError(f"must be {what}")
        return raw

    return read


def node(raw: str) -> str:
    """A word of up to 60 characters; `@hostname` is this host's name."""
    named = socket.gethostname()[:60] if raw == "@hostname" else raw
    return str(matching(r"[A-Za-z0-9._-]{1,60}", "one word, or @hostname")(named))


def integer(lowest: int, highest: int) -> Reader:
    def read(raw: str) -> int:
        if not re.fullmatch(r"-?\d{1,18}", raw, re.ASCII) or not lowest <= int(raw) <= highest:
            raise ValueError(f"must be a whole number from {lowest} to {highest}")
        return int(raw)

    return read


def flag(raw: str) -> bool:
    if raw not in {"yes", "no"}:
        raise ValueError("must be yes or no")
    return raw == "yes"


def choice(*words: str) -> Reader:
    def read(raw: str) -> str:
        if raw not in words:
            raise ValueError(f"must be one of {', '.join(words)}")
        return raw

    return read


def duration(raw: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,9})\s*(ms|s|m|h|d)", raw, re.ASCII)
    if not found or int(found[1]) == 0:
        raise ValueError("must be a duration such as 500ms, 30s, 10m, 2h or 30d")
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


def duration_within(lowest: str, highest: str) -> Reader:
    def read(raw: str) -> timedelta:
        found = duration(raw)
        if not duration(lowest) <= found <= duration(highest):
            raise ValueError(f"must be a duration from {lowest} to {highest}")
        return found

    return read


def size(raw: str) -> int:
    found = re.fullmatch(r"(\d{1,9})\s*(B|KiB|MiB|GiB)", raw, re.ASCII)
    if not found or int(found[1]) == 0:
        raise ValueError("must be a size such as 512 KiB or 20 MiB")
    return int(found[1]) * SIZES[found[2]]


def path(raw: str) -> Path:
    return Path(text(raw))


def optional_path(raw: str) -> Path | None:
    return Path(raw) if raw else None


def words(raw: str) -> tuple[str, ...]:
    return tuple(re.split(r"[,\s]+", text(raw)))


def paths(raw: str) -> tuple[Path, ...]:
    return tuple(Path(word) for word in words(raw))


def optional_paths(raw: str) -> tuple[Path, ...]:
    return paths(raw) if raw else ()


def base_url(raw: str) -> str:
    """`https://host[:port][/path]`, plain http on loopback only: links carry secrets."""
    parts = urlsplit(raw)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or parts.query or parts.fragment or raw.endswith("/") or "@" in raw:
        raise ValueError("must be https://… (http on loopback only), without query or closing slash")
    return raw


def database_url(raw: str) -> str:
    """Empty for the embedded SQLite; a password in it would end up in listings and backups."""
    if not raw:
        return raw
    parts = urlsplit(raw)
    if not re.fullmatch(r"(sqlite|postgresql|oracle)(\+[a-z_0-9]+)?", parts.scheme):
        raise ValueError("must begin with sqlite, postgresql or oracle")
    if parts.password is not None:
        raise ValueError("must not hold the password; name its file in password_file")
    return raw


def authorities(raw: str) -> tuple[str, ...]:
    """Time-stamping authorities in the order in which they are asked: `embedded` or URLs."""
    found = words(raw)
    for word in found:
        if word != "embedded" and urlsplit(word).scheme not in {"http", "https"}:
            raise ValueError("must be embedded, or URLs of time-stamping authorities")
    return found
