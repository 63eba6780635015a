"""What the console and the web sender ask of whoever knows who is signed in, and the answer by sessions.

The session's token is in a cookie of its own; before there is one, forms are bound to a cookie of the door.
"""

import secrets
from typing import Protocol
from urllib.parse import urlencode

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.domain.accounts import Step
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Person
from gateway.entrypoints.web.accounts.addresses import STEPS, safe_next
from gateway.entrypoints.web.csrf import FIELD, FormTokens
from gateway.usecases.accounts.sessions import Sessions, Visitor

KNOWN, DOOR = "fehaciente.visitor", "fehaciente.door"
SHORTEST, LONGEST = 16, 64


class Gate(Protocol):
    def person(self, request: Request) -> Person | None:
        """Who is signed in, with every factor that is asked of them; None: nobody (any more)."""

    def form_token(self, request: Request) -> str:
        """For the hidden field `csrf` of every form of the page; bound to the session."""

    def check_form(self, request: Request) -> None:
        """Raises GatewayError(CSRF) unless the posted `csrf` was issued to this session."""

    def to_sign_in(self, request: Request) -> Response:
        """Leads to the sign-in page, and from there back to this address."""

    def require_fresh(self, request: Request, back: str = "") -> Response | None:
        """None when the person has just proven that it is them; else the way to the page where they do, and
        from there to `back` (a path of ours; this address unless told), by a GET."""


class SessionGate:
    """The port by server-side sessions. `secure`: cookies travel over TLS only."""

    def __init__(self, sessions: Sessions, tokens: FormTokens, *, secure: bool) -> None:
        self.sessions = sessions
        self._tokens = tokens
        self._secure = secure
        # The __Host- prefix keeps other hosts of the domain from planting cookies (RFC 6265bis).
        prefix = "__Host-" if secure else ""
        self._cookie, self._door = f"{prefix}fehaciente-staff", f"{prefix}fehaciente-door"

    def visitor(self, request: Request) -> Visitor | None:
        """Whose session it is, also while it lacks something; looked up once a request."""
        if KNOWN not in request.environ:
            request.environ[KNOWN] = self.sessions.who(self.token(request))
        found: Visitor | None = request.environ[KNOWN]
        return found

    def token(self, request: Request) -> str:
        held = request.cookies.get(self._cookie, "")
        return held if SHORTEST <= len(held) <= LONGEST else ""

    def person(self, request: Request) -> Person | None:
        visitor = self.visitor(request)
        return visitor.account.person if visitor and visitor.step is Step.IN else None

    def form_token(self, request: Request) -> str:
        return self._tokens.issue(self._binding(request) or self._new_door(request))

    def check_form(self, request: Request) -> None:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise GatewayError(ErrorKind.CSRF)
        self._tokens.check(self._binding(request), request.form.get(FIELD, ""))

    def to_sign_in(self, request: Request) -> Response:
        visitor, back = self.visitor(request), ""
        if request.method == "GET":
            query = request.query_string.decode("ascii", "ignore")
            back = request.path + (f"?{query}" if query else "")
        if visitor is not None and visitor.step is not Step.IN:
            return self._to(request, STEPS[visitor.step], back)
        return self._to(request, "/account/sign-in", back)

    def require_fresh(self, request: Request, back: str = "") -> Response | None:
        visitor = self.visitor(request)
        if visitor is not None and visitor.step is Step.IN and self.sessions.fresh(visitor):
            return None
        return self._to(request, "/account/confirm", back or request.path)

    def keep(self, response: Response, token: str) -> Response:
        """The browser holds this session from now on. Lax, so that a link in a message finds it; whatever
        changes anything is a form, which another site cannot send."""
        response.set_cookie(self._cookie, token, secure=self._secure, httponly=True, samesite="Lax")
        return response

    def lock(self, request: Request, response: Response) -> None:
        """Somebody else gets this browser into their hands: the session stays, and asks for a fresh proof."""
        visitor = self.visitor(request)
        if visitor is not None:
            self.keep(response, self.sessions.lock(visitor))

    def forget(self, response: Response) -> Response:
        response.delete_cookie(self._cookie, secure=self._secure, httponly=True)
        return response

    def settle(self, request: Request, response: Response) -> None:
        """Set the door's cookie where a form was bound to it."""
        door = request.environ.get(DOOR)
        if door:
            response.set_cookie(self._door, door, secure=self._secure, httponly=True, samesite="Lax")

    def _binding(self, request: Request) -> str:
        if self.visitor(request) is not None:
            return self.token(request)
        held = request.cookies.get(self._door, "")
        return f"door/{held}" if SHORTEST <= len(held) <= LONGEST else ""

    def _new_door(self, request: Request) -> str:
        made: str = request.environ.setdefault(DOOR, secrets.token_urlsafe(16))
        return f"door/{made}"

    @staticmethod
    def _to(request: Request, path: str, back: str) -> Response:
        query = urlencode({"next": back}) if safe_next(back) else ""
        return redirect(f"{request.root_path}{path}" + (f"?{query}" if query else ""), code=303)
