"""The frame of staff pages: who gets in, whose forms are taken, how refusals look, both languages."""

from dataclasses import dataclass, field

import pytest
from werkzeug.routing import Map, Rule
from werkzeug.test import Client, TestResponse
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Person, Role
from gateway.entrypoints.web.accounts.frame import StaffRoom, staff_app
from gateway.entrypoints.web.accounts.pages import StaffPages
from gateway.entrypoints.web.accounts.visit import Room, StaffVisit
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.static_files import load_static

LUZ = Person("s-1", "luz", "Luz <b>Marín</b>", Role.SUPERVISOR)


@dataclass
class OpenGate:
    """Whoever stands in `inside` is signed in; the form token is a word."""

    inside: Person | None = LUZ
    asked: list[str] = field(default_factory=list)

    def person(self, _request: Request) -> Person | None:
        return self.inside

    def form_token(self, _request: Request) -> str:
        return "ours"

    def check_form(self, request: Request) -> None:
        self.asked.append(request.path)
        if request.form.get("csrf") != "ours":
            raise GatewayError(ErrorKind.CSRF)

    def to_sign_in(self, _request: Request) -> Response:
        return redirect("/account/sign-in", 303)


def show(visit: StaffVisit) -> Response:
    if visit.request.method == "POST":
        return visit.go("/room", said="Guardado <ya>")
    return visit.page("staff_problem.html", text="Aquí", more="", code="", request_id="r")


def fail(visit: StaffVisit, kind: str) -> Response:
    if kind == "odd":
        raise RuntimeError("secret internals")
    raise GatewayError(ErrorKind[kind], "por esto")


def client(gate: OpenGate) -> Client:
    room = Room(gate, StaffPages(load_static()), Signer(b"k" * 32, "said"), secure=True)
    urls = Map(
        [
            Rule("/room", endpoint="show"),
            Rule("/room/fail/<kind>", endpoint="fail"),
            Rule("/free", endpoint="free"),
        ]
    )
    handlers = {"show": show, "fail": fail, "free": show}
    return Client(staff_app(StaffRoom(room, urls, handlers, free={"free"})))


def test_nobody_is_led_to_the_sign_in_page() -> None:
    """Without a session no handler runs, except those that are for anybody."""
    visitor = client(OpenGate(None))
    assert visitor.get("/room").location == "/account/sign-in"
    assert visitor.post("/room", data={"csrf": "ours"}).location == "/account/sign-in"
    free = visitor.get("/free")
    assert (free.status_code, "Cerrar" in free.text) == (200, False)


def test_the_page_shows_who_is_signed_in_and_escapes_their_name() -> None:
    """Places by role, name and language switch, under a strict content policy."""
    seen = client(OpenGate()).get("/room?page=2", headers={"Accept-Language": "es"})
    assert "Luz &lt;b&gt;Marín&lt;/b&gt;" in seen.text
    assert "Supervisión" in seen.text
    assert 'href="/console"' in seen.text
    assert 'href="/account/people"' not in seen.text
    assert 'href="/room?page=2&amp;lang=en"' in seen.text
    assert "script-src 'self'" in seen.headers["Content-Security-Policy"]
    assert seen.headers["X-Frame-Options"] == "DENY"


def test_every_form_is_checked() -> None:
    """A POST without our token reaches no handler."""
    gate = OpenGate()
    refused = client(gate).post("/room", data={"csrf": "theirs"})
    assert (refused.status_code, gate.asked) == (403, ["/room"])
    assert "E000601" in refused.text


def test_an_action_tells_once_what_it_did() -> None:
    """After a form the browser is led on, and the page that it finds says what happened, once."""
    visitor = client(OpenGate())
    assert visitor.post("/room", data={"csrf": "ours"}).location == "/room"
    assert "Guardado &lt;ya&gt;" in visitor.get("/room", base_url="https://localhost").text
    assert "Guardado" not in visitor.get("/room", base_url="https://localhost").text


def test_the_language_is_chosen_by_a_link() -> None:
    """It leads back to the same address, and lasts."""
    visitor = client(OpenGate())
    chosen = visitor.get("/room?a=1&lang=en", base_url="https://localhost")
    assert (chosen.status_code, chosen.location) == (303, "/room?a=1")
    assert "Sign out" in visitor.get("/room", base_url="https://localhost").text


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/room/fail/ACCESS_DENIED", 403, "E000102"),
        ("/room/fail/NOT_FOUND", 404, "por esto"),
        ("/room/fail/INTERNAL", 500, "Algo ha fallado"),
        ("/room/fail/odd", 500, "E000999"),
        ("/nowhere", 404, "no existe"),
    ],
)
def test_refusals_have_pages(path: str, status: int, told: str) -> None:
    """What is refused bears its status, code and reference; what fails tells nothing of the inside."""
    seen: TestResponse = client(OpenGate()).get(path, headers={"Accept-Language": "es"})
    assert (seen.status_code, told in seen.text, "secret internals" in seen.text) == (status, True, False)
    assert seen.headers["X-Request-Id"] in seen.text


def test_a_form_that_is_too_large_is_refused() -> None:
    """Memory is bounded whoever sends."""
    seen = client(OpenGate()).post("/room", data={"csrf": "ours", "text": "x" * 70_000})
    assert seen.status_code == 413
