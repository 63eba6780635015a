"""Batch files in the spool, read: the first pass over the whole, then items one by one.

A ZIP's XML is spooled anew, for only then can it be read at any place; its documents are read from the ZIP.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO
from urllib.parse import unquote

from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from gateway.adapters.batches.archive import BatchArchive, LastDirectory, is_archive
from gateway.adapters.batches.items import ItemParser, Trust, wrapping
from gateway.adapters.crypto.enveloped import signer_of
from gateway.adapters.xml.batch_stream import SIGNATURE_LIMIT, BatchStream
from gateway.adapters.xml.document_xml import Contents
from gateway.adapters.xml.parser import parse
from gateway.domain.batch import Batch, BatchItem
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Spool
from gateway.usecases.ports.batches import BatchFacts, ReadItem

SHA256_URI = "http://www.w3.org/2001/04/xmlenc#sha256"


class Reading:
    """The first pass over a batch's XML."""

    def __init__(
        self,
        batch: Batch,
        file: BinaryIO,
        trust: Trust,
        content_id: str = "",
        names: frozenset[str] = frozenset(),
    ) -> None:
        self.stream = BatchStream(file)
        self._batch, self._file, self._trust, self._content_id = batch, file, trust, content_id
        self._names = names

    def places(self) -> Iterator[Sequence[tuple[int, int]]]:
        for found in self.stream.places():
            yield [(place.start, place.size) for place in found]

    def facts(self) -> BatchFacts:
        stream = self.stream
        for name in sorted(self._names - set(map(_name, stream.references))):
            raise GatewayError(ErrorKind.BATCH_ARCHIVE_REFUSED, f"no document names {name[:255]}")
        return BatchFacts(stream.external_id, stream.policy, stream.items, self._signer(), self._content_id)

    def _signer(self) -> str:
        place = self.stream.signature
        if place is None:
            return ""
        self._file.seek(place.start)
        opening, closing = wrapping(self.stream.namespaces)
        octets = opening + self._file.read(place.size) + closing
        signature = next(parse(octets, limit=2 * SIGNATURE_LIMIT).iterchildren(etree.Element))
        assert isinstance(signature, etree._Element)  # noqa: S101  The pass found one there.
        certificate = signer_of(signature, self._digested)
        self._trust(certificate, self._batch.received_at)
        return certificate.fingerprint(SHA256()).hex()

    def _digested(self, algorithm: str) -> bytes:
        if algorithm != SHA256_URI:
            raise GatewayError(ErrorKind.ALGORITHM_REFUSED, "the batch itself is digested by SHA-256")
        return self.stream.sha256


class Opened:
    """A batch's XML, its items read where they stand."""

    def __init__(self, file: BinaryIO, parser: ItemParser) -> None:
        self._file, self._parser = file, parser

    def read(self, item: BatchItem) -> ReadItem:
        if item.size > self._parser.limit:
            detail = f"the limit of an item is {self._parser.limit} octets"
            refusal = GatewayError(ErrorKind.TOO_LARGE, detail)
            return ReadItem(b"", refusal=refusal)
        self._file.seek(item.start)
        # The white space behind it is nobody's.
        return self._parser.read(self._file.read(item.size).rstrip(b"\t\r\n "))


@dataclass(frozen=True, slots=True)
class SpooledBatchFiles:
    """`limit` is the size of one item in octets; `trust` checks a certificate's chain at a time."""

    spool: Spool
    trust: Trust
    limit: int
    last: LastDirectory = field(default_factory=LastDirectory)

    def external_id(self, file_id: str) -> str:
        with self.spool.open(file_id) as file:
            if is_archive(file):
                with BatchArchive(file).content() as content:
                    return _named(BatchStream(content))
            return _named(BatchStream(file))

    @contextmanager
    def reading(self, batch: Batch) -> Iterator[Reading]:
        with self.spool.open(batch.id) as file:
            if not is_archive(file):
                yield Reading(batch, file, self.trust)
                return
            archive = BatchArchive(file)
            content = archive.extract(self.spool.create())
            try:
                with self.spool.open(content.id) as xml:
                    yield Reading(batch, xml, self.trust, content.id, archive.names)
            except BaseException:
                self.spool.remove(content.id)
                raise

    @contextmanager
    def open(self, batch: Batch) -> Iterator[Opened]:
        with ExitStack() as stack:
            file = stack.enter_context(self.spool.open(batch.content_id or batch.id))
            attached: Contents = _nothing
            if batch.content_id:
                attached = self._documents(batch.id, stack.enter_context(self.spool.open(batch.id)))
            head = BatchStream(file)
            head.head()
            opening, closing = wrapping(head.namespaces)
            parser = ItemParser(opening, closing, self.limit, self.trust, batch.received_at, attached)
            yield Opened(file, parser)

    def _documents(self, file_id: str, file: BinaryIO) -> Contents:
        archive = BatchArchive(file, self.last(file_id, lambda: BatchArchive(file).directory))
        return lambda reference: archive.document(_name(reference), self.limit)


def _named(stream: BatchStream) -> str:
    stream.head()
    if not stream.external_id:
        raise GatewayError(ErrorKind.BATCH_REFUSED, "it has no external_id")
    return stream.external_id


def _name(reference: str) -> str:
    """The file that a `cid:` reference names."""
    return unquote(reference.removeprefix("cid:"))


def _nothing(reference: str) -> bytes:
    raise GatewayError(ErrorKind.ATTACHMENT_MISSING, _name(reference)[:255])
