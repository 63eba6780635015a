"""Draws a page in a process of its own, which is killed at its deadline and whose answer is not trusted.

At most `at_once` are drawn at a time; whoever comes then waits, and is refused after that deadline.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import BoundedSemaphore, Thread, Timer
from typing import IO, Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.wording import keepable
from gateway.usecases.ports.viewing import DrawnPage, Picture, Sheet

WORKER = Path(__file__).with_name("worker.py")
# A picture of the most pixels that are drawn has a few megabytes.
MOST_ANSWERED = 24 * 1024 * 1024
LONGEST_HEAD = 512 * 1024
MAGIC = {Picture.WEBP: b"RIFF", Picture.PNG: b"\x89PNG\r\n\x1a\n"}
# Word spacing of PDFium: object replacement, soft line break and the like say nothing to a reader.
INVISIBLE = dict.fromkeys((0xFFFE, 0xFFFF, 0xFFFC, 0x00AD, 0x0002))


@dataclass(frozen=True)
class ProcessDrawer:
    """The port `PageDrawer`: `memory` in octets, `pixels` of the largest picture."""

    time: timedelta = timedelta(seconds=10)
    memory: int = 512 * 1024 * 1024
    pixels: int = 12_000_000
    at_once: int = 2
    _places: BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", BoundedSemaphore(self.at_once))

    def draw(self, sheet: Sheet, octets: Callable[[], bytes]) -> DrawnPage:
        seconds = self.time.total_seconds()
        if not self._places.acquire(timeout=seconds):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        try:
            answer = self._answer(self._order(sheet), octets())
        finally:
            self._places.release()
        return drawn(answer, sheet)

    def _order(self, sheet: Sheet) -> str:
        return json.dumps(
            {
                "page": sheet.page,
                "width": sheet.width,
                "pixels": self.pixels,
                "format": sheet.picture.name,
                "memory": self.memory,
                "seconds": max(1, int(self.time.total_seconds())),
            }
        )

    def _answer(self, order: str, octets: bytes) -> bytes:
        """What the process wrote before it ended well; raises PAGE_NOT_DRAWN for any other end."""
        # Isolated: neither its folder nor the environment, where secrets may be, is looked at.
        command = [sys.executable, "-I", str(WORKER), order]
        with Popen(  # noqa: S603  The command is ours; the document comes by its input.
            command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env={}, cwd="/"
        ) as process:
            deadline = Timer(self.time.total_seconds(), process.kill)
            deadline.start()
            # Both ends of a pipe are served at once, or a full one would hold both processes.
            feeder = Thread(target=_feed, args=(process.stdin, octets))
            feeder.start()
            try:
                answer = process.stdout.read(MOST_ANSWERED + 1) if process.stdout else b""
                if len(answer) > MOST_ANSWERED:
                    process.kill()
                ended = process.wait()
            finally:
                process.kill()
                deadline.cancel()
                feeder.join()
        if ended != 0 or len(answer) > MOST_ANSWERED:
            raise GatewayError(ErrorKind.PAGE_NOT_DRAWN)
        return answer


def _feed(pipe: IO[bytes] | None, octets: bytes) -> None:
    """The process may end before it has read everything; that is its answer's business."""
    if pipe is None:
        return
    try:
        pipe.write(octets)
        pipe.close()
    except OSError:
        return


def drawn(answer: bytes, sheet: Sheet) -> DrawnPage:
    """The answer, as far as it is what was ordered. Raises GatewayError as the port says."""
    head, _, octets = answer.partition(b"\n")
    facts = _facts(head)
    pages, width, height = (facts.get(name) for name in ("pages", "width", "height"))
    sizes = (pages, width, height)
    if not all(isinstance(each, int) and 0 < each < 1_000_000 for each in sizes):
        raise GatewayError(ErrorKind.PAGE_NOT_DRAWN)
    if not octets.startswith(MAGIC[sheet.picture]):
        raise GatewayError(ErrorKind.PAGE_NOT_DRAWN)
    text = keepable(str(facts.get("text", "")).translate(INVISIBLE)).replace("\r\n", "\n").strip()
    return DrawnPage(int(str(pages)), int(str(width)), int(str(height)), text, octets)


def _facts(head: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(head) if len(head) <= LONGEST_HEAD else None
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise GatewayError(ErrorKind.PAGE_NOT_DRAWN)
    return facts
