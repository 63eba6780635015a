"""The portal in an issuer's own web: tickets are used once, by a form, and only registered pages frame it."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from gateway.domain.access_ticket import origin
from gateway.domain.errors import ErrorKind
from gateway.usecases.access_url import AccessUrl
from gateway.usecases.commands import Reference
from gateway.usecases.origins import IssuerOrigins
from tests.house import BANK, INSURER, House, refused
from tests.orders import order
from tests.security.door_world import Browser, Scene, scene

PAGE = "https://www.bank.example"
BACK = "https://www.bank.example/back?op=7#end"


@pytest.fixture
def at(small_house: House) -> Scene:
    xml = re.sub(rb"<(\w+:)?notice_method>\w+<", rb"<\1notice_method>WEB<", order())
    found = scene(small_house, xml)
    assert not small_house.messages("notice-")
    assert small_house.state(found.guid)[0] == 3
    IssuerOrigins(small_house.tech.database, small_house.clock).add_origin(BANK.number, PAGE)
    return found


def given(at: Scene, back: str = BACK) -> AccessUrl:
    return at.house.system.desk.access_url(BANK, Reference(at.guid), 0, back)


def opened(at: Scene, link: AccessUrl) -> Browser:
    browser = Browser(at.app, urlsplit(link.url).path.rpartition("/")[2])
    browser.ask(urlsplit(link.url).path)
    return browser


def pressed(browser: Browser) -> Browser:
    """The button of the ticket's page; from then on the browser is at the link's own door."""
    browser.send("ticket-form")
    browser.token = browser.answer.request.path.split("/")[2]
    return browser


def test_it_leads_to_the_door_where_the_identifier_is_asked(at: Scene) -> None:
    """The ticket identifies nobody; whoever is at the door goes on as by the notice's link, in a frame of the
    registered page only, with cookies that the browser keeps apart for it."""
    browser = pressed(opened(at, given(at)))
    policy = browser.answer.headers["Content-Security-Policy"]
    assert f"frame-ancestors 'self' {PAGE};" in policy
    assert "X-Frame-Options" not in browser.answer.headers
    assert browser.page.xpath('//form[@id="identify-form"]')
    browser.send("identify-form", identifier="12345678Z")
    assert browser.here == "conditions"
    set_cookies = [
        value for answer in browser.answer.history for value in answer.headers.getlist("Set-Cookie")
    ]
    assert set_cookies
    assert all("SameSite=None" in each and "Partitioned" in each and "Secure" in each for each in set_cookies)
    assert at.house.state(at.guid)[0] == 6
    with at.house.tech.database.read() as uow:
        assert uow.portal_sessions.of(at.guid, 0)[-1].embedded


def test_everybody_else_stays_out_of_frames(at: Scene) -> None:
    """A browser that redeemed nothing gets pages that nobody may frame, though origins are registered."""
    ana = Browser(at.app, given_token(at))
    for place in ("", "help", "stranger"):
        ana.ask(place)
        assert "frame-ancestors 'none'" in ana.answer.headers["Content-Security-Policy"]
        assert ana.answer.headers["X-Frame-Options"] == "DENY"


def given_token(at: Scene) -> str:
    given(at)
    return at.house.tech.codes.link_token(at.guid, 0, 0)


def test_a_scanner_uses_nothing_up(at: Scene) -> None:
    """GET and HEAD, however often, leave the ticket good; the form takes it, once."""
    link = given(at)
    for _ in range(3):
        robot = opened(at, link)
        robot.ask(urlsplit(link.url).path, "HEAD")
    browser = pressed(opened(at, link))
    assert browser.page.xpath('//form[@id="identify-form"]')
    late = opened(at, link)
    assert (late.answer.status_code, late.refusal) == (403, "E000567")


def test_a_ticket_is_not_replayed(at: Scene) -> None:
    """Two browsers that both have the page: one is let in. The other learns nothing of the link."""
    link = given(at)
    first, second = opened(at, link), opened(at, link)
    pressed(first)
    second.send("ticket-form")
    assert (second.answer.status_code, second.refusal) == (403, "E000567")
    assert not second.cookies()
    other = Browser(at.app, "x" * 43)
    other.ask("/e/" + "x" * 43)
    assert other.refusal == "E000567"


def test_another_site_sends_no_form(at: Scene) -> None:
    """A page elsewhere that posts the ticket in a visitor's browser is refused."""
    link = given(at)
    browser = opened(at, link)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    browser.ask(urlsplit(link.url).path, "POST", data={"open": "yes"}, headers=elsewhere)
    assert browser.refusal == "E000601"
    pressed(opened(at, link))


