"""The audit log: append-only lines, each holding the digest of the one before it, synced one by one.

Entries carry opaque ids and salted commitments only, so that purging personal data never breaks the
chain. Cutting off the end is noticed only against a head that was kept elsewhere.
"""

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gateway.domain.errors import ErrorKind, GatewayError

FILE_NAME = "audit.jsonl"
START = "0" * 64
WORD = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
# So that an entry always fits into what is read of the file's end.
MAX_DETAILS = 16
TAIL = 8192


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many entries, and the digest of the last (64 zeros for none)."""

    count: int
    digest: str


class AuditLog:
    """Appends to one folder's log; threads and processes of one machine share it."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = folder / FILE_NAME
        self._clock = clock

    def append(self, action: str, subject: str, **details: str) -> Head:
        """Add an entry and sync it. Every value is one opaque word; raises ValueError for anything else.

        Raises GatewayError(INTERNAL) when the log does not end in an entry.
        """
        if not all(WORD.fullmatch(word) for word in (action, subject, *details, *details.values())):
            raise ValueError("audit entries hold opaque words only")
        if len(details) > MAX_DETAILS:
            raise ValueError(f"an audit entry holds {MAX_DETAILS} details at most")
        with self._locked() as descriptor:
            last = _last(descriptor)
            entry = {
                "n": last.count + 1,
                "at": self._clock.now().isoformat(),
                "action": action,
                "subject": subject,
                "details": details,
                "previous": last.digest,
            }
            line = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
            _write(descriptor, line + b"\n")
            return Head(last.count + 1, hashlib.sha256(line).hexdigest())

    @contextmanager
    def _locked(self) -> Iterator[int]:
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def verify(folder: Path, known: Head | None = None) -> Head:
    """Walk the whole chain and return its head.

    Raises GatewayError(INTERNAL) with the first line that was altered, removed, inserted or moved, and
    when the chain no longer holds `known`, a head that was kept elsewhere.
    """
    head = Head(0, START)
    kept = known is None or known == head
    file = folder / FILE_NAME
    with file.open("rb") as stream:
        for line in stream:
            head = _followed(head, line)
            kept = kept or head == known
    if not kept:
        raise _broken("the entries up to the head that was kept are not there")
    return head


def _followed(head: Head, line: bytes) -> Head:
    number = head.count + 1
    try:
        entry = json.loads(line)
        follows = (entry["n"], entry["previous"]) == (number, head.digest)
    except (ValueError, KeyError, TypeError):
        follows = False
    if not follows or not line.endswith(b"\n"):
        raise _broken(f"line {number} does not follow the one before it")
    return Head(number, hashlib.sha256(line[:-1]).hexdigest())


def _last(descriptor: int) -> Head:
    """The head as the file's end tells it, after cutting off a torn line that nobody was told of."""
    size = os.fstat(descriptor).st_size
    start = max(0, size - TAIL)
    whole, newline, torn = os.pread(descriptor, TAIL, start).rpartition(b"\n")
    if not newline and start:
        raise _broken("its end is no entry")
    if torn:
        os.ftruncate(descriptor, size - len(torn))
    if not newline:
        return Head(0, START)
    line = whole.rpartition(b"\n")[2]
    try:
        return Head(int(json.loads(line)["n"]), hashlib.sha256(line).hexdigest())
    except (ValueError, KeyError, TypeError):
        raise _broken("its last line is no entry") from None


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)


def _broken(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.INTERNAL, f"audit log: {detail}")
