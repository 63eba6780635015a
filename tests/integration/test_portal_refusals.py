"""What the portal refuses, how it says so, and that nothing internal leaves with it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import Client

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.results import RecipientState
from gateway.entrypoints.web.app import portal_app
from tests.browser.portal_double import IDENTIFIER, TOKEN, PortalDouble
from tests.browser.visitor import KEY, SECRET, Visitor, failing_app, other_code

OTHER_TOKEN = "Q" * 43


@pytest.fixture
def double() -> PortalDouble:
    return PortalDouble()


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_closed_process_answers_e000101_in_both_languages(double: PortalDouble, language: str) -> None:
    """403, the code, and the catalogue's sentence in Spanish and in English, each marked as such."""
    person = Visitor(Visitor(double).finish("signed").double)
    person.see(headers={"Accept-Language": language})
    assert person.answer.status_code == 403
    assert person.page.get("lang") == language
    said = {p.get("lang"): p.text for p in person.page.xpath('//*[@id="refusal"]/p')}
    text = ErrorKind.CLOSED.text
    assert said == {"es": text.es, "en": text.en}
    assert "E000101" in person.words
    assert person.page.xpath("//form") == []


def test_an_unknown_link_is_denied(double: PortalDouble) -> None:
    """Another token of the right shape answers 403 E000102; of another shape, 404."""
    person = Visitor(double, door=f"/a/{OTHER_TOKEN}")
    person.see()
    assert (person.answer.status_code, person.refusal) == (403, "E000102")
    assert Visitor(double).see("/a/short").status_code == 404
    assert Visitor(double).see(f"/a/{TOKEN}%00").status_code == 404
    twice = {"PATH_INFO": f"//evil.example/a/{TOKEN}"}
    assert Visitor(double).see(environ_overrides=twice).status_code == 404


def test_another_identifier_does_not_open_it(double: PortalDouble) -> None:
    """422 with the sentence at the input, and no session."""
    person = Visitor(double)
    person.see()
    person.send("identify-form", identifier="00000000T")
    assert person.answer.status_code == 422
    assert ErrorKind.IDENTIFIER_MISMATCH.text.es in person.problem
    assert not any("session" in name for name in person.cookies())


@pytest.mark.parametrize("value", ["", "   ", "\x00\x01", "9" * 101])
def test_no_identifier_at_all_costs_no_attempt(double: PortalDouble, value: str) -> None:
    """What cannot be an identifier never reaches the use case."""
    person = Visitor(double)
    person.see()
    person.send("identify-form", identifier=value)
    assert person.answer.status_code == 422
    assert double.calls == []


def test_five_wrong_identifiers_pause_and_say_for_how_long(double: PortalDouble) -> None:
    """Retry-After and the page give the time; the right one works after it, and not before."""
    person = Visitor(double)
    person.see()
    stale = person.page
    for _ in range(5):
        person.send("identify-form", identifier="00000000T")
    assert 800 < int(person.answer.headers["Retry-After"]) <= 900
    assert "15 min" in person.words
    assert person.page.xpath("//form") == []
    token = stale.xpath('string(//*[@name="csrf"]/@value)')
    person.see(method="POST", data={"csrf": token, "identifier": IDENTIFIER})
    assert person.answer.status_code == 429
    assert ErrorKind.TOO_MANY_ATTEMPTS.text.es in person.problem
    assert "Retry-After" in person.answer.headers
    double.clock.passed += timedelta(minutes=15, seconds=1)
    assert "Condiciones" in person.identify().heading


def test_a_wrong_code_says_how_many_tries_are_left(double: PortalDouble) -> None:
    """422, the sentence at the input and the number; nothing is signed."""
    person = Visitor(double).challenge()
    person.send("code-form", code=other_code(double))
    assert person.answer.status_code == 422
    assert ErrorKind.CODE_WRONG.text.es in person.problem
    assert "Intentos que le quedan: 2" in person.words
    assert double.recipient.state is RecipientState.CHALLENGED


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "12345a", "1e5000"])
def test_what_cannot_be_a_code_costs_no_attempt(double: PortalDouble, typed: str) -> None:
    """Six ASCII digits or nothing: the use case is never asked."""
    person = Visitor(double).challenge()
    person.send("code-form", code=typed)
    assert person.answer.status_code == 422
    assert "seis cifras" in person.problem
    assert double.codes[-1].attempts == 0


