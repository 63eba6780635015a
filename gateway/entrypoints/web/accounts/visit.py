"""One request to a staff page: who asks, in which language, and the means to answer it.

Console, web sender and account pages share it; each brings its own handlers and texts.
"""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Permission, Person
from gateway.entrypoints.web.accounts.gate import Gate
from gateway.entrypoints.web.accounts.pages import StaffPages
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.texts import STAFF_LANGUAGES, Words, preferred

LANGUAGE, SAID = "fehaciente-language", "fehaciente-said"
SAID_SECONDS = 60
PLACES = (
    ("place.console", "/console", Permission.READ),
    ("place.send", "/send", Permission.SEND),
    ("place.sale", "/sale", Permission.SERVE),
    ("place.people", "/account/people", Permission.MANAGE_STAFF),
    ("place.approvals", "/account/approvals", Permission.MANAGE_TRUST),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the head; `key` is its text."""

    key: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the last action has to tell, once; `tone` is good, warn, bad or empty."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Room:
    """What all visits to one application share. `secure`: cookies travel over TLS only."""

    gate: Gate
    pages: StaffPages
    signer: Signer
    secure: bool


class StaffVisit:
    def __init__(self, room: Room, request: Request) -> None:
        self.room = room
        self.request = request

    @cached_property
    def person(self) -> Person | None:
        """Who is signed in."""
        return self.room.gate.person(self.request)

    @property
    def somebody(self) -> Person:
        """Who is signed in, where nobody else gets to. Raises GatewayError(ACCESS_DENIED)."""
        if self.person is None:
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        return self.person

    @property
    def words(self) -> Words:
        """The language chosen in this browser, else the person's own, else the browser's."""
        chosen = self.request.cookies.get(LANGUAGE, "")
        if chosen not in STAFF_LANGUAGES:
            chosen = (
                self.person.language
                if self.person
                else preferred(self.request.accept_languages, STAFF_LANGUAGES)
            )
        return self.room.pages.words(chosen)

    def url(self, path: str) -> str:
        return f"{self.request.root_path}{path}"

    @property
    def here(self) -> str:
        """This address with its query, without the language switch."""
        kept = [(name, value) for name, value in self.request.args.items(multi=True) if name != "lang"]
        return self.url(self.request.path) + (f"?{urlencode(kept)}" if kept else "")

    def page(self, template: str, **facts: object) -> Response:
        """Draw a page of the signed-in person (or of nobody). `facts` as StaffPages.render takes them."""
        said = self._said()
        shown: dict[str, object] = {
            "person": self.person,
            "csrf": lambda: self.room.gate.form_token(self.request),
            "url": self.url,
            "home": self.url(self.home_of(self.person) if self.person else "/account"),
            "account_url": self.url("/account"),
            "places": self._places(),
            "here": self.here if self.request.method == "GET" else "",
            "said": said,
        }
        response = self.room.pages.render(template, self.words, self._static_url, **(shown | facts))
        if said:
            response.delete_cookie(SAID, secure=self.room.secure, httponly=True)
        return response

    def go(self, path: str, said: str = "", tone: str = "good") -> Response:
        """Lead the browser to a page of ours (after a form, so that reloading repeats nothing).

        `said`: what that page tells first, in the reader's language.
        """
        response = redirect(self.url(path), code=303)
        if said:
            self._set(response, SAID, self.room.signer.sign({"text": said, "tone": tone}), SAID_SECONDS)
        return response

    @staticmethod
    def home_of(person: Person) -> str:
        """The first place that they may go to."""
        return next((at for _, at, permission in PLACES if person.may(permission)), "/account")

    def chosen_language(self) -> Response | None:
        """The language switch is a link of any page; it changes only a cookie."""
        chosen = self.request.args.get("lang", "")
        if self.request.method != "GET" or chosen not in STAFF_LANGUAGES:
            return None
        response = redirect(self.here, code=303)
        self._set(response, LANGUAGE, chosen)
        return response

    def field(self, name: str) -> str:
        """What was typed, on one line."""
        text = self.request.form.get(name, "")
        return "".join(mark for mark in text if mark.isprintable()).strip()

    def reason(self) -> str:
        """The reason given in the form. Raises GatewayError(RULE_BROKEN) for none."""
        given = self.field("reason")[:300]
        if not given:
            raise GatewayError(ErrorKind.RULE_BROKEN, self.words("staff.reason_missing"))
        return given

    def _static_url(self, name: str, version: str) -> str:
        return self.url(f"/static/{name}?v={version}")

    def _places(self) -> list[Place]:
        if self.person is None:
            return []
        path = self.request.path
        return [
            Place(key, self.url(at), path == at or path.startswith(at + "/"))
            for key, at, permission in PLACES
            if self.person.may(permission)
        ]

    def _said(self) -> Said | None:
        values = self.room.signer.open(self.request.cookies.get(SAID, ""))
        return Said(str(values["text"]), str(values["tone"])) if values else None

    def _set(self, response: Response, name: str, value: str, life: int | None = None) -> None:
        response.set_cookie(name, value, max_age=life, secure=self.room.secure, httponly=True, samesite="Lax")
