"""What `fehaciente batch` prints and how it ends, over a gateway that is only pretended."""

import argparse
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.client import Batch, BatchItem
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli import batch
from gateway.entrypoints.cli.arguments import parser

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
DONE = Batch("b1", "L&1", "FINISHED", AT, AT, 2, 1, 1, "BEST_EFFORT", "00" * 32, "", "", ((12, 7, 1),))
ITEMS = (
    BatchItem(1, "a<b", "001001-0001-000000000000001.par", "", "", "", ""),
    BatchItem(2, "", "", "E000305", "not <valid>", "no válido", 'line 2, "&"'),
)
Seen = Callable[[int, int], object]


@dataclass
class Pretended:
    """Batches end as `ends`; `fails` is raised in the middle of a report."""

    ends: Batch = DONE
    fails: BaseException | None = None
    sent: list[str] = field(default_factory=list)

    def submit(self, file: Path, policy: str, progress: Seen) -> Batch:
        if self.fails:
            raise self.fails
        progress(1, 1)
        self.sent.append(policy)
        return replace(self.ends, status="RECEIVED", code="")

    def wait(self, batch_id: str, timeout: float, watch: Callable[[Batch], object]) -> Batch:
        watch(self.ends)
        return self.ends

    def state(self, batch_id: str) -> Batch:
        return self.ends

    def items(self, batch_id: str) -> Iterable[BatchItem]:
        yield from ITEMS
        if self.fails:
            raise self.fails

    def csv(self, batch_id: str) -> Iterable[bytes]:
        yield b"position\r\n"
        if self.fails:
            raise self.fails


def run(desk: Pretended, *words: str) -> int:
    @contextmanager
    def opened(url: str, key: Path, cert: Path) -> Iterator[Pretended]:
        yield desk

    asked: argparse.Namespace = parser().parse_args(["batch", *words, "--key", "k", "--cert", "c"])
    return batch.run(asked, opened)


def test_the_last_line_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """A batch that is over ends in one line of counts; without waiting, in its status."""
    desk = Pretended()
    assert run(desk, "submit", "f.xml", "--policy", "ALL_OR_NOTHING") == 0
    assert capsys.readouterr().out == "batch b1 accepted 1 rejected 1\n"
    assert run(desk, "submit", "f.xml", "--no-wait") == 0
    assert capsys.readouterr().out == "batch\tb1\tRECEIVED\n"
    assert desk.sent == ["ALL_OR_NOTHING", ""]


def test_a_refused_batch_tells_its_code() -> None:
    """What was refused as a whole ends as any refusal does."""
    refused = replace(DONE, status="REFUSED", code=ErrorKind.BATCH_WITHHELD.code, detail="item 2")
    with pytest.raises(GatewayError, match="item 2") as caught:
        run(Pretended(refused), "submit", "f.xml")
    assert caught.value.kind is ErrorKind.BATCH_WITHHELD


def test_interrupted_it_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C is 130 and one line, not a traceback."""
    assert run(Pretended(fails=KeyboardInterrupt()), "submit", "f.xml") == 130
    assert capsys.readouterr().err == "interrupted; the same command goes on\n"


def test_state_says_where_its_transactions_are(capsys: pytest.CaptureFixture[str]) -> None:
    """One fact a line, tabs between."""
    assert run(Pretended(), "state", "b1") == 0
    assert "state\t12\tresult\t7\ttransactions\t1" in capsys.readouterr().out


def test_the_report_in_xml_is_valid(tmp_path: Path) -> None:
    """Whatever items say is escaped, and the file follows batch.xsd."""
    output = tmp_path / "report.xml"
    assert run(Pretended(), "report", "b1", "--format", "xml", "-o", str(output)) == 0
    report = parse(output.read_bytes(), limit=10**6)
    schemas.validate(report, "batch")
    assert report.findtext(".//{*}item/{*}external_id") == "a<b"
    assert report.findtext(".//{*}detail") == 'line 2, "&"'


def test_a_report_that_breaks_off_is_no_report(tmp_path: Path) -> None:
    """Nothing of that name is there until all of it is."""
    output = tmp_path / "report.csv"
    with pytest.raises(GatewayError):
        run(
            Pretended(fails=GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)),
            "report",
            "b1",
            "-o",
            str(output),
        )
    assert not output.exists()
