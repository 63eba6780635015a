"""A message with attachments as it arrives: the root part in memory, then the others one after another.

It knows limits and identifiers, and neither SOAP nor signatures nor where octets are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.multipart_header import part_header
from gateway.entrypoints.soap.multipart_scan import Scanner
from gateway.entrypoints.soap.multipart_type import Related, check_root

HEADER_LIMIT = 8 * 1024


@dataclass(frozen=True, slots=True)
class PartLimits:
    """`whole` bounds the body in octets, `part` each attachment, `parts` their number."""

    whole: int = 1024 * 1024 * 1024
    part: int = 1024 * 1024 * 1024
    parts: int = 64


class Multipart:
    """Read `root` first, then `parts` to the end; `action` is known once the root is.

    Both raise GatewayError: MULTIPART_INVALID, MEDIA_TYPE_REFUSED, TOO_LARGE, ATTACHMENT_UNEXPECTED (a
    Content-ID twice), and what `chunks` raises.
    """

    def __init__(self, chunks: Iterator[bytes], related: Related, limits: PartLimits) -> None:
        self._scanner = Scanner(chunks, related.boundary)
        self._related = related
        self._limits = limits
        self._seen: set[str] = set()
        self.action = related.action

    def root(self, limit: int) -> bytes:
        """The first part, which must be the one that `start` names."""
        self._scanner.preamble()
        header = part_header(self._scanner.header(HEADER_LIMIT))
        if self._related.start not in {"", header.content_id}:
            raise GatewayError(ErrorKind.MULTIPART_INVALID, "the root is not the first part")
        self.action = check_root(self._related, header.media_type)
        self._seen.add(header.content_id)
        return b"".join(self._content(limit))

    def parts(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Content-ID and octets of each attachment; the octets are to be read before the next one."""
        while not self._scanner.last:
            content_id = part_header(self._scanner.header(HEADER_LIMIT)).content_id
            if not content_id:
                raise GatewayError(ErrorKind.MULTIPART_INVALID, "a part without a Content-ID")
            if content_id in self._seen:
                raise GatewayError(ErrorKind.ATTACHMENT_UNEXPECTED, content_id)
            if len(self._seen) > self._limits.parts:
                raise GatewayError(ErrorKind.TOO_LARGE, f"the limit is {self._limits.parts} attachments")
            self._seen.add(content_id)
            yield content_id, self._content(self._limits.part)
        self._scanner.end()

    def _content(self, limit: int) -> Iterator[bytes]:
        left = limit
        for chunk in self._scanner.content():
            left -= len(chunk)
            if left < 0:
                raise GatewayError(ErrorKind.TOO_LARGE, f"the limit of this part is {limit} octets")
            yield chunk
