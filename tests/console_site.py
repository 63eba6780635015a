"""The console over a whole gateway, for tests: anybody can be signed in, and forms are posted to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import Client, TestResponse
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.bootstrap.console import console_use_cases
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Person, Role
from gateway.entrypoints.web.console.app import console_app
from tests.house import House

PEOPLE = {
    role: Person(f"s-{role.value.lower()}", role.value.lower(), f"Luz {role.value}", role, language="en")
    for role in Role
}
KEY = b"k" * 32
SITE = "https://localhost"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class OpenGate:
    """Whoever stands in `inside` is signed in; the form token is their id."""

    inside: Person | None = None

    def person(self, _request: Request) -> Person | None:
        return self.inside

    def form_token(self, _request: Request) -> str:
        return f"token-{self.inside.id}" if self.inside else ""

    def check_form(self, request: Request) -> None:
        if request.form.get("csrf") != self.form_token(request):
            raise GatewayError(ErrorKind.CSRF)

    def to_sign_in(self, _request: Request) -> Response:
        return redirect("/account/sign-in", 303)


@dataclass
class Site:
    """One browser before the console of a house."""

    house: House
    gate: OpenGate = field(default_factory=OpenGate)
    app: Any = field(init=False)
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.app = console_app(
            console_use_cases(self.house.settings, self.house.tech, self.house.system),
            self.gate,
            key=KEY,
            secure=True,
            clock=self.house.clock,
        )
        self.client = Client(self.app)

    def sign_in(self, role: Role | None) -> "Site":
        self.gate.inside = PEOPLE[role] if role else None
        self.client = Client(self.app)
        return self

    def get(self, path: str, **args: Any) -> TestResponse:
        return self.client.get(path, base_url=SITE, **args)

    def post(self, path: str, fields: Mapping[str, str] | None = None, **more: str) -> TestResponse:
        """A form with its token; `csrf=""` sends none."""
        token = f"token-{self.gate.inside.id}" if self.gate.inside else ""
        data = {"csrf": token} | dict(fields or {}) | more
        return self.client.post(path, base_url=SITE, data=data)
