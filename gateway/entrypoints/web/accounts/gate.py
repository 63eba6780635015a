"""What the console and the web sender ask of whoever knows who is signed in."""

from typing import Protocol

from werkzeug.wrappers import Request, Response

from gateway.domain.staff import Person


class Gate(Protocol):
    def person(self, request: Request) -> Person | None:
        """Who is signed in, with every factor that is asked of them; None: nobody (any more)."""

    def form_token(self, request: Request) -> str:
        """For the hidden field `csrf` of every form of the page; bound to the session."""

    def check_form(self, request: Request) -> None:
        """Raises GatewayError(CSRF) unless the posted `csrf` was issued to this session."""

    def to_sign_in(self, request: Request) -> Response:
        """Leads to the sign-in page, and from there back to this address."""
