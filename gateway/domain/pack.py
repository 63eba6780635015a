"""The evidence pack: which files stand in it, under which names. How a container is written is not said here.

Names of documents come from issuers, and a pack is opened on anybody's machine: what a name may hold is
decided here, once.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DocumentRecord, SignedFile, SignedKind
from gateway.domain.reports import KeptMessage, ReportRow

MEDIA_TYPE = "application/vnd.etsi.asic-e+zip"
XML, TEXT, TOKEN = "application/xml", "text/plain", "application/vnd.etsi.timestamp-token"
VISITS = "accesses.jsonl"
# Safe as a file name on every system, and as a URI reference without escapes.
NAME = re.compile(r"(?:[a-z]+/)?[A-Za-z0-9][A-Za-z0-9._-]{0,120}", re.ASCII)
UNSAFE = re.compile(r"[^A-Za-z0-9.-]+", re.ASCII)
STEM, SUFFIX = 60, 8
SUFFIXES = {
    PDF: ".pdf",
    TEXT: ".txt",
    XML: ".xml",
    "application/json": ".json",
    "audio/wav": ".wav",
    "message/rfc822": ".eml",
    "text/csv": ".csv",
    "text/xml": ".xml",
}


@dataclass(frozen=True, slots=True)
class PackFile:
    """One file of the pack with its content."""

    name: str
    media_type: str
    octets: bytes

    @property
    def entry(self) -> "PackEntry":
        return PackEntry(self.name, self.media_type, hashlib.sha256(self.octets).digest())


@dataclass(frozen=True, slots=True)
class PackEntry:
    """One file of the pack as its signature names it."""

    name: str
    media_type: str
    sha256: bytes


@dataclass(frozen=True, slots=True)
class PackRecord:
    """A pack's row: intended with its list of files (`index_sha256`), made when `sha256` is there.

    `size` is in octets; both blobs are in the vault under the transaction's data key.
    """

    guid: str
    index_sha256: bytes
    sha256: bytes | None = None
    size: int = 0
    made_at: datetime | None = None


def checked(entries: Iterable[PackEntry]) -> tuple[PackEntry, ...]:
    """The entries by name. Raises GatewayError(INTERNAL) for an unsafe name, or one that is there twice."""
    listed = sorted(entries, key=lambda entry: entry.name)
    if len({entry.name.lower() for entry in listed}) != len(listed):
        raise GatewayError(ErrorKind.INTERNAL, "two files of a pack have one name")
    if not all(NAME.fullmatch(entry.name) and ".." not in entry.name for entry in listed):
        raise GatewayError(ErrorKind.INTERNAL, "a file of a pack has an unsafe name")
    return tuple(listed)


def original_name(document: DocumentRecord) -> str:
    stem, suffix = _parts(document.name)
    return f"original/{document.position + 1:02d}-{stem}{suffix}"


def stamped_name(document: DocumentRecord) -> str:
    """The stamped copy or cover sheet, always a PDF."""
    stem, suffix = _parts(document.name)
    pdf = ".pdf" if document.media_type == PDF else f"{suffix}.pdf"
    return f"stamped/{document.position + 1:02d}-{stem}{pdf}"


def signed_name(document: DocumentRecord, signed: SignedFile) -> str:
    """A recipient's signed copy: the document's number, the recipient's, and the document's name.

    An XML signature bears the name of the stamped copy, for that is what it is about.
    """
    copy = stamped_name(document).removeprefix(f"stamped/{document.position + 1:02d}-")
    xml = ".xml" if signed.kind is SignedKind.XADES else ""
    return f"signed/{document.position + 1:02d}-{signed.recipient + 1:02d}-{copy}{xml}"


def message_name(number: int, message: KeptMessage) -> str:
    """A message as it was handed over: its number, and the recipient's."""
    return f"messages/{number:02d}-{message.position + 1:02d}{_suffix(message.media_type)}"


def receipt_name(number: int, row: ReportRow) -> str:
    """What a channel told, as it came: its number, what it says, and through which channel."""
    report = row.report
    kind = f"{report.channel.value}-{report.kind.value}".lower()
    return f"receipts/{number:02d}-{kind}{_suffix(report.media_type)}"


def evidence_names(files: Sequence[str]) -> list[str]:
    """From the names that the certificate gives its attachments."""
    return ["evidence/" + name.removeprefix("evidence-") for name in files]


def _suffix(media_type: str) -> str:
    return SUFFIXES.get(media_type.partition(";")[0].strip().lower(), ".bin")


def _parts(name: str) -> tuple[str, str]:
    """Stem and suffix (with its dot) of an issuer's name: plain letters, no folders, nothing hidden."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    stem, dot, suffix = UNSAFE.sub("_", plain).rpartition(".")
    if not dot or not suffix.isalnum() or len(suffix) >= SUFFIX:
        stem, suffix = f"{stem}{dot}{suffix}", ""
    stem = re.sub(r"\.{2,}", ".", stem).strip("._-")[:STEM].rstrip("._-")
    return stem or "document", f".{suffix.lower()}" if suffix else ""
