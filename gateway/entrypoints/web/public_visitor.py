"""One request of anybody to a page without a link: in which language, with a form of ours or another's.

The visitor is a random number in a cookie, to which forms are bound; nobody is known by it.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.csrf import FIELD, FormTokens
from gateway.entrypoints.web.public_pages import PublicPages
from gateway.entrypoints.web.texts import LANGUAGES, Words, preferred

LANGUAGE = "fehaciente-language"
SHORTEST, LONGEST = 16, 64


@dataclass(frozen=True, slots=True)
class Counter:
    """What every visitor of one door shares; `name` is the door's first segment."""

    name: str
    pages: PublicPages
    tokens: FormTokens
    secure: bool

    @property
    def cookie(self) -> str:
        return f"{'__Host-' if self.secure else ''}fehaciente-{self.name}"


class PublicVisitor:
    """Their request, and the means to answer it."""

    def __init__(self, counter: Counter, request: Request) -> None:
        self.counter = counter
        self.request = request
        self._new = ""

    @property
    def words(self) -> Words:
        """The language chosen here or in the portal, else the browser's."""
        chosen = self.request.cookies.get(LANGUAGE, "")
        return Words(chosen if chosen in LANGUAGES else preferred(self.request.accept_languages))

    @property
    def base(self) -> str:
        return f"{self.request.root_path}/{self.counter.name}"

    @property
    def address(self) -> str:
        """Whose wrong tries are counted: the client's, or the one that a trusted proxy tells."""
        return self.request.remote_addr or ""

    def page(self, template: str, **facts: object) -> Response:
        shown = {"csrf": self._form_token, "base": self.base, "here": self.base} | facts
        response = self.counter.pages.render(template, self.words, self._static_url, **shown)
        if self._new:
            secure = self.counter.secure
            response.set_cookie(self.counter.cookie, self._new, secure=secure, httponly=True, samesite="Lax")
        return response

    def chosen_language(self, address: str) -> Response | None:
        """The language switch is a link: it changes only a cookie, and leads back to `address`."""
        chosen = self.request.args.get("lang", "")
        if self.request.method != "GET" or chosen not in LANGUAGES:
            return None
        response = redirect(address, code=303)
        response.set_cookie(LANGUAGE, chosen, secure=self.counter.secure, httponly=True, samesite="Lax")
        return response

    def check_form(self) -> None:
        """Refuse what another site made this browser send; raises GatewayError(CSRF)."""
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise GatewayError(ErrorKind.CSRF)
        self.counter.tokens.check(self._known, self.request.form.get(FIELD, ""))

    def field(self, name: str) -> str:
        text = self.request.form.get(name, "")
        return "".join(mark for mark in text if mark.isprintable()).strip()

    @cached_property
    def _known(self) -> str | None:
        held = self.request.cookies.get(self.counter.cookie, "")
        return held if SHORTEST <= len(held) <= LONGEST else None

    def _form_token(self) -> str:
        if not self._known:
            self._new = self._new or secrets.token_urlsafe(16)
        return self.counter.tokens.issue(self._known or self._new)

    def _static_url(self, name: str, version: str) -> str:
        return f"{self.request.root_path}/static/{name}?v={version}"
