"""Which addresses are ours, and which message each names: the return path that every message has of its own.

It knows the form of the addresses only, not which messages exist.
"""

import re
from collections.abc import Iterable

PLACE = "{mark}"
# 160 bits in base 32; mail systems may write them in capitals.
MARK = r"[A-Za-z2-7]{32}"
EXACTLY_A_MARK = re.compile(MARK, re.ASCII)


class ReturnPaths:
    """`template` is the envelope sender of what we send, with `{mark}` once; `also` are mailboxes whose mail
    names the message in itself: a complaint loop's, or the sender's own."""

    def __init__(self, template: str, also: Iterable[str] = ()) -> None:
        before, _, after = template.partition(PLACE)
        own = re.escape(before) + f"(?P<mark>{MARK})" + re.escape(after)
        self._own = re.compile(own, re.ASCII | re.IGNORECASE)
        self._also = frozenset(address.lower() for address in also)

    def mark(self, address: str) -> str:
        """The mark within an address of ours, in small letters; empty when it has none."""
        found = self._own.fullmatch(address)
        return found["mark"].lower() if found else ""

    def shared(self, address: str) -> bool:
        return address.lower() in self._also


def as_mark(text: str) -> str:
    """The text in small letters, if it has the form of a mark; else nothing."""
    return text.lower() if EXACTLY_A_MARK.fullmatch(text) else ""
