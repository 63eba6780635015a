"""What recipients got so far, read as it grows: the newest link and code of each recipient."""

import json
import re
import threading
import time
from pathlib import Path

LINK = re.compile(r"https?://\S+/a/[A-Za-z0-9_-]+")
CODE = re.compile(r"\b\d{6}\b")
PAUSE_SECONDS = 0.05


class Outbox:
    """Follows the console channel's file; safe across threads."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read = 0
        self._lock = threading.Lock()
        self._found: dict[tuple[str, str], str] = {}

    def link(self, guid: str, position: int = 0, seconds: float = 120) -> str:
        return self._wait("notice", f"{guid}-{position}", seconds)

    def code(self, guid: str, position: int = 0, seconds: float = 60) -> str:
        return self._wait("code", f"{guid}-{position}", seconds)

    def _wait(self, kind: str, guid: str, seconds: float) -> str:
        """Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while True:
            with self._lock:
                self._look()
                found = self._found.get((kind, guid))
            if found:
                return found
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {kind} for {guid} within {seconds} seconds")
            time.sleep(PAUSE_SECONDS)

    def _look(self) -> None:
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            file.seek(self._read)
            octets = file.read()
        whole = octets[: octets.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            self._take(json.loads(line))

    def _take(self, message: dict[str, str]) -> None:
        kind, _, rest = message["id"].partition("-")
        pattern = {"notice": LINK, "code": CODE}.get(kind)
        found = pattern.search(message["text"]) if pattern else None
        # notice-GUID-position-channel.attempt, and GUIDs hold two dashes themselves.
        if found:
            self._found[kind, "-".join(rest.split("-")[:4])] = found[0]
