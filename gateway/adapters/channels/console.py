"""DEVELOPMENT ONLY: the channel that prints messages instead of sending them, for e-mail, SMS and voice.

It is the demonstration's mailbox and telephone, so codes and links are readable here on purpose; a
production configuration never names it. Messages are appended to `outbox.jsonl`, synced, each id once.
"""

import base64
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TextIO

from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.usecases.ports import Courier

FILE_NAME = "outbox.jsonl"
BANNER = "DEVELOPMENT CONSOLE, NOTHING WAS SENT"


class Clock(Protocol):
    def now(self) -> datetime: ...


class ConsoleCourier(Courier):
    """The port `Courier` over one folder, shared safely by threads and processes of one machine."""

    def __init__(self, folder: Path, clock: Clock, stream: TextIO | None = None) -> None:
        """`stream` gets a readable copy of each message; None prints nothing."""
        folder.mkdir(parents=True, exist_ok=True)
        self._file = folder / FILE_NAME
        self._clock = clock
        self._stream = stream
        # When each id was written, as far as the file was read; guarded by the file's lock.
        self._written: dict[str, str] = {}
        self._inode, self._offset = 0, 0

    def send(self, message: Message) -> Receipt:
        """Append and sync, once per id: a second send answers the first one's receipt.

        Raises ConnectionError when the file cannot be written.
        """
        try:
            with self._locked() as descriptor:
                if message.id not in self._written:
                    entry = _entry_of(message, self._clock.now())
                    self._offset = _append(descriptor, entry)
                    self._written[message.id] = entry["at"]
                    self._print(entry)
        except OSError as error:
            raise ConnectionError(f"{self._file.name}: {error.strerror}") from None
        return self._receipt(message.id)

    def find(self, message_id: str) -> Receipt:
        """What the file says; it knows everything, so an id that it lacks was certainly NOT_SENT."""
        with self._locked():
            return self._receipt(message_id)

    def _receipt(self, message_id: str) -> Receipt:
        at = self._written.get(message_id)
        if at is None:
            return Receipt(Outcome.NOT_SENT, self._clock.now(), detail="not in the outbox")
        reference = f"console:{message_id}"
        return Receipt(Outcome.DELIVERED, datetime.fromisoformat(at), reference, "development console")

    @contextmanager
    def _locked(self) -> Iterator[int]:
        descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # Closing the descriptor releases the lock, also when the process dies.
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self._catch_up(descriptor)
            yield descriptor
        finally:
            os.close(descriptor)

    def _catch_up(self, descriptor: int) -> None:
        """Read what this and other processes have appended since the last look, whole lines only."""
        status = os.fstat(descriptor)
        if status.st_ino != self._inode or status.st_size < self._offset:
            self._inode, self._offset, self._written = status.st_ino, 0, {}
        whole = os.pread(descriptor, status.st_size - self._offset, self._offset).rpartition(b"\n")[0]
        for entry in _parsed(whole.splitlines()):
            self._written.setdefault(entry["id"], entry["at"])
        self._offset += len(whole) + 1 if whole else 0

    def _print(self, entry: dict[str, Any]) -> None:
        if self._stream:
            head = f"{entry['channel']} to {entry['address']} ({BANNER})"
            self._stream.write(f"--- {head}\n{entry['subject']}\n\n{entry['text']}\n---\n")
            self._stream.flush()


def entries(file: Path) -> Iterator[dict[str, Any]]:
    """The messages of an outbox, oldest first; a torn line (its writer died) is none."""
    return _parsed(file.read_bytes().splitlines()) if file.exists() else iter(())


def _parsed(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _entry_of(message: Message, at: datetime) -> dict[str, Any]:
    return {
        "id": message.id,
        "at": at.isoformat(),
        "channel": message.channel.value,
        "address": message.address,
        "sender_name": message.sender_name,
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "attachments": [
            {
                "name": attachment.name,
                "media_type": attachment.media_type,
                "octets": base64.b64encode(attachment.octets).decode(),
            }
            for attachment in message.attachments
        ],
    }


def _append(descriptor: int, entry: dict[str, Any]) -> int:
    """One line, synced; a torn one before it is first closed off so that it spoils nothing. The new size."""
    line = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
    size = os.fstat(descriptor).st_size
    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    data = b"\n" + line if torn else line
    while data:
        data = data[os.write(descriptor, data) :]
    os.fsync(descriptor)
    return os.fstat(descriptor).st_size
