"""Hash trees by the rules that RFC 4998 (clause 4.2) and RFC 6283 (clause 3.2) share, and their reduction.

A node is the digest of its children, sorted as octets and concatenated. What the leaves mean, and what
happens to the root, is decided by callers.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

# Digests that trees are built with, by their names in hashlib, and their sizes in octets.
SIZES = {"sha256": 32, "sha384": 48, "sha512": 64}
HASHES: dict[str, Callable[..., Any]] = {name: getattr(hashlib, name) for name in SIZES}


class HashTree:
    """A binary tree over digests in the order given; a node without a sibling rises unchanged.

    It keeps all its nodes (two digests a leaf), so that `path` computes nothing.
    """

    def __init__(self, digest: str, leaves: Sequence[bytes]) -> None:
        """Raises ValueError without leaves, or for one of another size than the digest's."""
        self._size = SIZES[digest]
        if not leaves or {*map(len, leaves)} != {self._size}:
            raise ValueError("a hash tree is over digests of its own algorithm, and at least one")
        self._levels = []
        nodes = list(leaves)
        while len(nodes) > 1:
            self._levels.append(b"".join(nodes))
            nodes = _parents(HASHES[digest], nodes)
        self.root = nodes[0]

    def path(self, leaf: int) -> tuple[bytes, ...]:
        """The siblings that lead from the leaf at this position to the root, lowest first."""
        siblings, at, size = [], leaf, self._size
        for level in self._levels:
            start = (at ^ 1) * size
            if start < len(level):
                siblings.append(level[start : start + size])
            at >>= 1
        return tuple(siblings)


def _parents(make: Callable[..., Any], nodes: list[bytes]) -> list[bytes]:
    pairs = zip(nodes[::2], nodes[1::2], strict=False)
    above = [make(left + right if left < right else right + left).digest() for left, right in pairs]
    if len(nodes) & 1:
        above.append(nodes[-1])
    return above


def combined(digest: str, members: Iterable[bytes]) -> bytes:
    """The digest of several digests, sorted and concatenated; a single one stands for itself."""
    ordered = sorted(members)
    if len(ordered) == 1:
        return ordered[0]
    digested: bytes = HASHES[digest](b"".join(ordered)).digest()
    return digested


def climb(digest: str, start: bytes, path: Iterable[bytes]) -> bytes:
    """The root that a leaf and its path lead to."""
    node = start
    for sibling in path:
        node = combined(digest, (node, sibling))
    return node
