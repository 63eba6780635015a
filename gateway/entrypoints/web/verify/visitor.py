"""One request to the verification page: who asks, in which language, with a form of ours or another's.

The visitor is a random number in a cookie, to which forms are bound; nobody is known by it.
"""

import secrets
from dataclasses import dataclass
from functools import cached_property

from werkzeug.wrappers import Request, Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.csrf import FIELD, FormTokens
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.texts import LANGUAGES, Words, preferred
from gateway.entrypoints.web.verify.pages import VerifyPages
from gateway.entrypoints.web.verify.use_cases import VerifyUseCases

LANGUAGE = "fehaciente-language"
SHORTEST, LONGEST = 16, 64


@dataclass(frozen=True, slots=True)
class Desk:
    """What every visitor shares."""

    use_cases: VerifyUseCases
    pages: VerifyPages
    tokens: FormTokens
    signer: Signer
    secure: bool

    @property
    def cookie(self) -> str:
        return f"{'__Host-' if self.secure else ''}fehaciente-verify"


class Visitor:
    """Their request, and the means to answer it."""

    def __init__(self, desk: Desk, request: Request) -> None:
        self.desk = desk
        self.request = request
        self._new = ""

    @property
    def words(self) -> Words:
        """The language chosen here or in the portal, else the browser's."""
        chosen = self.request.cookies.get(LANGUAGE, "")
        return Words(chosen if chosen in LANGUAGES else preferred(self.request.accept_languages))

    @property
    def base(self) -> str:
        return f"{self.request.root_path}/verify"

    @property
    def address(self) -> str:
        """Whose wrong tries are counted: the client's, or the one that a trusted proxy tells."""
        return self.request.remote_addr or ""

    def page(self, template: str, **facts: object) -> Response:
        shown = {"csrf": self._form_token, "base": self.base, "here": self.base} | facts
        response = self.desk.pages.render(template, self.words, self._static_url, **shown)
        if self._new:
            response.set_cookie(
                self.desk.cookie, self._new, secure=self.desk.secure, httponly=True, samesite="Lax"
            )
        return response

    def check_form(self) -> None:
        """Refuse what another site made this browser send; raises GatewayError(CSRF)."""
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise GatewayError(ErrorKind.CSRF)
        self.desk.tokens.check(self._known, self.request.form.get(FIELD, ""))

    def field(self, name: str) -> str:
        text = self.request.form.get(name, "")
        return "".join(mark for mark in text if mark.isprintable()).strip()

    @cached_property
    def _known(self) -> str | None:
        held = self.request.cookies.get(self.desk.cookie, "")
        return held if SHORTEST <= len(held) <= LONGEST else None

    def _form_token(self) -> str:
        if not self._known:
            self._new = self._new or secrets.token_urlsafe(16)
        return self.desk.tokens.issue(self._known or self._new)

    def _static_url(self, name: str, version: str) -> str:
        return f"{self.request.root_path}/static/{name}?v={version}"
