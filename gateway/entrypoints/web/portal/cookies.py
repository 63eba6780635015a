"""The portal's cookies: the identified session and its device, the visitor before it, the receipt after it.

All are HttpOnly and signed or worthless; none holds more than the browser's owner already knows. A session
counts only beside the cookie of the device that identified itself.
"""

import hashlib
import secrets
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from werkzeug.wrappers import Request, Response

from gateway.entrypoints.web.kiosk import KioskCookie
from gateway.entrypoints.web.portal.receipts import DoneReceipt, receipt_of
from gateway.entrypoints.web.sessions import Signer
from gateway.usecases.commands import Session

IDLE = timedelta(minutes=30)
# A link that was opened in the morning may be answered at night.
VISITOR_LIFE = timedelta(hours=12)
RECEIPT_LIFE = timedelta(minutes=10)
DEVICE_LIFE = timedelta(hours=12)
_PROBLEM_LIFE = timedelta(minutes=1)


# A cookie holds 4 KB.
LONGEST_RETURN_URL = 1500


class _Kind(TypedDict):
    secure: bool
    samesite: str
    partitioned: bool


@dataclass(frozen=True, slots=True)
class PortalSession:
    """Who identified themself, through which link, and in which language the issuer writes to them.

    A `test` shows a band on every page.
    """

    id: str
    who: Session
    link: str
    language: str
    test: bool = False
    device: str = ""


