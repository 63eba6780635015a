"""`fehaciente batch`: an issuer submits a file, follows it and gets its report, over SOAP.

Interrupted, it is simply run again: what is there of an upload stays, and a file is never taken twice.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol
from xml.sax.saxutils import escape

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from gateway.client import Batch, BatchItem
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli.printing import line, time

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

REFUSED, INTERRUPTED = 1, 130
WEEK = 7 * 86400.0
BATCH, FAULTS = "urn:fehaciente:batch:1.0", "urn:fehaciente:faults:1.0"


class BatchDesk(Protocol):
    """A gateway, as an issuer calls it; every call raises GatewayError."""

    def submit(self, file: Path, policy: str, progress: Callable[[int, int], object]) -> Batch: ...
    def wait(self, batch_id: str, timeout: float, watch: Callable[[Batch], object]) -> Batch: ...
    def state(self, batch_id: str) -> Batch: ...
    def items(self, batch_id: str) -> Iterable[BatchItem]: ...
    def csv(self, batch_id: str) -> Iterable[bytes]: ...


# From URL, key and certificate.
Open = Callable[[str, Path, Path], AbstractContextManager[BatchDesk]]


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("batch", help="many transactions in one file, over SOAP, as an issuer")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    submit = actions.add_parser("submit", help="submit a batch (XML or ZIP) and wait until it is worked off")
    submit.add_argument("file", type=Path)
    submit.add_argument("--policy", choices=("BEST_EFFORT", "ALL_OR_NOTHING"), default="")
    submit.add_argument("--no-wait", action="store_true", help="leave once the gateway has it")
    state = actions.add_parser("state", help="how far a batch is")
    report = actions.add_parser("report", help="the answer to each of its items")
    for command in (state, report):
        command.add_argument("id", help="the gateway's identifier of the batch")
    report.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    report.add_argument("--format", choices=("csv", "xml"), default="csv")
    for command in (submit, state, report):
        command.add_argument("--url", default="http://localhost:8080/soap", help="the gateway's SOAP address")
        command.add_argument("--key", type=Path, required=True, help="the issuer's key (PEM)")
        command.add_argument("--cert", type=Path, required=True, help="the issuer's certificate (PEM)")


def run(asked: argparse.Namespace, opened: Open) -> int:
    with opened(asked.url, asked.key, asked.cert) as desk:
        try:
            return {"submit": _submit, "state": _state, "report": _report}[asked.action](asked, desk)
        except KeyboardInterrupt:
            print("interrupted; the same command goes on", file=sys.stderr)
            return INTERRUPTED


def _submit(asked: argparse.Namespace, desk: BatchDesk) -> int:
    with _bars() as (sent, answered):
        batch = desk.submit(asked.file, asked.policy, sent)
        if not asked.no_wait:
            batch = desk.wait(batch.id, WEEK, lambda seen: answered(seen.accepted + seen.refused, seen.total))
    if not batch.over:
        line("batch", batch.id, batch.status)
        return 0
    return _told(batch)


def _told(batch: Batch) -> int:
    if batch.status == "REFUSED" and batch.code:
        kind = next((kind for kind in ErrorKind if kind.code == batch.code), ErrorKind.BATCH_REFUSED)
        raise GatewayError(kind, batch.detail)
    print(f"batch {batch.id} accepted {batch.accepted} rejected {batch.refused}")
    return 0 if batch.status == "FINISHED" else REFUSED


def _state(asked: argparse.Namespace, desk: BatchDesk) -> int:
    batch = desk.state(asked.id)
    line("batch", batch.id, batch.external_id, batch.status, time(batch.received_at))
    line("items", str(batch.total), "accepted", str(batch.accepted), "refused", str(batch.refused))
    if batch.code:
        line("refusal", batch.code, batch.detail)
    for state, result, count in batch.progress:
        line("state", str(state), "result", str(result), "transactions", str(count))
    return 0


def _report(asked: argparse.Namespace, desk: BatchDesk) -> int:
    pieces = desk.csv(asked.id) if asked.format == "csv" else _xml(desk.state(asked.id), desk.items(asked.id))
    if asked.output is None:
        _write(pieces, sys.stdout.buffer)
        return 0
    # A report that was cut off must not look like a whole one.
    draft = asked.output.with_name(asked.output.name + ".part")
    with draft.open("wb") as file:
        _write(pieces, file)
    draft.replace(asked.output)
    print(asked.output)
    return 0


def _write(pieces: Iterable[bytes], file: IO[bytes]) -> None:
    for piece in pieces:
        file.write(piece)
    file.flush()


def _xml(batch: Batch, items: Iterable[BatchItem]) -> Iterator[bytes]:
    """A `batch_report` of xsd/batch.xsd, item by item."""
    finished = f"<finished_at>{batch.finished_at.isoformat()}</finished_at>" if batch.finished_at else ""
    counts = (("total", batch.total), ("accepted", batch.accepted), ("refused", batch.refused))
    yield (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<batch_report xmlns="{BATCH}" xmlns:f="{FAULTS}">\n<summary>'
        f"<batch_id>{escape(batch.id)}</batch_id><external_id>{escape(batch.external_id)}</external_id>"
        f"<status>{batch.status}</status><received_at>{batch.received_at.isoformat()}</received_at>{finished}"
        + "".join(f"<{name}>{count}</{name}>" for name, count in counts)
        + "</summary>\n"
    ).encode()
    for item in items:
        yield _xml_item(item, batch.id).encode()
    yield b"</batch_report>\n"


def _xml_item(item: BatchItem, batch_id: str) -> str:
    named = f"<external_id>{escape(item.external_id)}</external_id>" if item.external_id else ""
    if item.guid:
        answer = f"<guid>{item.guid}</guid>"
    else:
        said = {"code": item.code, "text_en": item.text_en, "text_es": item.text_es, "detail": item.detail}
        fields = "".join(f"<f:{name}>{escape(text)}</f:{name}>" for name, text in said.items() if text)
        answer = f"<refusal>{fields}<f:request_id>{escape(batch_id)}</f:request_id></refusal>"
    return f"<item><position>{item.position}</position>{named}{answer}</item>\n"


@contextmanager
def _bars() -> Iterator[tuple[Callable[[int, int], object], Callable[[int, int], object]]]:
    """Upload and items, on standard error while a person looks on."""
    if not sys.stderr.isatty():
        yield (lambda _done, _total: None), (lambda _done, _total: None)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def bar(name: str) -> Callable[[int, int], object]:
            task = bars.add_task(name, total=None)
            return lambda done, total: bars.update(task, completed=done, total=total or None)

        yield bar("upload"), bar("items")
