"""Forms, cookies, methods and sizes at the portal: what is not exactly its own does nothing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.app import portal_app
from gateway.entrypoints.web.portal.cookies import IDLE, VISITOR_LIFE
from tests.browser.portal_double import IDENTIFIER, TOKEN, Clock, PortalDouble
from tests.browser.visitor import Visitor

OTHER_TOKEN = "Q" * 43
FORMS = ("", "conditions", "unlock", "code", "sign", "reject", "withdraw")
READ = ("help", "done", "conditions.pdf", "documents", "documents/0", "code-status")


def known(double: PortalDouble, person: Visitor) -> tuple[list[str], object]:
    return list(double.calls), double.recipient


@pytest.fixture
def double() -> PortalDouble:
    # A computer that is put to sleep between two requests wakes with sessions that have ended.
    return PortalDouble(clock=Clock(standing=datetime(2026, 3, 2, 9, 30, tzinfo=UTC)))


@pytest.mark.parametrize("place", FORMS)
@pytest.mark.parametrize("token", ["", "0.0", "x", "á.ñ"])
def test_a_form_without_its_token_does_nothing(double: PortalDouble, place: str, token: str) -> None:
    """Missing or invented: 403 before any use case is asked."""
    person = Visitor(double).challenge()
    before = known(double, person)
    person.ask(place, "POST", data={"csrf": token, "identifier": IDENTIFIER, "code": double.inbox[-1]})
    assert person.answer.status_code == 403
    assert known(double, person) == before


@pytest.mark.parametrize("place", FORMS[1:])
def test_a_token_of_another_session_does_nothing(double: PortalDouble, place: str) -> None:
    """A token is good for the browser alone that got it, at the same link too."""
    person, stranger = Visitor(double).challenge(), Visitor(double)
    stranger.identify()
    token = stranger.page.xpath('string(//*[@name="csrf"]/@value)')
    before = known(double, person)
    person.ask(place, "POST", data={"csrf": token, "accept": "yes", "reason": "x", "code": double.inbox[-1]})
    assert (person.answer.status_code, person.refusal) == (403, "E000601")
    assert known(double, person) == before


def test_a_token_from_before_identification_is_not_good_after_it(double: PortalDouble) -> None:
    """The session that begins at identification has tokens of its own."""
    person = Visitor(double)
    person.see()
    early = person.page.xpath('string(//*[@name="csrf"]/@value)')
    person.identify()
    person.ask("conditions", "POST", data={"csrf": early, "accept": "yes"})
    assert person.answer.status_code == 403


def test_a_form_left_open_too_long_is_asked_for_again(double: PortalDouble) -> None:
    """Half a day later the door says that its form had expired, not that cookies are refused."""
    person = Visitor(double)
    person.see()
    double.clock.passed += VISITOR_LIFE
    person.send("identify-form", identifier=IDENTIFIER)
    assert person.answer.status_code == 403
    assert "había caducado" in person.problem
    person.send("identify-form", identifier=IDENTIFIER)
    assert person.page.xpath('//*[@id="conditions-form"]')


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_that_another_site_sends_is_refused(double: PortalDouble, site: str) -> None:
    """Even with the right token: the browser says where the request came from."""
    person = Visitor(double).challenge()
    token = person.page.xpath('string(//*[@name="csrf"]/@value)')
    headers = {"Sec-Fetch-Site": site}
    person.ask("sign", "POST", data={"csrf": token, "code": double.inbox[-1]}, headers=headers)
    assert person.answer.status_code == 403
    assert "sign" not in double.calls


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x"])
def test_only_a_plain_form_is_read(double: PortalDouble, kind: str) -> None:
    """Any other media type is refused before its body matters."""
    person = Visitor(double).challenge()
    person.ask("sign", "POST", data=b"csrf=x&code=123456", content_type=kind)
    assert person.answer.status_code == 415


class TwoLinks(PortalDouble):
    """The same recipient behind two links, as after a notice that was sent again."""

    def open_link(self, token: str) -> Any:
        return super().open_link(TOKEN if token == OTHER_TOKEN else token)


def test_a_session_of_one_link_is_none_at_another() -> None:
    """Neither the cookie, renamed to fit, nor its form token is good for another link."""
    double = TwoLinks()
    person = Visitor(double).challenge()
    other = Visitor(double, door=f"/a/{OTHER_TOKEN}")
    other.see()
    (here,) = {name[-8:] for name in person.cookies() if "session" in name}
    (there,) = {name[-8:] for name in other.cookies() if "visitor" in name}
    for name, value in person.cookies().items():
        other.client.set_cookie(name.replace(here, there), value)
    assert other.ask("documents").location.endswith("?ended=1")
    token = person.page.xpath('string(//*[@name="csrf"]/@value)')
    answer = other.ask("", "POST", data={"csrf": token, "identifier": IDENTIFIER})
    assert answer.status_code == 403
    assert other.ask("sign", "POST", data={"csrf": token, "code": "123456"}).status_code == 303


def spoilt(value: str) -> list[str]:
    body, _, mac = value.partition(".")
    flipped = body[:10] + ("A" if body[10] != "A" else "B") + body[11:]
    return [f"{flipped}.{mac}", f"{body}.", body, f"{body}.{mac[:-2]}", f".{mac}", "", "x.y", f"{body}.ñ"]


@pytest.mark.parametrize("way", range(8))
def test_a_cookie_that_was_touched_is_no_cookie(double: PortalDouble, way: int) -> None:
    """One changed character, a missing signature, rubbish: the person is asked to identify themself."""
    person = Visitor(double).accept()
    for name, value in person.cookies().items():
        person.client.set_cookie(name, spoilt(value)[way])
    assert person.ask("documents").location.endswith("?ended=1")


def test_a_cookie_of_one_kind_is_none_of_another(double: PortalDouble) -> None:
    """A visitor's signed value does not pass as a session's, nor a session's as a receipt."""
    person = Visitor(double).accept()
    jar = person.cookies()
    session = next(name for name in jar if "session" in name)
    visitor = next(name for name in jar if "visitor" in name)
    person.client.set_cookie(session.replace("session", "done"), jar[session])
    assert person.ask("done").status_code == 403
    person.client.set_cookie(session, jar[visitor])
    assert person.ask("documents").location.endswith("?ended=1")


