"""A batch file in one pass and constant memory: where its items stand, its canonical digest, its signature.

The shape is that of xsd/batch.xsd. Items are validated later, one by one; nothing is believed of them here.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from gateway.adapters.xml.canonical_stream import CanonicalStream
from gateway.adapters.xml.names import DS, TRANSACTION, qualified
from gateway.adapters.xml.parser import Stream
from gateway.domain.batch import BatchPolicy
from gateway.domain.errors import ErrorKind, GatewayError

BATCH = "urn:fehaciente:batch:1.0"
PIECE, HEAD_PIECE = 256 * 1024, 4096
# No ZIP that is read holds more documents; what refers to them is kept until the end.
MOST_ITEMS, MOST_REFERENCES = 100_000, 150_000
# Characters of all references together: they are the one thing of a file that is kept whole in memory.
LONGEST_REFERENCES = 32_000_000
SIGNATURE_LIMIT = 64 * 1024
EXTERNAL_ID_LIMIT = 128
ROOT = qualified(BATCH, "batch")
ITEM, SIGNATURE = qualified(TRANSACTION, "transaction"), qualified(DS, "Signature")
HREF = qualified(TRANSACTION, "href")
# Children of the root in their order, and which may be absent.
FIELDS = {qualified(BATCH, name): name for name in ("external_id", "item_count", "policy")}
ORDER = (*FIELDS, ITEM, SIGNATURE)
COUNT = re.compile(r"\+?0*\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """Octets of the file: of an item, or of the signature."""

    start: int
    size: int


@dataclass
class BatchStream:
    """Feed on `places`; what is known of the file is complete once it has ended.

    `namespaces` are those in scope of the items; `references` the cid: references of documents.
    """

    file: BinaryIO
    external_id: str = ""
    policy: BatchPolicy | None = None
    item_count: int = 0
    items: int = 0
    namespaces: dict[str, str] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    signature: Place | None = None
    sha256: bytes = b""

    def __post_init__(self) -> None:
        self._digest = hashlib.sha256()
        self._referred = 0
        self._canonical = CanonicalStream(self._digest.update)
        self._stream = Stream(self._start, self._end, self._text)
        self._depth = 0
        self._stage = -1
        self._begun: int | None = None
        self._ending: tuple[str, int] | None = None
        self._captured: list[str] | None = None
        self._found: list[Place] = []

    def places(self) -> Iterator[list[Place]]:
        """Items in order, some at a time. Raises GatewayError: BATCH_REFUSED, and what the parser raises."""
        while piece := self.file.read(PIECE):
            self._stream.feed(piece)
            if self._found:
                found, self._found = self._found, []
                yield found
        self._stream.feed(b"", last=True)
        self._canonical.flush()
        self.sha256 = self._digest.digest()
        self._check_count()

    def head(self) -> None:
        """Read only until what stands in front of the items is known."""
        while self._begun is None and not self.items and (piece := self.file.read(HEAD_PIECE)):
            self._stream.feed(piece)

    def _start(self, name: str, attributes: list[str]) -> None:
        self._settle()
        if self._captured is not None:
            self._interrupted()
        if self._depth == 1:
            self._child(self._canonical.expanded(name, attributes), attributes, name)
        self._canonical.start(name, attributes)
        if self._depth == 0:
            self._root(self._canonical.expanded(name), attributes)
        elif name.endswith("href") and self._canonical.expanded(name) == HREF:
            self._captured = []
        self._depth += 1

    def _root(self, expanded: str, attributes: list[str]) -> None:
        if expanded != ROOT or any(not key.startswith("xmlns") for key in attributes[::2]):
            raise _refused("it is no batch, or its root bears attributes")
        self.namespaces = self._canonical.namespaces

    def _interrupted(self) -> None:
        if self._depth == 2:
            raise _refused("elements inside a field")
        # Inside an item: its schema will refuse that one.
        self._captured = None

    def _child(self, expanded: str, attributes: list[str], name: str) -> None:
        stage = ORDER.index(expanded) if expanded in ORDER else -1
        repeated = stage == self._stage and expanded != ITEM
        if stage < 0 or stage < self._stage or repeated:
            raise _refused(f"unexpected element {name[:60]}")
        self._stage = stage
        if expanded in FIELDS:
            if attributes:
                raise _refused(f"{FIELDS[expanded]} bears attributes")
            self._captured = []
            return
        self._begun = self._stream.at
        self._canonical.muted = expanded == SIGNATURE

    def _end(self, name: str) -> None:
        self._settle()
        self._depth -= 1
        if self._captured is not None:
            self._told(self._canonical.expanded(name), "".join(self._captured))
            self._captured = None
        expanded = self._canonical.expanded(name) if self._depth == 1 else ""
        self._canonical.end(name)
        if self._depth == 1 and self._begun is not None:
            self._ending = expanded, self._begun
            self._begun = None
            self._canonical.muted = False

    def _text(self, data: str) -> None:
        if self._captured is not None:
            self._captured.append(data)
            if sum(map(len, self._captured)) > 10 * EXTERNAL_ID_LIMIT:
                raise _refused("a field is too long")
        elif self._depth == 1 and data.strip("\t\r\n "):
            raise _refused("text between the items")
        self._canonical.text(data)

    def _settle(self) -> None:
        """What ended before this event ended where this event begins, white space included."""
        if self._ending is None:
            return
        (expanded, start), self._ending = self._ending, None
        place = Place(start, self._stream.at - start)
        if expanded == SIGNATURE:
            if place.size > SIGNATURE_LIMIT:
                raise _refused("its signature is too large")
            self.signature = place
            return
        self.items += 1
        if self.items > MOST_ITEMS:
            raise _refused(f"more than {MOST_ITEMS} items")
        self._found.append(place)

    def _refer(self, reference: str) -> None:
        if reference in self.references:
            return
        self.references.add(reference)
        self._referred += len(reference)
        if len(self.references) > MOST_REFERENCES or self._referred > LONGEST_REFERENCES:
            raise _refused("its references to documents are too many or too long")

    def _told(self, expanded: str, text: str) -> None:
        value = " ".join(text.split())
        if expanded == HREF:
            self._refer(value)
        elif FIELDS.get(expanded) == "external_id":
            if not 0 < len(value) <= EXTERNAL_ID_LIMIT:
                raise _refused("its external_id is empty or too long")
            self.external_id = value
        elif FIELDS.get(expanded) == "policy":
            self.policy = _policy(value)
        else:
            self.item_count = _count(value)

    def _check_count(self) -> None:
        if not self.external_id or not self.items:
            raise _refused("external_id or items are missing")
        if self.items != self.item_count:
            raise _refused(f"item_count says {self.item_count}, and there are {self.items}")


def _policy(value: str) -> BatchPolicy:
    try:
        return BatchPolicy(value)
    except ValueError:
        raise _refused("there is no such policy") from None


def _count(value: str) -> int:
    if not COUNT.fullmatch(value):
        raise _refused("item_count is no number of items")
    return int(value)


def _refused(why: str) -> GatewayError:
    return GatewayError(ErrorKind.BATCH_REFUSED, why)
