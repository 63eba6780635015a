"""The CAPTCHA: not before the second failure, self-hosted, used once, at one link from one network."""

import pytest

from gateway.adapters.captcha.challenges import SelfHostedCaptchas
from tests.house import House
from tests.security.door_world import IDENTIFIER, Browser, Scene, scene


@pytest.fixture
def at(small_house: House) -> Scene:
    return scene(small_house)


def asked(at: Scene) -> Browser:
    """A browser at the door after two failures."""
    browser = at.browser()
    for _ in range(2):
        browser.identify("00000000T")
        assert not browser.page.xpath('//input[@name="captcha"]') or _ == 1
    return browser


def answer(at: Scene, browser: Browser) -> str:
    return SelfHostedCaptchas(at.house.tech.codes.subkey("captcha"))._answer(
        browser.form("identify-form")["captcha"]
    )


def test_it_is_asked_for_after_the_second_failure_only(at: Scene) -> None:
    """The right identifier without it is refused; with it whoever mistyped twice comes in."""
    browser = asked(at)
    browser.send("identify-form", identifier=IDENTIFIER)
    assert browser.page.xpath('//*[@id="captcha_answer-problem"]')
    browser.send("identify-form", identifier=IDENTIFIER, captcha_answer=" ".join(answer(at, browser)))
    assert browser.here == "conditions"


def test_picture_and_sound_are_ours(at: Scene) -> None:
    """A PNG and a WAV under the link; neither for another link's challenge nor from another network."""
    browser = asked(at)
    picture, sound = browser.page.xpath('//img[@class="captcha"]/@src | //a[@download]/@href')
    assert browser.ask(picture).data.startswith(b"\x89PNG")
    first = browser.answer.data
    assert browser.ask(picture).data == first
    assert browser.ask(sound).data[:4] == b"RIFF"
    browser.address = "198.51.100.1"
    assert browser.ask(picture).status_code == 404
    browser.address, other = "192.0.2.10", scene(at.house)
    assert browser.ask(picture.replace(browser.token, other.token)).status_code == 404


def test_a_solved_one_is_good_once(at: Scene) -> None:
    """Replayed with its right answer it is refused, and the identifier is not even looked at."""
    browser = asked(at)
    form, right = browser.form("identify-form"), answer(at, browser)
    target = form.pop("action")
    for _ in range(2):
        data = form | {"identifier": "00000000T", "captcha_answer": right}
        browser.ask(target, "POST", data=data)
    assert at.house.kinds(at.guid).count("IDENTIFIER_WRONG") == 3
    browser.ask(target, "POST", data=form | {"identifier": IDENTIFIER, "captcha_answer": right})
    assert browser.here == ""


def test_a_wrong_answer_uses_it_up(at: Scene) -> None:
    """Nobody tries the digits one after the other on one picture."""
    browser = asked(at)
    form, right = browser.form("identify-form"), answer(at, browser)
    target = form.pop("action")
    for typed in ("", right):
        browser.ask(target, "POST", data=form | {"identifier": IDENTIFIER, "captcha_answer": typed})
        assert browser.here == ""


def test_an_old_one_is_over(at: Scene) -> None:
    """After ten minutes its answer is worth nothing."""
    from datetime import timedelta

    browser = asked(at)
    right = answer(at, browser)
    at.house.clock.advance(timedelta(minutes=11))
    browser.send("identify-form", identifier=IDENTIFIER, captcha_answer=right)
    assert browser.here == ""
