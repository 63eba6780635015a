"""A recipient without a browser, over WSGI: keeps cookies, sends the forms that a page shows, reads its HTML.

For tests of the portal's answers; the portal stands on the stateful double. It asserts nothing by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lxml import html
from werkzeug.test import Client, TestResponse

from gateway.domain.catalogue import Service
from gateway.domain.signing import SignMethod
from gateway.entrypoints.web.app import portal_app
from tests.browser.portal_double import IDENTIFIER, TOKEN, PortalDouble

DOOR = f"/a/{TOKEN}"
KEY = b"k" * 32
FORM = "application/x-www-form-urlencoded"


class Visitor:
    """One browser at one link. `answer` is the last answer; redirects are followed unless told."""

    def __init__(self, double: PortalDouble, *, secure: bool = False, door: str = DOOR) -> None:
        self.double = double
        self.door = door
        self.app = portal_app(double.use_cases, key=KEY, secure=secure, clock=double.clock)
        self.base = "https://portal.example" if secure else "http://localhost"
        self.client = Client(self.app)
        self.answer: TestResponse
        self.seen: list[TestResponse] = []

    def ask(self, place: str = "", method: str = "GET", *, follow: bool = False, **more: Any) -> TestResponse:
        """A request to a place under the link ("" is its door), or to an absolute path."""
        path = place if place.startswith("/") else f"{self.door}/{place}".rstrip("/")
        path = path.replace("/?", "?")
        self.answer = self.client.open(
            path, method=method, base_url=self.base, follow_redirects=follow, **more
        )
        self.seen += [*self.answer.history, self.answer]
        return self.answer

    def see(self, place: str = "", **more: Any) -> TestResponse:
        return self.ask(place, follow=True, **more)

    def send(self, form: str, *, follow: bool = True, csrf: str | None = None, **fields: str) -> TestResponse:
        """Send a form of the page that is open, with its hidden token or another."""
        (found,) = self.page.xpath("//form[@id=$id]", id=form)
        hidden = {each.get("name"): each.get("value") for each in found.xpath('.//input[@type="hidden"]')}
        token = hidden["csrf"] if csrf is None else csrf
        data = hidden | {"csrf": token} | fields
        return self.ask(found.get("action"), "POST", follow=follow, data=data)

    @property
    def page(self) -> html.HtmlElement:
        return html.document_fromstring(self.answer.data)

    @property
    def words(self) -> str:
        """The visible text, with blanks folded."""
        return " ".join(self.page.text_content().split())

    @property
    def heading(self) -> str:
        return " ".join(self.page.xpath("string(//h1)").split())

    @property
    def problem(self) -> str:
        return " ".join(self.page.xpath('string(//*[@id="problem-summary"])').split())

    @property
    def refusal(self) -> str:
        return str(self.page.xpath('string(//*[@id="refusal"]/@data-code)'))

    def cookies(self) -> Mapping[str, str]:
        # Werkzeug's client offers no listing; its jar is this one attribute.
        return {cookie.key: cookie.value for cookie in self.client._cookies.values()}

    def identify(self) -> "Visitor":
        self.see()
        self.send("identify-form", identifier=IDENTIFIER)
        return self

    def accept(self) -> "Visitor":
        self.identify()
        self.send("conditions-form", accept="yes")
        return self

    def code(self, *, arrived: bool = True) -> "Visitor":
        """Ask for a code; time passes until it has arrived."""
        self.send("request-form")
        if arrived:
            self.double.clock.passed += self.double.delay + timedelta(milliseconds=1)
            self.see()
        return self

    def challenge(self) -> "Visitor":
        """At the page of the signing code, with the code in the inbox."""
        return self.accept().code()

    def finish(self, outcome: str) -> "Visitor":
        """Sign, reject or withdraw, to the last page."""
        self.challenge()
        if outcome == "signed":
            self.send("code-form", code=self.double.inbox[-1])
        elif outcome == "rejected":
            self.see("reject")
            self.send("reject-form", reason="No es lo acordado")
        else:
            self.see("withdraw")
            self.send("withdraw-form")
        return self


Shown = Callable[[PortalDouble], Visitor]


def every_page() -> Iterator[tuple[str, Shown]]:
    """Every page that a person can meet: a name, and the way to it."""
    yield "door", _at("")
    yield "door_ended", _at("?ended=1")
    yield "door_wrong", _mistyped
    yield "door_empty", _empty
    yield "door_paused", _paused
    yield "door_without_cookies", _forgetful
    yield "help", _at("help")
    yield "stranger", _at("stranger")
    yield "stranger_reported", _reported
    yield "door_captcha", _captcha
    yield "conditions", lambda double: Visitor(double).identify()
    yield "conditions_missing", _unaccepted
    yield "unlock", lambda double: Visitor(contract(double)).accept()
    yield "unlock_code", lambda double: Visitor(contract(double)).challenge()
    yield "documents", lambda double: Visitor(double).accept()
    yield "documents_again", _documents_again
    yield "sign_sending", lambda double: Visitor(double).accept().code(arrived=False)
    yield "sign_sent", lambda double: Visitor(double).challenge()
    yield "sign_wrong", _wrong_code
    yield "sign_expired", _expired
    yield "sign_failed", _undelivered
    yield "sign_too_soon", _too_soon
    yield "sign_no_resends", _no_resends
    yield "pad", _on_the_pad
    yield "pad_short", _nothing_drawn
    yield "reject", _deciding("reject")
    yield "reject_empty", _empty_reason
    yield "withdraw", _deciding("withdraw")
    yield "done_signed", lambda double: Visitor(double).finish("signed")
    yield "done_rejected", lambda double: Visitor(double).finish("rejected")
    yield "done_withdrawn", lambda double: Visitor(double).finish("withdrawn")
    yield "closed", _closed
    yield "unknown_link", _unknown
    yield "not_found", lambda double: _shown(Visitor(double), "/nothing/here")
    yield "csrf", _forged
    yield "too_large", _too_large
    yield "broken", _broken


def contract(double: PortalDouble) -> PortalDouble:
    double.service = Service.CONTRACT
    return double


def by_hand(double: PortalDouble) -> PortalDouble:
    double.method = SignMethod.BIOMETRIC
    double.recipient = replace(double.recipient, sign_method=double.method)
    return double


def _on_the_pad(double: PortalDouble) -> Visitor:
    return _sent(Visitor(by_hand(double)).accept(), "begin-form")


def _nothing_drawn(double: PortalDouble) -> Visitor:
    return _sent(_on_the_pad(double), "pad-form", bound="", drawing="")


def _shown(visitor: Visitor, place: str) -> Visitor:
    visitor.see(place)
    return visitor


def _at(place: str) -> Shown:
    return lambda double: _shown(Visitor(double), place)


def _deciding(place: str) -> Shown:
    return lambda double: _shown(Visitor(double).challenge(), place)


def _sent(visitor: Visitor, form: str, **fields: str) -> Visitor:
    visitor.send(form, **fields)
    return visitor


def _mistyped(double: PortalDouble) -> Visitor:
    return _sent(_shown(Visitor(double), ""), "identify-form", identifier="00000000T")


def _empty(double: PortalDouble) -> Visitor:
    return _sent(_shown(Visitor(double), ""), "identify-form", identifier=" ")


def _paused(double: PortalDouble) -> Visitor:
    visitor = _shown(Visitor(double), "")
    for _ in range(5):
        visitor.send("identify-form", identifier="00000000T")
    return visitor


def _reported(double: PortalDouble) -> Visitor:
    return _sent(_shown(Visitor(double), "stranger"), "stranger-form")


def _captcha(double: PortalDouble) -> Visitor:
    double.asks_captcha = True
    return _shown(Visitor(double), "")


def _forgetful(double: PortalDouble) -> Visitor:
    visitor = _shown(Visitor(double), "")
    visitor.client = Client(visitor.app)
    return _sent(visitor, "identify-form", identifier=IDENTIFIER)


def _unaccepted(double: PortalDouble) -> Visitor:
    return _sent(Visitor(double).identify(), "conditions-form")


def _documents_again(double: PortalDouble) -> Visitor:
    return _shown(Visitor(double).challenge(), "documents")


def _wrong_code(double: PortalDouble) -> Visitor:
    visitor = Visitor(double).challenge()
    return _sent(visitor, "code-form", code=other_code(double))


def _expired(double: PortalDouble) -> Visitor:
    visitor = Visitor(double).challenge()
    double.clock.passed += timedelta(minutes=11)
    return _shown(visitor, "sign")


def _undelivered(double: PortalDouble) -> Visitor:
    double.broken = True
    return Visitor(double).challenge()


def _too_soon(double: PortalDouble) -> Visitor:
    return _sent(Visitor(double).challenge(), "request-form")


def _no_resends(double: PortalDouble) -> Visitor:
    visitor = Visitor(double).challenge()
    for _ in range(2):
        double.clock.passed += timedelta(seconds=21)
        visitor.code()
    return visitor


def _empty_reason(double: PortalDouble) -> Visitor:
    return _sent(_deciding("reject")(double), "reject-form", reason="  ")


def _closed(double: PortalDouble) -> Visitor:
    return _shown(Visitor(Visitor(double).finish("signed").double), "")


def _unknown(double: PortalDouble) -> Visitor:
    return _shown(Visitor(double, door="/a/" + "x" * 43), "")


def _forged(double: PortalDouble) -> Visitor:
    visitor = Visitor(double).accept()
    visitor.send("request-form", csrf="0.0")
    return visitor


def _too_large(double: PortalDouble) -> Visitor:
    visitor = Visitor(double).accept()
    visitor.send("request-form", filler="x" * 20_000)
    return visitor


def _broken(double: PortalDouble) -> Visitor:
    visitor = Visitor(double)
    visitor.app = failing_app(double)
    visitor.client = Client(visitor.app)
    return _shown(visitor, "")


SECRET = "password of the database at db.internal"


def failing_app(double: PortalDouble) -> Any:
    """A portal whose use cases fail as no catalogue foresees."""

    def fail(*_: object) -> Any:
        raise RuntimeError(SECRET)

    broken = replace(double.use_cases, open_link=fail, view=fail)
    return portal_app(broken, key=KEY, secure=False, clock=double.clock)


def other_code(double: PortalDouble) -> str:
    """Six digits that are not the newest code."""
    return f"{(int(double.inbox[-1]) + 1) % 10**6:06d}"
