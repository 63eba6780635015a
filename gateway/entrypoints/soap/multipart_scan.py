"""Cuts a multipart body at its boundaries while it arrives; memory is one chunk and one boundary.

Only CRLF ends a line. Whatever at a line's start looks like the boundary and is not exactly a delimiter
is refused: another reader might cut there (RFC 2046 clause 5.1.1 lets no content begin a line like that).
"""

from collections.abc import Iterator

from gateway.domain.errors import ErrorKind, GatewayError

LINE_ENDS = (0x0A, 0x0D)
# What may stand before the first delimiter and after the last: empty lines, which clients really send.
BLANK = {b"", b"\r\n", b"\r\n\r\n"}


class Scanner:
    """Reads the body in one direction: `preamble`, then for each part `header` and `content`, then `end`.

    `chunks` gives the octets in pieces of any size. Everything raises GatewayError(MULTIPART_INVALID).
    """

    def __init__(self, chunks: Iterator[bytes], boundary: str) -> None:
        self._chunks = chunks
        self._mark = b"--" + boundary.encode("ascii")
        self._held = b""
        self.last = False

    def preamble(self) -> None:
        """Go past the first delimiter."""
        self._need(len(self._mark) + 6)
        before, mark, self._held = self._held.partition(self._mark)
        if not mark or before not in BLANK:
            raise _invalid("the body does not begin with its boundary")
        self._after_mark()
        if self.last:
            raise _invalid("there is no part")

    def header(self, limit: int) -> bytes:
        """The header block of the next part without its empty line."""
        while (end := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > limit or not self._more():
                raise _invalid(f"a part's header has no end within {limit} octets")
        block, self._held = self._held[:end], self._held[end + 4 :]
        if end > limit:
            raise _invalid(f"a part's header is over {limit} octets")
        return block

    def content(self) -> Iterator[bytes]:
        """The part's octets, to be read to their end before anything else is; then `last` is known."""
        tail, start, begun = len(self._mark) + 1, 0, False
        while True:
            at = self._held.find(self._mark, start)
            if at < 0:
                cut = max(0, len(self._held) - tail)
                if cut:
                    yield self._held[:cut]
                    self._held, begun = self._held[cut:], True
                start = 0
                if not self._more():
                    raise _invalid("the last boundary is missing")
            elif self._is_delimiter(at, begun):
                break
            else:
                start = at + 1
        if at > 2:
            yield self._held[: at - 2]
        self._held = self._held[at + len(self._mark) :]
        self._after_mark()

    def end(self) -> None:
        """Nothing but an empty line follows the last boundary."""
        rest = self._held
        while len(rest) <= 4 and self._more():
            rest = self._held
        if rest not in BLANK:
            raise _invalid("something follows the last boundary")

    def _is_delimiter(self, at: int, begun: bool) -> bool:
        """Whether the mark at this place ends the part; an impostor at a line's start is refused."""
        if at >= 2 and self._held[at - 2 : at] == b"\r\n":
            return True
        if (at == 0 and not begun) or (at > 0 and self._held[at - 1] in LINE_ENDS):
            raise _invalid("a line that is no delimiter begins like one")
        return False

    def _after_mark(self) -> None:
        self._need(2)
        ending, self._held = self._held[:2], self._held[2:]
        if ending not in {b"\r\n", b"--"}:
            raise _invalid("a boundary is not followed by CRLF")
        self.last = ending == b"--"

    def _need(self, octets: int) -> None:
        while len(self._held) < octets and self._more():
            pass

    def _more(self) -> bool:
        chunk = next(self._chunks, b"")
        self._held += chunk
        return bool(chunk)


def _invalid(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.MULTIPART_INVALID, detail)
