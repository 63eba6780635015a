"""The Content-Type of a message with attachments, read strictly: MTOM and SOAP with Attachments.

RFC 2045 clause 5.1, RFC 2387 and XOP 1.0 clause 4.1. What is ambiguous is refused, never guessed.
"""

import re
from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.names import SoapVersion

RELATED = "multipart/related"
XOP = "application/xop+xml"
WORD = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
TYPE = re.compile(rf"\s*({WORD}/{WORD})\s*")
PARAMETER = re.compile(rf';\s*({WORD})\s*=\s*(?:({WORD})|"((?:[^"\\\r\n]|\\[ -~])*)")\s*')
# Axis and others leave a media type unquoted, whose slash no token may hold.
BARE_TYPE = re.compile(rf";\s*(type|start-info)\s*=\s*({WORD}/{WORD})\s*", re.IGNORECASE)
# RFC 2046, 5.1.1: at most 70 characters, the last of them no space.
BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
HEADER_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Related:
    """A multipart/related message: its boundary, the root's Content-ID if it is named (without brackets),
    whether it is packed by XOP, the SOAP version inside, and SOAP 1.2's action."""

    boundary: str
    start: str
    xop: bool
    version: SoapVersion
    action: str


def parameters(header: str) -> tuple[str, dict[str, str]]:
    """The media type and its parameters, names in small letters.

    Raises GatewayError(MEDIA_TYPE_REFUSED): no media type, a parameter twice, or anything left over.
    """
    found = TYPE.match(header) if len(header) <= HEADER_LIMIT and header.isascii() else None
    if found is None:
        raise _refused("Content-Type cannot be read")
    position, given = found.end(), dict[str, str]()
    while position < len(header):
        match = BARE_TYPE.match(header, position) or PARAMETER.match(header, position)
        # An asterisk (RFC 2231) would be a second way to write the same parameter.
        if match is None or match[1].lower() in given or "*" in match[1]:
            raise _refused("a parameter of Content-Type is twice there or cannot be read")
        quoted = match.re is PARAMETER and match[3] is not None
        given[match[1].lower()] = re.sub(r"\\(.)", r"\1", match[3]) if quoted else match[2]
        position = match.end()
    return found[1].lower(), given


def is_related(header: str) -> bool:
    return header.strip().lower().startswith(RELATED)


def related(header: str) -> Related:
    """Raises GatewayError(MEDIA_TYPE_REFUSED) for whatever is not MTOM or SOAP with Attachments."""
    name, given = parameters(header)
    boundary = given.get("boundary", "")
    if name != RELATED or not BOUNDARY.fullmatch(boundary):
        raise _refused("multipart/related with a boundary is expected")
    kind = given.get("type", "").lower()
    inner, more = parameters(given["start-info"]) if kind == XOP and "start-info" in given else (kind, {})
    version = next((each for each in SoapVersion if each.media_type == inner), None)
    if version is None:
        raise _refused("type (with start-info, for application/xop+xml) is text/xml or application/soap+xml")
    return Related(
        boundary=boundary,
        start=given["start"].strip().removeprefix("<").removesuffix(">") if "start" in given else "",
        xop=kind == XOP,
        version=version,
        action=_one({given.get("action", ""), more.get("action", "")}),
    )


def check_root(declared: Related, header: str) -> str:
    """The root part's own Content-Type agrees with the message's; gives the action that it names.

    Raises GatewayError(MEDIA_TYPE_REFUSED), also for another charset than UTF-8.
    """
    name, given = parameters(header)
    inner = parameters(given.get("type", "x/x"))[0] if declared.xop else name
    if name != (XOP if declared.xop else declared.version.media_type) or inner != declared.version.media_type:
        raise _refused("the root part is of another type than the message says")
    if given.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise _refused("the charset must be UTF-8")
    return _one({declared.action, given.get("action", "")})


def _one(actions: set[str]) -> str:
    stated = actions - {""}
    if len(stated) > 1:
        raise _refused("two different actions are named")
    return next(iter(stated), "")


def _refused(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, detail)
