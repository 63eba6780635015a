"""Names of detached files as references write them: percent-decoded once, and never a way out of the set.

Nothing is ever fetched: a name is looked up in what the caller handed over, or is not found.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from gateway.adapters.validation.verdict import Refusal
from gateway.domain.validation import SubIndication

MOST = 1024
BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
REFUSED = re.compile(r"[\x00-\x1f\x7f\\]")


def lookup(uri: str, detached: Mapping[str, bytes]) -> tuple[str, bytes]:
    """Name and octets of the file that a reference names; raises Refusal(SIGNED_DATA_NOT_FOUND)."""
    name = file_name(uri)
    if name not in detached:
        raise Refusal(SubIndication.SIGNED_DATA_NOT_FOUND, f"there is no file {name[:200]}")
    return name, detached[name]


def file_name(uri: str) -> str:
    """The name that a relative reference (RFC 3986) spells; raises Refusal(SIGNED_DATA_NOT_FOUND)."""
    if len(uri) > MOST or BROKEN_ESCAPE.search(uri) or any(mark in uri for mark in "?#:"):
        raise _refused(uri)
    try:
        name = unquote_to_bytes(uri).decode("utf-8")
    except UnicodeDecodeError:
        raise _refused(uri) from None
    if name.startswith("./"):
        name = name[2:]
    if REFUSED.search(name) or any(part in ("", ".", "..") for part in name.split("/")):
        raise _refused(uri)
    return name


def _refused(uri: str) -> Refusal:
    return Refusal(SubIndication.SIGNED_DATA_NOT_FOUND, f"not the name of a file beside it: {uri[:200]}")
