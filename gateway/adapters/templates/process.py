"""The port `TemplateComposer`: each document in a process of its own, killed at its deadline.

What the process answers is data, not trusted: whoever keeps the PDF opens and checks it like any other.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from threading import BoundedSemaphore, Thread, Timer
from typing import IO, Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.templates import TemplateKind

FOLDER = Path(__file__).parent
WORKERS = {TemplateKind.HTML: FOLDER / "html_worker.py", TemplateKind.FORM: FOLDER / "form_worker.py"}
MOST_ANSWERED = 64 * 1024 * 1024
# The whole environment: what decides the order of sets, and the time that typefaces are dated by.
ENVIRONMENT = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "0"}


@dataclass(frozen=True)
class ProcessComposer:
    """`time` and `memory` (octets) bound one document; at most `at_once` are composed at a time."""

    time: timedelta = timedelta(seconds=20)
    memory: int = 768 * 1024 * 1024
    at_once: int = 2
    _places: BoundedSemaphore = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_places", BoundedSemaphore(self.at_once))

    def fields(self, kind: TemplateKind, octets: bytes) -> Sequence[str]:
        facts, _ = self._run(kind, octets, None)
        if "refused" in facts:
            raise GatewayError(ErrorKind.TEMPLATE_REFUSED, str(facts["refused"]))
        return [str(each) for each in facts.get("fields", ())]

    def compose(self, kind: TemplateKind, octets: bytes, values: Mapping[str, Any]) -> bytes:
        facts, pdf = self._run(kind, octets, values)
        if "refused" in facts:
            raise GatewayError(ErrorKind.TEMPLATE_DATA, str(facts["refused"]))
        if not pdf.startswith(b"%PDF-"):
            raise GatewayError(ErrorKind.TEMPLATE_NOT_COMPOSED)
        return pdf

    def _run(
        self, kind: TemplateKind, octets: bytes, values: Mapping[str, Any] | None
    ) -> tuple[dict[str, Any], bytes]:
        if kind is TemplateKind.HTML and find_spec("weasyprint") is None:
            raise GatewayError(ErrorKind.CONFIGURATION, "HTML templates want fehaciente[templates]")
        seconds = self.time.total_seconds()
        order = {"memory": self.memory, "seconds": max(1, int(seconds)), "data": values}
        if not self._places.acquire(timeout=seconds):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        try:
            answer = self._answer(WORKERS[kind], json.dumps(order).encode() + b"\n" + octets)
        finally:
            self._places.release()
        head, _, pdf = answer.partition(b"\n")
        try:
            facts = json.loads(head)
        except ValueError:
            facts = None
        if not isinstance(facts, dict):
            raise GatewayError(ErrorKind.TEMPLATE_NOT_COMPOSED)
        return facts, pdf

    def _answer(self, worker: Path, order: bytes) -> bytes:
        """What the process wrote before it ended well; raises TEMPLATE_NOT_COMPOSED for any other end."""
        command = [sys.executable, "-s", "-P", str(worker)]
        with Popen(  # noqa: S603  The command is ours; template and data come by its input.
            command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=ENVIRONMENT, cwd="/"
        ) as process:
            deadline = Timer(self.time.total_seconds(), process.kill)
            deadline.start()
            # Both ends of a pipe are served at once, or a full one would hold both processes.
            feeder = Thread(target=_feed, args=(process.stdin, order))
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
            raise GatewayError(ErrorKind.TEMPLATE_NOT_COMPOSED)
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
