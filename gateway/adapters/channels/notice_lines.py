"""What an issuer's words become in a notice: one line, short where it must be, a link to its contact."""

import unicodedata
from urllib.parse import quote


def marked(test: str, text: str, between: str) -> str:
    """A test says so before anything else."""
    return f"{test}{between}{text}" if test else text


def help_link(contact: str, guid: str) -> str:
    """A link to the issuer's contact: page, mailbox or telephone; empty for anything else."""
    if contact.startswith("https://"):
        return contact
    if "@" in contact and " " not in contact and ":" not in contact:
        return f"mailto:{quote(contact, safe='@')}?subject={quote(guid)}"
    digits = contact.replace(" ", "")
    return f"tel:{digits}" if digits.removeprefix("+").isdecimal() else ""


def line(text: str) -> str:
    """One line without control or direction characters: an issuer's text cannot imitate ours."""
    shown = (" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp"} else c for c in text)
    return " ".join("".join(shown).split())


def cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 3].rstrip() + "..."
