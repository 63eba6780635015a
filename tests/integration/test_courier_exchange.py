"""Where files change hands with a courier, by folder and by SFTP: one suite over both, the server real."""

import csv
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.adapters.channels.postal.exchange import Exchange, Uncertain
from gateway.adapters.channels.postal.folder import FolderExchange
from gateway.adapters.channels.postal.sftp import SftpExchange
from gateway.adapters.sftp import SftpServer
from tests.sftp_server import Served, sftp_server

JOB = {"m.pdf": b"%PDF-", "m.csv": b"a;b", "m.xml": b"<letter/>"}


@dataclass(frozen=True)
class Place:
    """The exchange, the courier's view of it, and what takes it away."""

    exchange: Exchange
    folder: Path
    broken: Callable[[], None]


def remote(served: Served) -> SftpExchange:
    for name in ("out", "in", "in/refused"):
        (served.folder / name).mkdir(parents=True, exist_ok=True)
    server = SftpServer("127.0.0.1", served.port, "gateway", served.key, served.known_hosts, ".", timeout=5)
    return SftpExchange(server)


@pytest.fixture(params=["folder", "sftp"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "folder":
        folder = tmp_path / "post"

        def in_the_way() -> None:
            folder.rename(tmp_path / "elsewhere")
            folder.write_bytes(b"a file where the folder was")

        yield Place(FolderExchange(folder), folder, in_the_way)
        return
    with ExitStack() as server:
        served = server.enter_context(sftp_server(tmp_path))
        yield Place(remote(served), served.folder, server.close)


def test_a_job_is_whole_with_its_last_file(place: Place) -> None:
    """All three are there; the same again changes nothing; other octets are told, not replaced."""
    assert place.exchange.hand_over(JOB) == ""
    assert {file.name: file.read_bytes() for file in (place.folder / "out").iterdir()} == JOB
    assert place.exchange.hand_over(JOB) == ""
    assert place.exchange.hand_over({**JOB, "m.csv": b"other"}) == "m.csv"
    assert (place.folder / "out" / "m.csv").read_bytes() == b"a;b"
    assert place.exchange.holds("m.xml")
    assert not place.exchange.holds("n.xml")


def test_what_arrives_is_taken_and_removed(place: Place) -> None:
    """In order, nothing hidden and no folder; what is gone is None and no error to remove."""
    assert not place.exchange.arrived()
    for name in ("b.csv", "a.xml", ".draft-c.csv", "scan.pdf"):
        (place.folder / "in").mkdir(parents=True, exist_ok=True)
        (place.folder / "in" / name).write_bytes(name.encode())
    assert place.exchange.arrived() == ["a.xml", "b.csv", "scan.pdf"]
    assert place.exchange.read("b.csv") == b"b.csv"
    place.exchange.remove("b.csv")
    place.exchange.remove("b.csv")
    assert place.exchange.read("b.csv") is None
    assert place.exchange.arrived() == ["a.xml", "scan.pdf"]


def test_what_is_refused_lies_apart_with_its_reasons(place: Place) -> None:
    """The courier finds its file and why, and it is not taken again."""
    (place.folder / "in").mkdir(parents=True, exist_ok=True)
    (place.folder / "in" / "a.csv").write_bytes(b"?")
    place.exchange.refuse("a.csv", b"code;number\r\nE000667;2\r\n")
    assert not place.exchange.arrived()
    refused = place.folder / "in" / "refused"
    assert (refused / "a.csv").read_bytes() == b"?"
    rows = list(csv.reader((refused / "a.csv.errors.csv").read_text().splitlines(), delimiter=";"))
    assert rows[1] == ["E000667", "2"]


def test_without_a_way_there_nothing_is_done(place: Place) -> None:
    """Each step says so by ConnectionError, that it may be tried again."""
    place.exchange.hand_over(JOB)
    place.broken()
    steps: list[Callable[[], object]] = [
        lambda: place.exchange.hand_over({"n.xml": b"x"}),
        place.exchange.arrived,
        lambda: place.exchange.remove("a"),
        lambda: place.exchange.refuse("a", b""),
    ]
    for step in steps:
        with pytest.raises(ConnectionError):
            step()


def test_a_manifest_that_perhaps_arrived_is_uncertain(tmp_path: Path) -> None:
    """The server fails while the last file is put in its place: nobody can say that the courier has it not.
    When an earlier one fails there is no job."""
    with sftp_server(tmp_path, broken=True) as served:
        exchange = remote(served)
        with pytest.raises(Uncertain):
            exchange.hand_over({"m.xml": b"<letter/>"})
        with pytest.raises(ConnectionError):
            exchange.hand_over(JOB)
        assert not exchange.holds("m.xml")