def test_a_ticket_is_over_in_minutes(at: Scene) -> None:
    """And with the process: then it answers E000101."""
    link, other = given(at), given(at)
    at.house.clock.advance(timedelta(minutes=6))
    assert opened(at, link).refusal == "E000567"
    fresh = given(at)
    at.house.cancel(at.guid)
    assert opened(at, fresh).refusal == "E000101"
    assert other.url != fresh.url


def test_only_digests_are_kept(at: Scene) -> None:
    """Neither the ticket nor its return address can be read in the database."""
    link = given(at)
    with at.house.tech.database.engine.connect() as connection:
        told = str(connection.exec_driver_sql("SELECT * FROM access_tickets").fetchall())
    assert link.url.rpartition("/")[2] not in told
    assert "bank.example" not in told


def test_who_gets_none(at: Scene) -> None:
    """Another issuer, a recipient who is none, a process that is not sealed yet."""
    ask = at.house.system.desk.access_url
    refused(ErrorKind.NOT_FOUND, ask, INSURER, Reference(at.guid), 0, "")
    refused(ErrorKind.RECIPIENT_NOT_FOUND, ask, BANK, Reference(at.guid), 7, "")
    early = at.house.submit(order()).guid
    refused(ErrorKind.STEP_OUT_OF_ORDER, ask, BANK, Reference(early), 0, "")


def test_the_way_back_bears_a_signed_status(at: Scene, tmp_path: Any) -> None:
    """Verified as the documentation says, with what the address had kept; a changed word is refused."""
    browser = pressed(opened(at, given(at)))
    browser.send("identify-form", identifier="12345678Z")
    browser.send("conditions-form", accept="yes")
    browser.ask("reject")
    browser.send("reject-form", reason="No es lo acordado")
    (back,) = browser.page.xpath('//*[@id="return-link"]')
    parts = urlsplit(back.get("href"))
    assert (back.get("target"), parts.path, parts.fragment) == ("_top", "/back", "end")
    query = parse_qs(parts.query)
    assert query["op"] == ["7"]
    (status,) = query["fehaciente_status"]
    verify = documented()
    chain, gateway = at.house.settings.pki.seal_chain, at.house.settings.gateway.base_url
    claims = verify(status, chain, gateway)
    assert (claims["guid"], claims["recipient"], claims["state"]) == (at.guid, 1, "REJECTED")
    assert (claims["result"], claims["result_name"]) == (8, "REJECTED")
    head, body, signature = status.split(".")
    for wrong in (f"{head}.{body[:-2]}AA.{signature}", f"{head}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises(jwt.InvalidTokenError):
            verify(wrong, chain, gateway)
    with pytest.raises(jwt.InvalidTokenError):
        verify(status, chain, "https://elsewhere.example")


def documented() -> Any:
    """The sample of docs/integration/return-status.md, run as it stands there."""
    from tests.security.door_world import ROOT

    text = (ROOT / "docs/integration/return-status.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["verified_status"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://Bank.Example/", "https://bank.example"),
        ("https://b.example:443", "https://b.example"),
        ("http://localhost:3000", "http://localhost:3000"),
    ],
)
def test_origins_are_spelt_as_browsers_do(text: str, kept: str) -> None:
    """In small letters, without the usual port."""
    assert origin(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "https://*.example",
        "http://bank.example",
        "https://b.example/path",
        "https://a b",
        "javascript:x",
        "https://b.example; script-src *",
        "https://b.example 'self'",
        "",
    ],
)
def test_what_is_no_origin(text: str) -> None:
    """Nothing that would say more to a browser than one site's name."""
    refused(ErrorKind.ORIGIN_INVALID, origin, text)