def test_an_idle_session_ends_and_says_so(double: PortalDouble) -> None:
    """Activity prolongs it; after the idle time the link's own door explains what happened."""
    person = Visitor(double).accept()
    for _ in range(3):
        double.clock.passed += IDLE - timedelta(minutes=1)
        assert person.ask("documents").status_code == 200
    double.clock.passed += IDLE
    person.see("documents")
    assert "ha terminado, por inactividad" in person.words
    assert person.page.xpath('//*[@id="identify-form"]')


def test_cookies_are_shut_to_script_and_other_sites(double: PortalDouble) -> None:
    """HttpOnly, Secure, one host, a SameSite for each; only the language and the visitor are Lax."""
    person = Visitor(double, secure=True).finish("signed")
    person.see("done?lang=en")
    lines = [line for answer in person.seen for line in answer.headers.getlist("Set-Cookie")]
    assert len(lines) > 5
    for line in lines:
        name, expired = line.partition("=")[0], "Max-Age=0" in line
        assert "; HttpOnly" in line
        assert "; Secure" in line
        assert "Domain=" not in line
        assert "; Path=/" in line
        language = name == "fehaciente-language"
        assert language or name.startswith("__Host-fehaciente-")
        lax = language or "-visitor-" in name
        assert expired or f"SameSite={'Lax' if lax else 'Strict'}" in line
    assert person.answer.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize("place", [*FORMS, *READ])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused_by_name(double: PortalDouble, place: str, method: str) -> None:
    """405 with Allow, at every address."""
    answer = Visitor(double).accept().ask(place, method)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) <= {"GET", "HEAD", "POST"}


@pytest.mark.parametrize("place", READ)
def test_what_is_only_read_takes_no_form(double: PortalDouble, place: str) -> None:
    """POST to a page without a form: 405."""
    assert Visitor(double).accept().ask(place, "POST").status_code == 405


@pytest.mark.parametrize("size", [17_000, 200_000])
def test_a_large_body_is_refused(double: PortalDouble, size: int) -> None:
    """Forms here are short: 413, whatever is announced, and nothing is done."""
    person = Visitor(double).challenge()
    person.send("code-form", code="1" * size)
    assert person.answer.status_code == 413
    assert double.codes[-1].attempts == 0


def test_too_many_fields_are_refused(double: PortalDouble) -> None:
    """A form with more parts than any page has is not taken apart."""
    person = Visitor(double).challenge()
    person.send("code-form", **{f"f{number}": "x" for number in range(500)}, code="123456")
    assert person.answer.status_code in {413, 422}
    assert "sign" not in double.calls


def test_a_short_key_is_refused(double: PortalDouble) -> None:
    """Cookies under less than 256 bits would be worth nothing."""
    with pytest.raises(GatewayError, match=re.escape(ErrorKind.CONFIGURATION.code)):
        portal_app(double.use_cases, key=b"k" * 31, secure=True, clock=double.clock)
