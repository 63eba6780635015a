"""WSGI `/t`: the picture of one point, and links that lead on. It shows nothing, and asks for nothing.

HEAD and what is unknown leave no trace. A link leads on whatever becomes of the event: people come first.
"""

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote

from gateway.domain.errors import GatewayError
from gateway.domain.openings import Request

log = logging.getLogger(__name__)
PICTURE = re.compile(r"/t/([a-z2-7]{32})\.gif", re.ASCII)
LINK = re.compile(r"/t/([a-z2-7]{32})/([a-z2-7]{32})", re.ASCII)
GIF = bytes.fromhex("47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b")
KEPT = ("USER_AGENT", "ACCEPT", "ACCEPT_LANGUAGE", "VIA", "PURPOSE", "SEC_PURPOSE", "X_MOZ", "SEC_FETCH_MODE",
        "SEC_FETCH_DEST", "SEC_FETCH_USER", "REFERER")  # fmt: skip
PURPOSES = ("PURPOSE", "SEC_PURPOSE", "X_MOZ", "X_PURPOSE")
QUIET = [
    ("Cache-Control", "no-store, max-age=0"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Robots-Tag", "noindex, nofollow"),
]
LONGEST_HEADER, LONGEST_TARGET = 1000, 2000
Opened = Callable[[str, Request], bool]
Leads = Callable[[str, str, str], bool]
Followed = Callable[[str, str, str, Request], bool]
Start = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class TrackerDoor:
    opened: Opened
    leads: Leads
    followed: Followed

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        method, path = environ.get("REQUEST_METHOD", ""), environ.get("PATH_INFO", "")
        picture, link = PICTURE.fullmatch(path), LINK.fullmatch(path)
        if method not in {"GET", "HEAD"}:
            return _answer(start, "405 Method Not Allowed", b"", ("Allow", "GET, HEAD"))
        if picture:
            return self._picture(picture[1], environ, start)
        if link:
            return self._link(link[1], link[2], environ, start)
        return _answer(start, "404 Not Found", b"")

    def _picture(self, token: str, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """The same for everybody, so that nobody learns which messages there are."""
        if environ["REQUEST_METHOD"] == "HEAD":
            return _answer(start, "200 OK", b"", ("Content-Type", "image/gif"))
        _kept(lambda: self.opened(token, _request(environ)))
        return _answer(start, "200 OK", GIF, ("Content-Type", "image/gif"))

    def _link(self, token: str, proof: str, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """A scanner that asks with HEAD is told where it leads as well, and leaves no trace."""
        given = parse_qs(environ.get("QUERY_STRING", "")).get("to", [""])
        target = given[0]
        if len(given) != 1 or not target.startswith(("http://", "https://")) or len(target) > LONGEST_TARGET:
            return _answer(start, "404 Not Found", b"")
        if not self.leads(token, proof, target):
            return _answer(start, "404 Not Found", b"")
        if environ["REQUEST_METHOD"] == "GET":
            _kept(lambda: self.followed(token, proof, target, _request(environ)))
        return _answer(start, "302 Found", b"", ("Location", quote(target, safe=":/?#[]@!$&'()*+,;=%-._~")))


def _kept(see: Callable[[], bool]) -> None:
    """What cannot be kept is lost: whoever reads or follows must not suffer for it."""
    try:
        see()
    except GatewayError as error:
        log.warning("what was seen of a message was not kept: %s", error.kind.code)
    except Exception as error:
        # The last door: its words may hold anything, and an address here names a message.
        log.error("what was seen of a message was not kept: %s", type(error).__name__)


def _request(environ: dict[str, Any]) -> Request:
    """Without cookies and credentials, each header cut."""
    lines = [f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')} HTTP/1.1"]
    lines += [f"{_name(key)}: {said}" for key in KEPT if (said := _header(environ, key))]
    lines.append(f"X-Client-Address: {environ.get('REMOTE_ADDR', '')}")
    purpose = " ".join(filter(None, (_header(environ, key) for key in PURPOSES)))
    raw = "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")
    return Request(_header(environ, "USER_AGENT"), purpose, raw)


def _header(environ: dict[str, Any], key: str) -> str:
    return " ".join(str(environ.get(f"HTTP_{key}", "")).split())[:LONGEST_HEADER]


def _name(key: str) -> str:
    return key.replace("_", "-").title()


def _answer(start: Start, status: str, body: bytes, *headers: tuple[str, str]) -> Iterable[bytes]:
    start(status, [*headers, *QUIET, ("Content-Length", str(len(body)))])
    return [body]
