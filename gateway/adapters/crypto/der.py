"""Reading and writing DER (X.690) for time-stamps: definite lengths, minimal, nothing left over.

No knowledge of any structure; asn1crypto is too slow for what happens several times a transaction.
"""

from functools import lru_cache, partial
from typing import NamedTuple

INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x02, 0x03, 0x04, 0x05, 0x06
BOOLEAN, UTF8_STRING, GENERALIZED_TIME = 0x01, 0x0C, 0x18
SEQUENCE, SET = 0x30, 0x31
MAX_LENGTH_OCTETS = 4


class DerError(ValueError):
    """The octets are not DER, or not the structure that was expected."""


class Node(NamedTuple):
    """One value: its tag, its content, and all of it as it stood."""

    tag: int
    body: bytes
    encoded: bytes


# The quickest way to build one; tokens are read several times a transaction.
_node = partial(tuple.__new__, Node)


def context(number: int) -> int:
    """The tag of a constructed, context-specific value."""
    return 0xA0 | number


def tlv(tag: int, *parts: bytes) -> bytes:
    """Encode a value whose content is the parts together."""
    body = b"".join(parts)
    size = len(body)
    if size < 0x80:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + body


def integer(number: int) -> bytes:
    """Encode an INTEGER that is not negative."""
    return tlv(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


@lru_cache(maxsize=256)
def oid(dotted: str) -> bytes:
    """Encode an OBJECT IDENTIFIER; raises ValueError for text that is none."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OID, *(_base128(arc) for arc in (first * 40 + second, *rest)))


def whole(octets: bytes, tag: int) -> Node:
    """The only value in `octets`; raises DerError for another tag or anything left over."""
    node, end = _read(octets, 0)
    if end != len(octets):
        raise DerError("octets left over")
    return expect(node, tag)


def expect(node: Node, tag: int) -> Node:
    """The node itself if it bears the tag; raises DerError."""
    if node.tag != tag:
        raise DerError(f"tag {node.tag:#x} where {tag:#x} was expected")
    return node


def children(node: Node) -> list[Node]:
    """The values inside a constructed value; raises DerError."""
    body = node.body
    found, at, size = [], 0, len(body)
    while at < size:
        child, at = _read(body, at)
        found.append(child)
    return found


def only_child(node: Node, tag: int) -> Node:
    """The single value inside; raises DerError when there is another number of them, or tag."""
    return whole(node.body, tag)


def to_int(node: Node) -> int:
    """The value of an INTEGER; raises DerError (also for an encoding that is not minimal)."""
    body = expect(node, INTEGER).body
    if not body or (len(body) > 1 and body[0] in (0, 0xFF) and (body[0] ^ body[1]) < 0x80):
        raise DerError("an INTEGER that is not minimal")
    return int.from_bytes(body, "big", signed=True)


def to_oid(node: Node) -> str:
    """The dotted form of an OBJECT IDENTIFIER; raises DerError."""
    return _dotted(expect(node, OID).body)


@lru_cache(maxsize=256)
def _dotted(body: bytes) -> str:
    arcs, current = [], 0
    if not body or body[-1] & 0x80:
        raise DerError("an OBJECT IDENTIFIER that is cut")
    for octet in body:
        current = current << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(current)
            current = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


def _base128(arc: int) -> bytes:
    octets = [arc & 0x7F]
    while arc := arc >> 7:
        octets.append(0x80 | arc & 0x7F)
    return bytes(reversed(octets))


def _read(octets: bytes, at: int) -> tuple[Node, int]:
    try:
        tag, size = octets[at], octets[at + 1]
    except IndexError:
        raise DerError("a value that is cut") from None
    start = at + 2
    if size >= 0x80:
        size, start = _read_length(octets, start, size & 0x7F)
    end = start + size
    if end > len(octets) or tag & 0x1F == 0x1F:
        raise DerError("a value that is cut, or a tag of several octets")
    return _node((tag, octets[start:end], octets[at:end])), end


def _read_length(octets: bytes, start: int, count: int) -> tuple[int, int]:
    if not 1 <= count <= MAX_LENGTH_OCTETS:
        raise DerError("a length that is not DER")
    size = int.from_bytes(octets[start : start + count], "big")
    if size < 0x80 or size >> 8 * (count - 1) == 0:
        raise DerError("a length that is not minimal")
    return size, start + count