@dataclass(frozen=True, slots=True)
class FreshIds:
    """What a browser gets when it identifies its owner; drawn anew each time: nobody can plant them."""

    session: str
    device: str

    @classmethod
    def drawn(cls) -> "FreshIds":
        return cls(secrets.token_urlsafe(32), secrets.token_urlsafe(32))


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong with the form just sent; shown once, by the page that the browser is led back to.

    `field` is the input to correct, "" when the person typed nothing wrong.
    """

    text: str
    status: int
    field: str = ""


@dataclass(frozen=True, slots=True)
class OpenedCopy:
    """Who opened a one-time link to their copy, and until when its files may be fetched."""

    guid: str
    position: int
    until: datetime


class PortalCookies:
    """Reads and sets them for one link. Names carry the link's digest: two links never disturb each other."""

    def __init__(self, key: bytes, secure: bool) -> None:
        self._signer = {
            name: Signer(key, f"portal {name}")
            for name in ("session", "device", "visitor", "problem", "done", "embedding")
        }
        self._signer["copy"] = Signer(key, "portal copy")
        self._secure = secure
        self.kiosk = KioskCookie(key, secure)
        self._embedded = False

    def embedded(self) -> "PortalCookies":
        """The same for pages in a frame of another site, whose cookies browsers keep apart for each site that
        frames them (CHIPS), and only over TLS."""
        twin = copy(self)
        twin._embedded = True
        return twin

    def set_embedding(self, response: Response, token: str, return_url: str, now: datetime) -> None:
        """This browser opened a one-time link: its pages may be framed, and lead back to `return_url`."""
        link, until = link_digest(token), int((now + VISITOR_LIFE).timestamp())
        kept = return_url if len(return_url) <= LONGEST_RETURN_URL else ""
        values: dict[str, str | int] = {"return_url": kept, "link": link, "until": until}
        self.embedded()._set(response, "embedding", link, values)

    def embedding(self, request: Request, token: str, now: datetime) -> str | None:
        """The return address of the one-time link ("" for none), or None in any other browser."""
        values = self._read(request, "embedding", link_digest(token), now)
        return str(values["return_url"]) if values else None

    def open_session(
        self, token: str, who: Session, ids: FreshIds, language: str, *, test: bool
    ) -> PortalSession:
        return PortalSession(ids.session, who, link_digest(token), language, test, ids.device)

    def set_device(self, response: Response, session: PortalSession, now: datetime) -> None:
        """In a cookie of its own: whoever gets hold of one of the two has nothing."""
        until = int((now + DEVICE_LIFE).timestamp())
        values: dict[str, str | int] = {"id": session.device, "link": session.link, "until": until}
        self._set(response, "device", session.link, values)

    def device(self, request: Request, token: str, now: datetime) -> str:
        """The id that this browser got when it last identified its owner by this link; "" for none."""
        values = self._read(request, "device", link_digest(token), now)
        return str(values["id"]) if values else ""

    def set_session(self, response: Response, session: PortalSession, now: datetime) -> None:
        values: dict[str, str | int] = {
            "id": session.id,
            "guid": session.who.guid,
            "position": session.who.position,
            "version": session.who.link_version,
            "link": session.link,
            "language": session.language,
            "test": int(session.test),
            "until": int((now + IDLE).timestamp()),
        }
        self._set(response, "session", session.link, values)

    def session(self, request: Request, token: str, now: datetime) -> PortalSession | None:
        """The session of this very link, or None when there is none, it idled too long, was touched, or
        comes without its device."""
        values, device = (
            self._read(request, "session", link_digest(token), now),
            self.device(request, token, now),
        )
        if values is None or not device:
            return None
        place = str(values["guid"]), int(values["position"]), int(values["version"])
        own, test = str(values["id"]), bool(values.get("test", 0))
        who = Session(*place, digest(own), digest(device), self._attended(request, place, now))
        return PortalSession(own, who, str(values["link"]), str(values["language"]), test, device)

    def _attended(
        self, request: Request, place: tuple[str, int, int], now: datetime
    ) -> tuple[tuple[str, str], ...]:
        """Of this very process, and of no other that is opened on the same tablet."""
        handed = self.kiosk.read(request, now)
        same = handed is not None and (handed.guid, handed.position) == place[:2]
        return handed.audit if handed is not None and same else ()

    def set_visitor(self, response: Response, token: str, visitor: str, now: datetime) -> None:
        link = link_digest(token)
        until = int((now + VISITOR_LIFE).timestamp())
        values: dict[str, str | int] = {"id": visitor, "link": link, "until": until}
        # Lax, so that a second click on the link in the mail finds it, and the form that is open already
        # in another tab stays good; a form that another site sends never bears it.
        self._set(response, "visitor", link, values, same_site="Lax")

    def visitor(self, request: Request, token: str, now: datetime) -> str | None:
        values = self._read(request, "visitor", link_digest(token), now)
        return str(values["id"]) if values else None

    def came_back(self, request: Request, token: str) -> bool:
        """Whether the browser keeps cookies: it sent this link's back, however old it may be."""
        return self._name("visitor", link_digest(token)) in request.cookies

    def set_problem(self, response: Response, token: str, problem: Problem, now: datetime) -> None:
        link, until = link_digest(token), int((now + _PROBLEM_LIFE).timestamp())
        values: dict[str, str | int] = {
            "text": problem.text,
            "status": problem.status,
            "field": problem.field,
        }
        self._set(response, "problem", link, values | {"link": link, "until": until})

    def problem(self, request: Request, token: str, now: datetime) -> Problem | None:
        values = self._read(request, "problem", link_digest(token), now)
        if values is None:
            return None
        return Problem(str(values["text"]), int(values["status"]), str(values["field"]))

    def forget_problem(self, response: Response, token: str) -> None:
        self._drop(response, "problem", link_digest(token))

    def finish(self, response: Response, session: PortalSession, done: DoneReceipt, now: datetime) -> None:
        """End the session and leave the receipt that the last page is drawn from."""
        values: dict[str, str | int] = {
            "outcome": done.outcome,
            "guid": done.guid,
            "issuer": done.issuer,
            "return_url": done.return_url,
            "position": session.who.position,
            "language": done.language,
            "test": int(session.test),
            "at": int(done.at.timestamp()) if done.at else 0,
            "documents": done.documents,
            "count": done.count,
            "copied": int(done.copied),
            "link": session.link,
            "until": int((now + RECEIPT_LIFE).timestamp()),
        }
        self._set(response, "done", session.link, values)
        self._drop(response, "session", session.link)

    def receipt(self, request: Request, token: str, now: datetime) -> DoneReceipt | None:
        values = self._read(request, "done", link_digest(token), now)
        if values is None:
            return None
        return receipt_of(values)

    def set_copy(self, response: Response, token: str, copy: OpenedCopy) -> None:
        link, until = link_digest(token), int(copy.until.timestamp())
        values: dict[str, str | int] = {"guid": copy.guid, "position": copy.position}
        self._set(response, "copy", link, values | {"link": link, "until": until})

    def opened_copy(self, request: Request, token: str, now: datetime) -> OpenedCopy | None:
        values = self._read(request, "copy", link_digest(token), now)
        if values is None:
            return None
        until = datetime.fromtimestamp(int(values["until"]), UTC)
        return OpenedCopy(str(values["guid"]), int(values["position"]), until)

    def set_language(self, response: Response, language: str) -> None:
        # Lax, because the choice must outlive a second click on the link in the mail; it is no secret.
        response.set_cookie("fehaciente-language", language, httponly=True, **self._kind("Lax"))

    def _name(self, kind: str, link: str) -> str:
        # The __Host- prefix keeps other hosts of the domain from planting cookies (RFC 6265bis).
        return f"{'__Host-' if self._secure else ''}fehaciente-{kind}-{link[:8]}"

    def _set(
        self,
        response: Response,
        kind: str,
        link: str,
        values: Mapping[str, str | int],
        same_site: str = "Strict",
    ) -> None:
        signed, name = self._signer[kind].sign(values), self._name(kind, link)
        response.set_cookie(name, signed, httponly=True, **self._kind(same_site))

    def _kind(self, same_site: str) -> _Kind:
        if self._embedded:
            return {"secure": True, "samesite": "None", "partitioned": True}
        return {"secure": self._secure, "samesite": same_site, "partitioned": False}

    def _drop(self, response: Response, kind: str, link: str) -> None:
        response.delete_cookie(self._name(kind, link), httponly=True, **self._kind("Strict"))

    def _read(self, request: Request, kind: str, link: str, now: datetime) -> dict[str, str | int] | None:
        values = self._signer[kind].open(request.cookies.get(self._name(kind, link), ""))
        if values is None or values["link"] != link or int(values["until"]) <= now.timestamp():
            return None
        return values


def digest(text: str) -> bytes:
    """What is kept of an id; b"" of nothing."""
    return hashlib.sha256(text.encode()).digest() if text else b""


def link_digest(token: str) -> str:
    """Names the link without telling it: hexadecimal SHA-256 of its token."""
    return hashlib.sha256(token.encode()).hexdigest()
