"""The multipart reader on hostile octets: any split reads alike, only refusals escape, memory stays."""

import contextlib
import hashlib
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.attachments import Attachments
from gateway.entrypoints.soap.multipart import Multipart, PartLimits
from gateway.entrypoints.soap.multipart_type import parameters, related
from tests import fakes
from tests.fakes import SoapHouse
from tests.memory_spool import MemorySpool
from tests.multipart_samples import (
    BOUNDARY,
    body,
    content_type,
    packed,
    part,
    root_type,
    submit_naming,
)

MARK = b"--" + BOUNDARY.encode()
MIB = 1024 * 1024
Read = tuple[bytes, list[tuple[str, bytes]]] | ErrorKind
# Pieces from which trouble is made: line ends, boundaries and their beginnings.
PIECES = st.sampled_from([b"\r", b"\n", b"\r\n", b"-", b"--", MARK, MARK[:-1], MARK + b"--", b"x", b"\x00"])
CONTENT = st.lists(PIECES, max_size=12).map(b"".join)


def read(chunks: Iterator[bytes]) -> Read:
    """Root and attachments, or the kind of the refusal."""
    message = Multipart(chunks, related(content_type()), PartLimits(MIB, MIB, 4))
    try:
        root = message.root(MIB)
        return root, [(name, b"".join(content)) for name, content in message.parts()]
    except GatewayError as error:
        return error.kind


def split(octets: bytes, sizes: list[int]) -> Iterator[bytes]:
    position = 0
    for size in sizes:
        if octets[position : position + size]:
            yield octets[position : position + size]
        position += size
    if octets[position:]:
        yield octets[position:]


@settings(max_examples=300, deadline=None)
@given(CONTENT, st.binary(max_size=200), st.lists(st.integers(1, 40), max_size=60))
def test_any_split_reads_alike(tricky: bytes, plain: bytes, sizes: list[int]) -> None:
    """How the network cut the body changes nothing of what is read, refusals included."""
    octets = packed(b"<root/>", {"a@x": tricky + plain, "b@x": plain + tricky})
    assert read(split(octets, sizes)) == read(iter([octets])) == read(split(octets, [1] * len(octets)))


@settings(max_examples=300, deadline=None)
@given(CONTENT)
def test_what_is_read_is_what_was_packed(content: bytes) -> None:
    """A content comes out as it went in, or is refused because it holds what looks like a boundary."""
    found = read(iter([packed(b"<root/>", {"a@x": content})]))
    refusals = {ErrorKind.MULTIPART_INVALID, ErrorKind.MEDIA_TYPE_REFUSED}
    assert found == (b"<root/>", [("a@x", content)]) or found in refusals
    if MARK not in content:
        assert not isinstance(found, ErrorKind)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_mutations_are_read_or_refused(data: st.DataObject) -> None:
    """Octets changed, removed, repeated or put in at any place give a reading or a GatewayError."""
    octets = bytearray(packed(b"<root/>", {"a@x": b"one\r\n\r\ntwo", "b@x": b""}))
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(octets))), data.draw(st.integers(0, 30))
        octets[at : at + length] = data.draw(st.one_of(CONTENT, st.binary(max_size=20)))
    whole = bytes(octets)
    sizes = data.draw(st.lists(st.integers(1, 30), max_size=20))
    assert read(split(whole, sizes)) == read(iter([whole] if whole else []))


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=200), st.from_regex(r"multipart/related(; ?[a-z-]+\*?=(\"[^\"]*\"|\w+))*")))
def test_content_types_are_read_or_refused(header: str) -> None:
    """No header makes anything but a value or a GatewayError, and reading takes no time to speak of."""
    for reader in (parameters, related):
        with contextlib.suppress(GatewayError):
            reader(header)


class Sink(MemorySpool):
    """Counts and digests what is written, and keeps none of it."""

    def create(self) -> "SinkWriter":  # type: ignore[override]
        return SinkWriter(self)


class SinkWriter:
    def __init__(self, spool: MemorySpool) -> None:
        self.digest, self.size, self.spool, self.id, self.sha256 = hashlib.sha256(), 0, spool, "1", b""

    def write(self, chunk: bytes) -> None:
        self.digest.update(chunk)
        self.size += len(chunk)
        self.spool.most = max(self.spool.most, len(chunk))

    def finish(self) -> "SinkWriter":
        self.sha256 = self.digest.digest()
        return self

    def abandon(self) -> None:
        pass


def test_a_large_attachment_takes_no_memory() -> None:
    """500 MB pass by in pieces: what is held at once stays under a megabyte."""
    pieces, piece = 8000, bytes(range(256)) * 250
    head, tail = packed(b"<root/>", {"a@x": b"@@@"}).split(b"@@@")
    expected = hashlib.sha256()
    for _ in range(pieces):
        expected.update(piece)

    def arriving() -> Iterator[bytes]:
        yield head
        for _ in range(pieces):
            yield piece
        yield tail

    spool = Sink()
    message = Multipart(arriving(), related(content_type()), PartLimits())
    assert message.root(MIB) == b"<root/>"
    attachments = Attachments(spool, 0)
    tracemalloc.start()
    try:
        attachments.receive(message, {"a@x": expected.digest()})
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()
    assert attachments.file("cid:a@x").size == pieces * len(piece) > 500_000_000
    assert spool.most < 2 * len(piece)


def test_a_disk_that_fails_leaves_nothing() -> None:
    """When the spool fails in the middle of a part, the part is given up."""

    class Full(SinkWriter):
        abandoned = False

        def write(self, chunk: bytes) -> None:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

        def abandon(self) -> None:
            self.abandoned = True

    writer, spool = Full(MemorySpool()), MemorySpool()
    spool.create = lambda: writer  # type: ignore[assignment, return-value, method-assign]
    message = Multipart(iter([packed(b"<root/>", {"a@x": b"1"})]), related(content_type()), PartLimits())
    message.root(MIB)
    with pytest.raises(GatewayError, match="E000901"):
        Attachments(spool, 0).receive(message, {"a@x": b""})
    assert writer.abandoned


def test_many_parts_of_one_name_apart() -> None:
    """The number of parts is limited as well as their size."""
    head = part(b"<root/>", f"Content-Type: {root_type()}", "Content-ID: <root@x>")
    parts = [part(b"", f"Content-ID: <{index}@x>") for index in range(10_000)]
    assert read(iter([body(head, *parts)])) is ErrorKind.TOO_LARGE


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_door_refuses_whatever_is_bent(data: st.DataObject) -> None:
    """With octets changed anywhere it is taken as it was or refused by the catalogue; nothing stays."""
    house, content = SoapHouse(), b"%PDF-1.7 attached"
    message = packed(fakes.signed(submit_naming("a@x", content)), {"a@x": content})
    octets = bytearray(message)
    for _ in range(data.draw(st.integers(1, 3))):
        at, length = data.draw(st.integers(0, len(octets))), data.draw(st.integers(0, 30))
        octets[at : at + length] = data.draw(st.one_of(CONTENT, st.binary(max_size=20)))
    status, _, answer = house.post(bytes(octets), content_type())
    assert ErrorKind.INTERNAL.code.encode() not in answer
    assert house.spool.files == {}
    if status == "200 OK":
        (command,) = house.use_cases.submissions
        assert command.transaction.documents[0].content == content
