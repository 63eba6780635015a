"""The header of one part, and what of it we obey: its Content-ID and its Content-Type.

HTTP carries octets as they are, so that a part encoded for mail is refused: which octets a digest
covers must never be a question.
"""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from gateway.domain.errors import ErrorKind, GatewayError

FIELD = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([ -~]*?)[ \t]*")
IDENTIFIER = re.compile(r"[!-;=?-~]{1,250}")
MOST_FIELDS = 16
AS_THEY_ARE = {"", "binary", "8bit", "7bit"}


@dataclass(frozen=True, slots=True)
class PartHeader:
    """`content_id` without its brackets, empty when there is none; `media_type` is the whole header."""

    content_id: str
    media_type: str


def part_header(block: bytes) -> PartHeader:
    """Raises GatewayError: MULTIPART_INVALID; MEDIA_TYPE_REFUSED for encodings and nested messages."""
    fields = _fields(block)
    encoding = fields.get("content-transfer-encoding", "").lower()
    if encoding not in AS_THEY_ARE:
        raise _refused("Content-Transfer-Encoding is binary, 8bit or 7bit")
    if fields.get("content-encoding", "identity").lower() != "identity":
        raise _refused("Content-Encoding is not accepted")
    media_type = fields.get("content-type", "application/octet-stream")
    if media_type.lower().startswith(("multipart/", "message/")):
        raise _refused("a part that holds parts of its own")
    return PartHeader(_content_id(fields.get("content-id")), media_type)


def identifier_of(reference: str) -> str:
    """The Content-ID that a `cid:` URL names (RFC 2392), decoded once; raises MULTIPART_INVALID."""
    try:
        decoded = unquote_to_bytes(reference.removeprefix("cid:")).decode("ascii")
    except UnicodeDecodeError:
        decoded = ""
    if not reference.startswith("cid:") or not IDENTIFIER.fullmatch(decoded):
        raise _invalid("a reference that is no cid: URL")
    return decoded


def _fields(block: bytes) -> dict[str, str]:
    if not block.isascii():
        raise _invalid("a part's header is not ASCII")
    lines = block.decode("ascii").split("\r\n") if block else []
    fields: dict[str, str] = {}
    for line in lines:
        # No white space begins a name: continued lines fall through here, with bare CR, LF and controls.
        match = FIELD.fullmatch(line)
        if match is None or match[1].lower() in fields:
            raise _invalid("a line of a part's header cannot be read or is twice there")
        fields[match[1].lower()] = match[2]
    if len(fields) > MOST_FIELDS:
        raise _invalid(f"a part's header has over {MOST_FIELDS} lines")
    return fields


def _content_id(stated: str | None) -> str:
    if stated is None:
        return ""
    inner = stated[1:-1] if stated.startswith("<") and stated.endswith(">") else stated
    if not IDENTIFIER.fullmatch(inner):
        raise _invalid("a Content-ID that cannot be read")
    return inner


def _invalid(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.MULTIPART_INVALID, detail)


def _refused(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, detail)
