"""What the portal keeps to itself, and that nobody's mere look at it changes anything."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest

from gateway.entrypoints.web.portal.pages import safe_return_url
from tests.browser.portal_double import IDENTIFIER, TOKEN, PortalDouble
from tests.browser.visitor import Visitor, every_page

FORMS = ("", "conditions", "unlock", "code", "sign", "reject", "withdraw")
READ = ("help", "done", "conditions.pdf", "documents", "documents/0", "code-status")


def known(double: PortalDouble, person: Visitor) -> tuple[list[str], object]:
    return list(double.calls), double.recipient


@pytest.fixture
def double() -> PortalDouble:
    return PortalDouble()


@pytest.mark.parametrize("place", [*FORMS, *READ])
def test_head_changes_nothing(double: PortalDouble, place: str) -> None:
    """HEAD answers without a body, and counts neither as consulting nor as handing over."""
    person = Visitor(double).identify()
    person.double.accept_conditions(None)  # type: ignore[arg-type]
    before = known(double, person)
    answer = person.ask(place, "HEAD")
    assert answer.data == b""
    assert answer.status_code < 500
    assert known(double, person) == before


@pytest.mark.parametrize(
    "header", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"X-Moz": "prefetch"}]
)
def test_what_a_browser_fetches_ahead_is_not_read(double: PortalDouble, header: dict[str, str]) -> None:
    """Nobody has looked at it: 503, and nothing is recorded."""
    person = Visitor(double).identify()
    person.double.accept_conditions(None)  # type: ignore[arg-type]
    before = known(double, person)
    assert person.ask("documents", headers=header).status_code == 503
    assert known(double, person) == before


def test_a_robot_that_follows_every_link_changes_nothing(double: PortalDouble) -> None:
    """Mail scanners and previews open the link and whatever it leads to, and nothing changes."""
    robot, before = Visitor(double), double.recipient
    robot.see()
    for link in robot.page.xpath("//a/@href | //link/@href | //script/@src | //img/@src"):
        robot.see(link if link.startswith("/") else "")
    for place in (*FORMS, *READ):
        robot.see(place) if place != "code" else robot.ask(place)
    assert double.calls == []
    assert double.recipient == before


@pytest.mark.parametrize(("name", "way"), list(every_page()))
def test_the_token_leads_nowhere_else(
    name: str, way: Callable[[PortalDouble], Visitor], caplog: pytest.LogCaptureFixture
) -> None:
    """It stands in this link's own addresses alone: in no log, no other host's address, no cookie."""
    caplog.set_level(logging.DEBUG)
    person = way(PortalDouble())
    for answer in person.seen:
        assert answer.location is None or answer.location.startswith("/a/")
        assert TOKEN not in str(answer.headers.getlist("Set-Cookie"))
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not [link for link in person.page.xpath("//@href") if "//" in link and TOKEN in link]
    assert TOKEN not in caplog.text
    assert IDENTIFIER not in caplog.text


def test_the_host_header_is_never_believed(double: PortalDouble) -> None:
    """Redirects and links are relative: a forged Host cannot lead the person elsewhere."""
    person = Visitor(double)
    person.base = "http://evil.example"
    person.finish("signed")
    for answer in person.seen:
        assert "evil.example" not in answer.text if answer.mimetype == "text/html" else True
        assert answer.location is None or answer.location.startswith("/a/")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "//evil.example/",
        "http://bank.example/",
        "http://localhost.evil.example/",
        "https:///nothing",
        "https:\\\\evil.example",
        "https://bank.example/\r\nSet-Cookie: x=1",
        'https://bank.example/"onclick="x',
        "https://[bad",
        "ftp://bank.example/",
        "/relative",
        "",
        "https://bank.example/" + "x" * 2000,
        "https://bank.example/" + "ñ" * 700,
    ],
)
def test_only_a_safe_address_is_offered_at_the_end(double: PortalDouble, url: str) -> None:
    """https, or http on this machine; anything else is left out and the page still thanks."""
    double.return_url = url
    person = Visitor(double).finish("signed")
    assert person.answer.status_code == 200
    assert person.page.xpath('//*[@id="return-link"]') == []
    assert "evil" not in person.answer.text


@pytest.mark.parametrize(
    "url",
    ["https://bank.example/ok?a=1&b=2", "http://localhost:8080/x", "http://127.0.0.1/", "http://[::1]/"],
)
def test_a_safe_address_is_offered_whole(url: str) -> None:
    """Nothing is taken away from it."""
    assert safe_return_url(url) == url


def test_hostile_words_stay_words(double: PortalDouble) -> None:
    """What issuers and recipients write is text on the page, never markup."""
    evil = "<script>alert(1)</script>\"'><img src=x onerror=y>"
    asked = replace(double._record.asked, subject=evil, body=evil)
    double.__dict__["_record"] = replace(double._record, subject=evil, asked=asked)
    person = Visitor(double).challenge()
    for place in ("documents", "sign", "reject"):
        person.see(place)
        assert evil in person.page.text_content()
        assert person.page.xpath("//script[not(@src)] | //*[@onerror]") == []
