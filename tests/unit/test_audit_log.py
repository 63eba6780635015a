"""The audit chain: appended by many, altered by none unnoticed."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.adapters.telemetry.audit import AuditLog, Head, verify
from gateway.domain.errors import ErrorKind, GatewayError

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gateway.adapters.telemetry.audit import AuditLog
class Clock:
    def now(self): return datetime(2026, 11, 22, tzinfo=UTC)
log = AuditLog(Path(sys.argv[1]), Clock())
for number in range(40):
    log.append("code.sent", f"{sys.argv[2]}-{number}")
"""


class FixedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    log = AuditLog(tmp_path / "audit", FixedClock())
    for number in range(5):
        log.append("evidence.sealed", f"id-{number}", event="Signed", commitment="ab" * 32)
    return tmp_path / "audit"


def test_an_untouched_chain_verifies(folder: Path) -> None:
    """Its head counts every entry, and is the one that the last append returned."""
    head = AuditLog(folder, FixedClock()).append("closed", "id-9")
    assert verify(folder) == head
    assert head.count == 6
    assert (folder / "audit.jsonl").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "tamper",
    [
        lambda lines: [lines[0], lines[1].replace(b"id-1", b"id-7"), *lines[2:]],
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: lines[1:],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [*lines[:2], lines[1], *lines[2:]],
        lambda lines: [*lines[:2], b"{}\n", *lines[2:]],
        lambda lines: [*lines[:2], b"\n", *lines[2:]],
        lambda lines: [*lines, b"[]\n"],
        lambda lines: [*lines[:4], lines[4][:-1]],
    ],
    ids=[
        "altered",
        "removed",
        "first-removed",
        "reordered",
        "repeated",
        "inserted",
        "blank",
        "added",
        "torn",
    ],
)
def test_every_tampering_is_found(folder: Path, tamper: Callable[[list[bytes]], list[bytes]]) -> None:
    """Alteration, removal, reordering, repetition and insertion each break the chain."""
    file = folder / "audit.jsonl"
    file.write_bytes(b"".join(tamper(file.read_bytes().splitlines(keepends=True))))
    with pytest.raises(GatewayError, match="audit log: line") as caught:
        verify(folder)
    assert caught.value.kind is ErrorKind.INTERNAL


def test_a_cut_end_is_found_against_a_kept_head(folder: Path) -> None:
    """The chain alone cannot know of it; a head kept elsewhere does, and stays true of a longer chain."""
    kept = verify(folder)
    AuditLog(folder, FixedClock()).append("closed", "id-9")
    assert verify(folder, kept).count == 6
    file = folder / "audit.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:4]))
    assert verify(folder).count == 4
    with pytest.raises(GatewayError, match="head that was kept"):
        verify(folder, kept)


def test_processes_append_to_one_chain(tmp_path: Path) -> None:
    """Two processes at once leave one whole chain of all their entries."""
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in ("a", "b")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert verify(tmp_path).count == 80


def test_a_torn_last_line_is_cut_off_by_the_next_append(folder: Path) -> None:
    """What a crash left half-written was never acknowledged; the chain goes on from the last whole entry."""
    file = folder / "audit.jsonl"
    file.write_bytes(file.read_bytes() + b'{"action":"clo')
    assert AuditLog(folder, FixedClock()).append("closed", "id-9").count == 6
    assert verify(folder).count == 6


def test_a_log_that_ends_in_nonsense_takes_no_entry(tmp_path: Path) -> None:
    """Nothing is chained to what is no entry."""
    (tmp_path / "audit.jsonl").write_bytes(b"nonsense\n")
    with pytest.raises(GatewayError, match="last line is no entry"):
        AuditLog(tmp_path, FixedClock()).append("closed", "id-9")


@pytest.mark.parametrize("value", ["María Núñez", "maria@example.com", "a b", "", "x" * 129, "a\nb"])
def test_entries_hold_opaque_words_only(folder: Path, value: str) -> None:
    """Names, addresses and free text never enter the chain, so that purging never has to."""
    log = AuditLog(folder, FixedClock())
    for attempt in (
        lambda: log.append(value, "s"),
        lambda: log.append("a", value),
        lambda: log.append("a", "s", detail=value),
    ):
        with pytest.raises(ValueError, match="opaque"):
            attempt()
    assert verify(folder).count == 5


def test_the_longest_entry_fits(folder: Path) -> None:
    """The bound on details keeps every entry within what is read of the file's end."""
    log = AuditLog(folder, FixedClock())
    longest = {f"k{number:02d}" + "k" * 120: "v" * 128 for number in range(16)}
    log.append("a", "s", **longest)
    assert log.append("a", "s").count == 7
    with pytest.raises(ValueError, match="16 details"):
        log.append("a", "s", **{f"k{number}": "v" for number in range(17)})


def test_an_empty_log_has_the_empty_head(tmp_path: Path) -> None:
    """A log that was begun and holds nothing verifies as such."""
    (tmp_path / "audit.jsonl").touch()
    assert verify(tmp_path) == Head(0, "0" * 64)
