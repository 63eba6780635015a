"""One mail that came: its headers and parts, read with all patience, for anybody may have written it.

Nothing here raises for what the octets hold. Only the beginning is read: whatever a receiver has to say
stands there, and a mail must not cost more than it is worth.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha256

from gateway.adapters.bounces.return_paths import as_mark
from gateway.domain.wording import keepable

READ = 256 * 1024
# Each boundary is looked for in every line: more of them than this is no mail that anybody needs.
BOUNDARIES = 60
PARTS = 100
LONGEST = 255
SPACE = re.compile(r"\s+")
TRACE = re.compile(rb"(?im)^(?:received|return-path|delivered-to|x-original-to):.*\r?\n(?:[ \t].*\r?\n)*")
MESSAGE_ID = re.compile(r"<?([^<>@\s]+)@[^<>\s]*>?")
XTEXT = re.compile(r"\+([0-9A-F]{2})")
Mail = Message


@dataclass(frozen=True, slots=True)
class Incoming:
    """`sender` is the envelope's, empty for the null one; `octets` the whole mail."""

    octets: bytes
    mail: "Mail[str, str]"
    sender: str

    @classmethod
    def read(cls, octets: bytes, sender: str = "") -> "Incoming":
        """A mail that cannot be read has neither headers nor parts."""
        head = octets[:READ]
        try:
            mail = message_from_bytes(head if head.lower().count(b"boundary") <= BOUNDARIES else b"")
        except Exception:
            # Python's parser has its limits (RecursionError among them), and these octets came from anywhere.
            mail = Message()
        return cls(octets, mail, "" if sender in {"<>", ""} else sender)

    @property
    def author(self) -> str:
        """The mailbox in From, in small letters."""
        return parseaddr(header(self.mail, "From"))[1].lower()

    @property
    def subject(self) -> str:
        return header(self.mail, "Subject")

    @property
    def identity(self) -> str:
        """Equal for the same mail that comes again by another way: without what relays write on top."""
        return sha256(TRACE.sub(b"", self.octets[:READ]) + self.octets[READ:]).hexdigest()

    def parts(self) -> Iterator["Mail[str, str]"]:
        """Every part outside of what is quoted, which is a message of its own."""
        yield from _parts(self.mail, [PARTS])

    def part(self, media_type: str) -> "Mail[str, str] | None":
        return next((each for each in self.parts() if each.get_content_type() == media_type), None)

    def text(self) -> str:
        """What is there for people to read, as far as it can be decoded."""
        return "\n".join(filter(None, (decoded(each) for each in self.parts() if _is_text(each))))

    def original(self) -> "Mail[str, str] | None":
        """The message, or its headers, that this one is about."""
        for part in self.parts():
            kind = part.get_content_type()
            within = payload(part)
            if kind in {"message/rfc822", "message/global"} and within:
                return within[0]
            if kind in {"text/rfc822-headers", "message/global-headers"}:
                return fields(decoded(part))
        return None


def header(mail: "Mail[str, str]", name: str) -> str:
    """A header or field as one line of text; empty when it is not there."""
    value = mail.get(name, "")
    try:
        text = str(make_header(decode_header(value)))
    except Exception:
        # Character sets that nobody knows, and what is no text at all.
        text = str(value)
    return keepable(SPACE.sub(" ", text.encode("utf-8", "replace").decode()).strip())


def decoded(part: "Mail[str, str]") -> str:
    try:
        octets = part.get_payload(decode=True)
        return (
            octets.decode(part.get_content_charset("utf-8"), "replace") if isinstance(octets, bytes) else ""
        )
    except Exception:
        # A character set or an encoding that nobody knows.
        return ""


def payload(part: "Mail[str, str]") -> "list[Mail[str, str]]":
    """The parts or messages that it holds; none where it holds text."""
    try:
        held = part.get_payload()
    except Exception:
        # Parameters that Python can split and not decode (RFC 2231).
        return []
    return [each for each in held if isinstance(each, Message)] if isinstance(held, list) else []


def fields(text: str) -> "Mail[str, str]":
    return message_from_bytes(text.encode("utf-8", "replace"))


def instant(text: str) -> datetime | None:
    """A date of RFC 5322 in UTC; None for what is none. Without a zone it is taken as UTC."""
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def marks(mail: "Mail[str, str]", *names: str) -> list[str]:
    """The marks in message identifiers of these headers."""
    found = (match[1] for name in names for match in MESSAGE_ID.finditer(header(mail, name)))
    return [mark for mark in map(as_mark, found) if mark]


def from_xtext(text: str) -> str:
    return XTEXT.sub(lambda match: chr(int(match[1], 16)), text)


def _is_text(part: "Mail[str, str]") -> bool:
    return part.get_content_type() in {"text/plain", "text/html"} and part.get_filename() is None


def _parts(mail: "Mail[str, str]", left: list[int]) -> Iterator["Mail[str, str]"]:
    left[0] -= 1
    if left[0] < 0:
        return
    yield mail
    if mail.get_content_maintype() == "multipart":
        for each in payload(mail):
            yield from _parts(each, left)
