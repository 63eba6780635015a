"""The attachments of one verified request: which may come, where they are, and that none is left behind.

Only what the signed Body names with its SHA-256 is let into the spool; what no use case took is removed.
"""

import hmac
from collections.abc import Iterator, Mapping
from types import TracebackType

from lxml import etree

from gateway.domain.batch import SpooledFile
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.multipart import Multipart
from gateway.entrypoints.soap.multipart_header import identifier_of
from gateway.entrypoints.soap.names import TRANSACTION
from gateway.usecases.ports import Spool

_HREF = f"{{{TRANSACTION}}}href"
_SHA256 = f"{{{TRANSACTION}}}sha256"
_DIGEST = tuple(f"{{{TRANSACTION}}}{name}" for name in ("digest", "algorithm", "value"))


def named(operation: etree._Element) -> dict[str, bytes]:
    """Content-ID and SHA-256 of every attachment that a verified, valid operation names.

    Raises GatewayError: ATTACHMENT_UNSIGNED (no SHA-256), MULTIPART_INVALID (one named twice).
    """
    found: dict[str, bytes] = {}
    for href in operation.iter(_HREF):
        name = identifier_of((href.text or "").strip())
        if name in found:
            raise GatewayError(ErrorKind.MULTIPART_INVALID, f"{name} is named twice")
        found[name] = _declared(href, name)
    return found


class Attachments:
    """A context: at its end everything that was not `keep`t leaves the spool, whatever happened."""

    def __init__(self, spool: Spool, in_memory: int) -> None:
        """`in_memory` is how many octets `octets` gives altogether."""
        self._spool = spool
        self._room = in_memory
        self._files: dict[str, SpooledFile] = {}

    def __enter__(self) -> "Attachments":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files.values():
            self._spool.remove(file.id)

    def receive(self, parts: Multipart | None, expected: Mapping[str, bytes]) -> None:
        """Read what follows the root (None: nothing can) into the spool.

        Raises GatewayError: ATTACHMENT_UNEXPECTED, ATTACHMENT_UNSIGNED (other octets than were signed),
        PART_MISSING, and what reading raises.
        """
        for name, chunks in parts.parts() if parts is not None else ():
            if name not in expected:
                raise GatewayError(ErrorKind.ATTACHMENT_UNEXPECTED, name)
            file = self._files[name] = self._spooled(chunks)
            if not hmac.compare_digest(file.sha256, expected[name]):
                raise GatewayError(ErrorKind.ATTACHMENT_UNSIGNED, f"{name} has another SHA-256")
        if missing := next((name for name in expected if name not in self._files), None):
            raise GatewayError(ErrorKind.PART_MISSING, missing)

    def file(self, reference: str) -> SpooledFile:
        """The file that a cid: reference names."""
        return self._files[identifier_of(reference)]

    def octets(self, reference: str) -> bytes:
        """All of it, for what has to be in memory anyway; raises GatewayError(TOO_LARGE)."""
        self._room -= self.file(reference).size
        if self._room < 0:
            raise GatewayError(ErrorKind.TOO_LARGE, "the attached documents together")
        with self._spool.open(self.file(reference).id) as opened:
            return opened.read()

    def add(self, octets: bytes) -> SpooledFile:
        """Content that came inside the Body: from here on it is like any attachment."""
        file = self._spooled(iter([octets]))
        self._files[file.id] = file
        return file

    def keep(self, kept: SpooledFile) -> None:
        """A use case owns it now, and has it in its books."""
        self._files = {name: file for name, file in self._files.items() if file.id != kept.id}

    def _spooled(self, chunks: Iterator[bytes]) -> SpooledFile:
        writer = self._spool.create()
        try:
            for chunk in chunks:
                writer.write(chunk)
            return writer.finish()
        except BaseException:
            writer.abandon()
            raise


def _declared(href: etree._Element, name: str) -> bytes:
    attachment = href.getparent()
    assert attachment is not None  # noqa: S101  The schema knows href nowhere else.
    text = attachment.findtext(_SHA256)
    document = attachment.getparent()
    if text is None and document is not None:
        digest, algorithm, value = _DIGEST
        stated = document.find(digest)
        if stated is not None and (stated.findtext(algorithm) or "").strip() == "SHA-256":
            text = stated.findtext(value)
    if text is None:
        raise GatewayError(ErrorKind.ATTACHMENT_UNSIGNED, f"{name} needs its SHA-256 in the signed Body")
    return bytes.fromhex(text.strip())
