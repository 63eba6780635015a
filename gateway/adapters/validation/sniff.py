"""What a file is, by its own first octets: names and media types are anybody's word. It judges nothing."""

from enum import Enum

PDF_HEADER_WINDOW = 1024  # ISO 32000-1, Annex H.3.4.1.
ZIP_LOCAL, ZIP_EMPTY = b"PK\x03\x04", b"PK\x05\x06"
SEQUENCE = 0x30
# The beginning of a CMS SignedData (RFC 5652, 3): its object identifier.
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
# RFC 4998: an EvidenceRecord begins with its version, the integer 1.
ERS_VERSION = bytes.fromhex("020101")
BOM = b"\xef\xbb\xbf"


class FileType(Enum):
    """Every kind of file that can be validated, and what none of ours is."""

    XML = "XML"
    PDF = "PDF"
    ZIP = "ZIP"
    TOKEN = "TOKEN"  # noqa: S105  A time-stamp token is public.
    RECORD_DER = "RECORD_DER"
    UNKNOWN = "UNKNOWN"


def sniff(octets: bytes) -> FileType:
    """The kind; a file that is two at once is what a reader of that order would take it for."""
    if octets.startswith((ZIP_LOCAL, ZIP_EMPTY)):
        return FileType.ZIP
    if octets.removeprefix(BOM).lstrip()[:1] == b"<":
        return FileType.XML
    if octets[:1] == bytes([SEQUENCE]):
        inside = _content(octets)
        if inside.startswith(SIGNED_DATA):
            return FileType.TOKEN
        if inside.startswith(ERS_VERSION):
            return FileType.RECORD_DER
    if b"%PDF-" in octets[:PDF_HEADER_WINDOW]:
        return FileType.PDF
    return FileType.UNKNOWN


def _content(octets: bytes) -> bytes:
    """The beginning of what follows a DER tag and length."""
    first = octets[1] if len(octets) > 1 else 0
    start = 2 if first < 0x80 else 2 + (first & 0x7F)
    return octets[start : start + 16]
