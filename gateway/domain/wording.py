"""What people and foreign machines write, made fit to be kept in databases and in XML, or to be shown."""

import re

# XML 1.0 (clause 2.2) allows no others; NUL and lone surrogates are refused by databases as well.
UNKEEPABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def keepable(text: str, limit: int | None = None) -> str:
    """The text with U+FFFD for what cannot be kept, cut to `limit` characters if there is one."""
    return UNKEEPABLE.sub("\ufffd", text[:limit])


def printable(text: str) -> str:
    """The text without what would command a terminal or forge another line: U+FFFD in its place."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
