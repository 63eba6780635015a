"""A message with one large attachment, sent as it is read: MTOM packaging, RFC 2387, constant memory."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PIECE = 256 * 1024
Source = Path | str | BinaryIO


@dataclass(frozen=True, slots=True)
class Content:
    """A file, or an open one that can seek, with its size in octets and its SHA-256."""

    source: Path | BinaryIO
    size: int
    sha256: bytes

    @classmethod
    def of(cls, source: Source) -> "Content":
        """Reads it once, in pieces; an open file from where it stands now."""
        place = Path(source) if isinstance(source, str) else source
        digest, size = hashlib.sha256(), 0
        for piece in _pieces(place, 0, None):
            digest.update(piece)
            size += len(piece)
        return cls(place, size, digest.digest())

    @property
    def content_id(self) -> str:
        """By the digest: the same content is named alike when it is sent again."""
        return f"{self.sha256.hex()}@fehaciente"

    def pieces(self, start: int = 0, size: int | None = None) -> Iterator[bytes]:
        """The octets from `start`, all that follow or `size` of them."""
        return _pieces(self.source, start, self.size - start if size is None else size)


class Package:
    """The body of an HTTP request: the signed envelope, then the content. `len` is its size."""

    def __init__(self, envelope: bytes, content: Content) -> None:
        self.boundary = f"MIME_{secrets.token_hex(16)}"
        self._content = content
        root = ('Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"', "<root@fehaciente>")
        file = ("Content-Type: application/octet-stream", f"<{content.content_id}>")
        self._head = self._delimiter(*root) + envelope + b"\r\n" + self._delimiter(*file)
        self._tail = f"\r\n--{self.boundary}--\r\n".encode()
        self.len = len(self._head) + content.size + len(self._tail)

    @property
    def content_type(self) -> str:
        inner = 'type="application/xop+xml"; start-info="text/xml"; start="<root@fehaciente>"'
        return f'multipart/related; boundary="{self.boundary}"; {inner}'

    def __iter__(self) -> Iterator[bytes]:
        yield self._head
        yield from self._content.pieces()
        yield self._tail

    def _delimiter(self, content_type: str, content_id: str) -> bytes:
        lines = (f"--{self.boundary}", content_type, "Content-Transfer-Encoding: binary")
        return "\r\n".join((*lines, f"Content-ID: {content_id}", "", "")).encode()


def _pieces(source: Path | BinaryIO, start: int, size: int | None) -> Iterator[bytes]:
    with _opened(source) as file:
        file.seek(start, os.SEEK_CUR)
        while size is None or size > 0:
            piece = file.read(PIECE if size is None else min(PIECE, size))
            if not piece:
                break
            yield piece
            if size is not None:
                size -= len(piece)


@contextmanager
def _opened(source: Path | BinaryIO) -> Iterator[BinaryIO]:
    """An open file is left open, and where it was."""
    if isinstance(source, Path):
        with source.open("rb") as file:
            yield file
        return
    place = source.tell()
    try:
        yield source
    finally:
        source.seek(place)
