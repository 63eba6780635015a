"""Typed access to the children of a schema-valid element.

White space follows the types of our schemas: one-line values collapse, texts stay as they came. What the
values mean is decided by the readers.
"""

from collections.abc import Iterator
from enum import Enum
from typing import TypeVar

from lxml import etree

from gateway.domain.errors import ErrorKind, GatewayError

Choice = TypeVar("Choice", bound=Enum)


class Node:
    """An element with children, all in one namespace; comments between them do not count."""

    __slots__ = ("element", "first", "prefix")

    def __init__(self, element: etree._Element, namespace: str) -> None:
        self.element = element
        self.prefix = f"{{{namespace}}}"
        # One pass over the children costs a tenth of a search for each name.
        self.first: dict[object, etree._Element] = {}
        for child in element:
            self.first.setdefault(child.tag, child)

    def child(self, name: str) -> "Node | None":
        found = self.first.get(self.prefix + name)
        return None if found is None else Node(found, self.prefix[1:-1])

    def items(self, container: str, name: str) -> "Iterator[Node]":
        """The `name` children of the child `container`; none when it is absent."""
        holder = self.first.get(self.prefix + container)
        if holder is not None:
            for found in holder.iterchildren(self.prefix + name):
                yield Node(found, self.prefix[1:-1])

    def text(self, name: str, default: str = "") -> str:
        """The child's text as it came, or the default when the child is absent."""
        found = self.first.get(self.prefix + name)
        return default if found is None else _text(found)

    def line(self, name: str, default: str = "") -> str:
        """The child's text with white space collapsed, as xs:token has it."""
        found = self.first.get(self.prefix + name)
        return default if found is None else _line(found)

    def lines(self, name: str) -> tuple[str, ...]:
        """The collapsed text of every child of that name."""
        return tuple(_line(found) for found in self.element.iterchildren(self.prefix + name))

    def flag(self, name: str, default: bool) -> bool:
        value = self.line(name)
        return value in {"true", "1"} if value else default

    def choice(self, name: str, kind: type[Choice]) -> Choice | None:
        """The child's value as a member of the enumeration, or None when the child is absent."""
        value = self.line(name)
        return kind(value) if value else None


def _text(leaf: etree._Element) -> str:
    """The element's own text. Raises GatewayError(SCHEMA_INVALID) for a comment inside a value.

    Canonical forms drop comments, so a value cut by one could be signed as one text and read as another.
    """
    if len(leaf):
        raise GatewayError(ErrorKind.SCHEMA_INVALID, f"line {leaf.sourceline}: comment inside a value")
    return leaf.text or ""


def _line(leaf: etree._Element) -> str:
    text = _text(leaf)
    # Only XML's own white space collapses: str.split() would take a no-break space as well.
    for space in "\t\r\n":
        text = text.replace(space, " ")
    return " ".join(word for word in text.split(" ") if word)
