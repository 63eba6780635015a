"""Attacks on the portal of a whole gateway: codes, links, forms, hosts, and processes that are closed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.house import House
from tests.security.door_world import Browser, Scene, scene


@pytest.fixture
def at(small_house: House) -> Scene:
    return scene(small_house)


def ready(at: Scene) -> Browser:
    """Ana's phone at the page of the signing code, which has arrived."""
    ana = at.browser().identify()
    ana.send("conditions-form", accept="yes")
    if ana.here == "unlock":
        ana.send("request-form")
        at.house.drain()
        ana.ask("unlock")
        ana.send("code-form", code=at.guest().code)
    at.house.clock.advance(timedelta(minutes=1))
    ana.ask("documents")
    ana.send("request-form")
    at.house.drain()
    ana.ask("sign")
    return ana


def test_guessed_codes_are_few(at: Scene) -> None:
    """Three guesses void the code, and the right one is refused then; nothing was signed."""
    ana = ready(at)
    right = at.guest().code
    for _ in range(3):
        ana.send("code-form", code=at.guest().wrong_code)
    form = {"csrf": ana.form("request-form")["csrf"], "code": right}
    ana.ask("sign", "POST", data=form)
    assert at.house.kinds(at.guid).count("CODE_WRONG") == 3
    assert at.house.state(at.guid)[0] == 8


def test_a_code_is_for_one_act_and_one_transaction(at: Scene) -> None:
    """Another's code, and the code that opened the documents, sign nothing."""
    other = scene(at.house)
    ready(other)
    anothers = other.guest().code
    ana = ready(at)
    earlier = [each["text"] for each in at.house.messages(f"code-{at.guid}-0-")]
    ana.send("code-form", code=anothers)
    assert at.house.state(at.guid)[0] == 8
    assert len(earlier) >= 1
    assert at.house.kinds(at.guid).count("CODE_WRONG") == 1


def test_two_at_once_sign_once(at: Scene) -> None:
    """The same form sent by eight threads at the same time: one act, one evidence of it."""
    ana, code = ready(at), at.guest().code
    form = ana.form("code-form") | {"code": code}
    target = form.pop("action")
    twins = [at.browser() for _ in range(8)]
    for twin in twins:
        for name, value in ana.cookies().items():
            twin.client.set_cookie(name, value)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda twin: twin.ask(target, "POST", follow=False, data=form), twins))
    assert {twin.answer.status_code for twin in twins} == {303}
    kinds = at.house.kinds(at.guid)
    assert (kinds.count("DECIDED_ALL"), kinds.count("CODE_WRONG")) == (1, 0)
    at.house.drain()
    assert at.house.state(at.guid) == (12, 7)


def test_a_used_code_and_a_replayed_form_do_nothing(at: Scene) -> None:
    """Once signed, the same form leads to the same thanks in this browser, and to E000101 in any other."""
    ana, code = ready(at), at.guest().code
    form = ana.form("code-form") | {"code": code}
    target = form.pop("action")
    for _ in range(2):
        ana.ask(target, "POST", data=form)
        assert ana.page.xpath('string(//*[@id="done"]/@data-outcome)') == "signed"
    thief = at.browser()
    thief.ask(target, "POST", data=form)
    assert (thief.answer.status_code, thief.refusal) == (403, "E000101")
    assert at.house.kinds(at.guid).count("DECIDED_ALL") == 1


def test_a_form_of_another_page_or_site_is_refused(at: Scene) -> None:
    """Without its token, with another browser's, or from another site (CSRF): E000601, and nothing done."""
    ana, other = ready(at), at.browser()
    other.ask()
    foreign = other.form("identify-form")["csrf"]
    own = ana.form("code-form")["csrf"]
    code = at.guest().code
    for token, headers in (("", {}), (foreign, {}), (own, {"Sec-Fetch-Site": "cross-site"})):
        ana.ask("sign", "POST", data={"csrf": token, "code": code}, headers=headers)
        assert (ana.answer.status_code, ana.refusal) == (403, "E000601")
    assert at.house.state(at.guid)[0] == 8


def test_the_host_header_changes_nothing(at: Scene) -> None:
    """No address that the portal writes names a host: a forged one leads nobody astray."""
    ana = at.browser()
    answer = ana.ask(headers={"Host": "evil.example", "X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert b"evil.example" not in answer.data
    answer = ana.ask("documents", follow=False, headers={"Host": "evil.example"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/a/")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Acceso denegado. El proceso al que está intentando acceder está cerrado."),
        ("en", "Access denied. The process you are trying to access has been closed"),
    ],
)
def test_a_closed_process_says_so_everywhere(at: Scene, language: str, text: str) -> None:
    """403 E000101 in both languages, at every address of the link, with a session and without."""
    ana, stranger = ready(at), at.browser()
    at.house.cancel(at.guid)
    for browser in (ana, stranger):
        browser.ask(f"?lang={language}")
        for place in ("", "help", "stranger", "conditions", "documents", "documents/0", "sign", "reject"):
            browser.ask(place)
            assert (browser.answer.status_code, browser.refusal) == (403, "E000101"), place
            assert text in browser.answer.text
