"""People who really sign in: made in a gateway, then through its pages, with password and second factor.

`signed_in(house, Role.SUPPORT)` gives a client that is in. It holds no expectation of any test.
"""

import re
import time
from base64 import b32decode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from werkzeug.test import Client, TestResponse

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.staff import OF_AN_ISSUER, Person, Role
from gateway.usecases.accounts.people import NewPerson
from tests.house import House, ShiftedClock

PASSWORD = "una frase bastante larga"
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
SECRET = re.compile(r'id="secret">([^<]+)<')
CODES = re.compile(r'<li class="mono">([^<]+)</li>')


@dataclass
class StoppedClock(ShiftedClock):
    """Time goes on when a test lets it: a slow machine ends no pause."""

    start: datetime = field(default_factory=lambda: datetime.now(UTC))

    def now(self) -> datetime:
        return self.start + self.offset


@dataclass
class Browser:
    """A Werkzeug client of the whole gateway that fills forms in as a browser does."""

    house: House
    address: str = "203.0.113.7"
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        doors = wsgi(
            self.house.settings, self.house.tech, self.house.system, keys.session_key(self.house.settings)
        )
        self.client = Client(doors)

    def get(self, path: str, **more: object) -> TestResponse:
        return self.client.get(path, environ_base={"REMOTE_ADDR": self.address}, **more)  # type: ignore[arg-type]

    def post(self, path: str, token: str = "", **fields: str) -> TestResponse:
        """Send a form with a token, the one of the page at `path` unless told."""
        sent = {"csrf": token or self.token(path)} | fields
        return self.client.post(path, data=sent, environ_base={"REMOTE_ADDR": self.address})

    def token(self, path: str) -> str:
        """The form token of a page, or of the account's own when that has no form."""
        for place in (path, "/account", "/account/sign-in"):
            found = TOKEN.search(self.get(place).text)
            if found:
                return found[1]
        return ""


@dataclass
class Member:
    """Somebody with an account, and what only they know."""

    house: House
    person: Person
    password: str
    browser: Browser
    secret: bytes = b""
    recovery: list[str] = field(default_factory=list)

    def code(self) -> str:
        """The next code of their application that was not used: time goes on if need be."""
        self.house.clock.advance(timedelta(seconds=30))
        now = int(self.house.clock.now().timestamp())
        return TOTP(self.secret, 6, SHA1(), 30).generate(now // 30 * 30).decode()

    def type_password(self, password: str = "", next_page: str = "") -> TestResponse:
        more = {"next": next_page} if next_page else {}
        return self.browser.post(
            "/account/sign-in", login=self.person.login, password=password or self.password, **more
        )

    def first_sign_in(self, password: str = PASSWORD) -> None:
        """With the provisional password: choose another, enrol the second factor, keep the codes."""
        self.type_password()
        self.browser.post("/account/password", new=password, again=password)
        self.password = password
        if self.browser.get("/account").status_code == 200:
            # A sender of whom no second factor is asked.
            return
        found = SECRET.search(self.browser.get("/account/enrol").text)
        assert found, "there is nothing to enrol"
        self.secret = _octets(found[1])
        done = self.browser.post("/account/enrol", code=self.code())
        self.recovery = [unescape(code) for code in CODES.findall(done.text)]

    def sign_in(self) -> TestResponse:
        """In a browser that is not signed in: password and, if enrolled, code."""
        answer = self.type_password()
        return self.browser.post("/account/second-factor", code=self.code()) if self.secret else answer

    def elsewhere(self, address: str = "198.51.100.9") -> "Member":
        """The same person in another browser."""
        browser = Browser(self.house, address)
        return Member(self.house, self.person, self.password, browser, self.secret, self.recovery)


def member(house: House, role: Role = Role.SUPPORT, login: str = "", issuer: int | None = None) -> Member:
    """A new person with their provisional password, not signed in yet."""
    login = login or f"{role.value.lower()}-{time.monotonic_ns() % 10**9}"
    issuer = 1 if role in OF_AN_ISSUER and issuer is None else issuer
    new = NewPerson(login, f"Persona {login}", role, issuer)
    person, password = house.system.accounts.people.add(None, new)
    return Member(house, person, password, Browser(house))


def signed_in(house: House, role: Role = Role.SUPPORT, login: str = "", issuer: int | None = None) -> Member:
    """A new person who has signed in for the first time; `member.browser` is in."""
    made = member(house, role, login, issuer)
    made.first_sign_in()
    return made


def _octets(spelt: str) -> bytes:
    text = "".join(spelt.split())
    return b32decode(text + "=" * (-len(text) % 8))
