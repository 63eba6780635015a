"""What the benchmarks share: CPU time of a process, percentiles, an outbox that is read as it grows."""

import json
import os
from pathlib import Path

CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time so far of a process with all its threads and living children (Linux)."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / CLOCK_TICKS
    return own + sum(cpu_seconds(int(child)) for child in children)


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of them lies; 0 when there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Mailbox:
    """The console channel's file, read once: texts by the start of their id."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._offset = 0
        self._texts: dict[str, str] = {}

    def find(self, prefix: str) -> str | None:
        """The newest text whose id begins with `prefix`, handed out once."""
        self._read()
        name = next((name for name in reversed(self._texts) if name.startswith(prefix)), None)
        return self._texts.pop(name) if name else None

    def _read(self) -> None:
        if not self._file.exists():
            return
        with self._file.open("rb") as file:
            file.seek(self._offset)
            for line in file:
                if line.endswith(b"\n"):
                    self._offset += len(line)
                    message = json.loads(line)
                    self._texts[message["id"]] = message["text"]