def test_a_code_too_late_is_refused_and_another_one_offered(double: PortalDouble) -> None:
    """After its life the code signs nothing; the page offers another."""
    person = Visitor(double).challenge()
    double.clock.passed += timedelta(minutes=11)
    person.send("code-form", code=double.codes[-1].code)
    assert person.answer.status_code == 422
    assert ErrorKind.CODE_EXPIRED.text.es in person.problem
    assert person.page.xpath('//*[@id="request-form"]//button')
    assert person.page.xpath('//*[@id="code-form"]') == []


def test_no_more_codes_than_allowed(double: PortalDouble) -> None:
    """429 with the sentence, however often the form is sent."""
    person = Visitor(double).challenge()
    csrf = person.page.xpath('string(//*[@id="request-form"]//@value)')
    for _ in range(2):
        double.clock.passed += timedelta(seconds=21)
        person.code()
    assert person.page.xpath('//*[@id="no-resends"]')
    assert person.page.xpath('//*[@id="request-form"]') == []
    person.see("code", method="POST", data={"csrf": csrf})
    assert person.answer.status_code == 429
    assert ErrorKind.CODE_RESENDS_EXCEEDED.text.es in person.problem


def test_the_last_wrong_code_closes_the_process(double: PortalDouble) -> None:
    """Codes and tries used up: the page of the closed process, 403 E000101."""
    person = Visitor(double).challenge()
    for last in (False, False, True):
        for _ in range(3):
            person.send("code-form", code=other_code(double))
        if not last:
            double.clock.passed += timedelta(seconds=21)
            person.code()
    assert (person.answer.status_code, person.refusal) == (403, "E000101")


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_a_rejection_needs_a_reason_of_some_length(double: PortalDouble, reason: str) -> None:
    """None or too long: 422, and nothing is rejected."""
    person = Visitor(double).challenge()
    person.see("reject")
    person.send("reject-form", reason=reason)
    assert person.answer.status_code == 422
    assert "reject" not in double.calls


@pytest.mark.parametrize("accept", ["", "no", "on"])
def test_conditions_are_accepted_by_the_checkbox_alone(double: PortalDouble, accept: str) -> None:
    """Without it, 422 and no acceptance."""
    person = Visitor(double).identify()
    person.send("conditions-form", accept=accept)
    assert person.answer.status_code == 422
    assert "accept_conditions" not in double.calls


@pytest.mark.parametrize("where", ["door", "documents"])
def test_a_failure_of_ours_tells_nothing_internal(
    double: PortalDouble, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    """500, a generic sentence and the request's id; the log has the id and the story, never the token."""
    person = Visitor(double).accept() if where == "documents" else Visitor(double)
    person.client, old = Client(failing_app(double)), person.cookies()
    for name, value in old.items():
        person.client.set_cookie(name, value)
    person.see("" if where == "door" else "documents")
    assert (person.answer.status_code, person.refusal) == (500, "E000999")
    request_id = person.answer.headers["X-Request-Id"]
    assert request_id in person.words
    assert SECRET not in person.answer.text
    assert "Traceback" not in person.answer.text
    assert request_id in caplog.text
    assert SECRET in caplog.text
    assert TOKEN not in caplog.text


def test_even_a_page_that_cannot_be_drawn_has_headers_and_an_id(
    double: PortalDouble, caplog: pytest.LogCaptureFixture
) -> None:
    """When the refusal's own page fails too, a bare 500 leaves, hardened like every answer."""

    def out_of_order(*_: object) -> Any:
        raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)

    def fail(*_: object) -> Any:
        raise RuntimeError(SECRET)

    person = Visitor(double).accept()
    broken = replace(double.use_cases, view=fail, sign=out_of_order, code_status=out_of_order)
    client = Client(portal_app(broken, key=KEY, secure=False, clock=double.clock))
    for name, value in person.cookies().items():
        client.set_cookie(name, value)
    answer = client.get(f"{person.door}/code-status")
    assert answer.status_code == 500
    assert answer.text == "E000999"
    assert answer.headers["X-Request-Id"] in caplog.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_what_passes_by_itself_is_told_as_such(double: PortalDouble) -> None:
    """A database that is away for the moment: 503, and the code for support."""

    def away(*_: object) -> Any:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE, "host db.internal")

    person = Visitor(double)
    person.client = Client(
        portal_app(replace(double.use_cases, open_link=away), key=KEY, secure=False, clock=double.clock)
    )
    person.see()
    assert (person.answer.status_code, person.refusal) == (503, "E000901")
    assert "db.internal" not in person.answer.text
    assert int(person.answer.headers["Retry-After"]) > 0
