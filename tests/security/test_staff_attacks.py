"""What somebody who means harm tries at the doors of staff: guessing, planting, framing, leading away."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.staff import Role
from gateway.entrypoints.web.sessions import Signer
from tests.house import House
from tests.staff import PASSWORD, Browser, Member, StoppedClock, member, signed_in

COOKIE = "fehaciente-staff"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(Path(tmp_path_factory.mktemp("house")), clock=StoppedClock())
    yield made
    made.close()


def is_in(browser: Browser) -> bool:
    return browser.get("/account").status_code == 200


def attempt(browser: Browser, login: str, password: str = "no es esta") -> int:
    return browser.post("/account/sign-in", login=login, password=password).status_code


def test_unknown_logins_and_wrong_passwords_look_alike(house: House) -> None:
    """Status, page and headers are the same, whatever was wrong, also for a disabled person."""
    ana, eva = signed_in(house, login="conocida"), signed_in(house, login="apartada")
    house.system.accounts.people.set_active(None, eva.person.id, False)
    seen = []
    for login, password in (("conocida", "mala"), ("desconocida", "mala"), ("apartada", PASSWORD)):
        answer = Browser(house, "198.51.100.77").post("/account/sign-in", login=login, password=password)
        text = answer.text.replace(login, "LOGIN")
        kept = [line for line in text.splitlines() if "csrf" not in line]
        names = sorted(name for name, _ in answer.headers)
        seen.append((answer.status_code, kept, names))
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] == 403
    assert ana.person.login == "conocida"


def test_guessing_costs_longer_and_longer_pauses(house: House) -> None:
    """Five free tries, then each is refused before it is looked at, until its pause is over."""
    ana = signed_in(house)
    stranger = Browser(house, "203.0.113.50")
    assert [attempt(stranger, ana.person.login) for _ in range(6)] == [403] * 5 + [429]
    assert attempt(stranger, ana.person.login, PASSWORD) == 429
    house.clock.advance(timedelta(seconds=2))
    assert [attempt(stranger, ana.person.login) for _ in range(2)] == [403, 429]
    house.clock.advance(timedelta(seconds=3))
    assert attempt(stranger, ana.person.login) == 429
    house.clock.advance(timedelta(seconds=1))
    assert attempt(stranger, ana.person.login, PASSWORD) == 303
    assert attempt(stranger, ana.person.login) == 403


def test_a_stranger_locks_nobody_out(house: House) -> None:
    """Whoever tries from elsewhere pauses strange browsers, not one in which the person has been before."""
    ana = signed_in(house)
    ana.browser.post("/account/sign-out")
    for place in range(8):
        attempt(Browser(house, f"203.0.113.{100 + place}"), ana.person.login)
    assert ana.elsewhere().type_password().status_code == 429
    assert ana.type_password().location.startswith("/account/second-factor")


def test_a_borrowed_browser_is_counted_by_itself(house: House) -> None:
    """A trusted browser is no free ride: its tries are paused too, and it vouches for one person only."""
    ana, eva = signed_in(house), signed_in(house)
    ana.browser.post("/account/sign-out")
    assert [attempt(ana.browser, ana.person.login) for _ in range(6)] == [403] * 5 + [429]
    for place in range(6):
        attempt(Browser(house, f"198.51.100.{100 + place}"), eva.person.login)
    assert attempt(ana.browser, eva.person.login, PASSWORD) == 429


def test_one_address_cannot_try_everybody(house: House) -> None:
    """One password for many logins is counted by the address."""
    ana, sprayer = signed_in(house), Browser(house, "203.0.113.200")
    answers = [attempt(sprayer, f"persona-{number}") for number in range(31)]
    assert answers == [403] * 30 + [429]
    assert attempt(sprayer, ana.person.login, PASSWORD) == 429
    assert ana.elsewhere().type_password().status_code == 303


def test_six_digits_cannot_be_guessed(house: House) -> None:
    """Wrong codes are counted by the person, in whatever session; signing in again resets nothing."""
    ana = signed_in(house)
    statuses = []
    for number in range(3):
        thief = ana.elsewhere(f"203.0.113.{150 + number}")
        thief.type_password()
        statuses += [
            thief.browser.post("/account/second-factor", code=f"{n:06d}").status_code for n in range(2)
        ]
    assert statuses == [403] * 5 + [429]
    thief.type_password()
    assert thief.browser.post("/account/second-factor", code="111111").status_code == 429


def test_a_planted_session_is_worth_nothing(house: House) -> None:
    """No cookie from before signing in is anything afterwards, and each step takes a new one."""
    ana = signed_in(house)
    victim = ana.elsewhere()
    planted = "A" * 43
    victim.browser.client.set_cookie(COOKIE, planted)
    held = []
    victim.type_password()
    held.append(victim.browser.client.get_cookie(COOKIE))
    pending = Browser(house)
    pending.client.set_cookie(COOKIE, held[0].value if held[0] else "")
    victim.browser.post("/account/second-factor", code=victim.code())
    held.append(victim.browser.client.get_cookie(COOKIE))
    assert is_in(victim.browser)
    assert len({planted, *(each.value for each in held if each)}) == 3
    assert not is_in(pending)
    attacker = Browser(house)
    attacker.client.set_cookie(COOKIE, planted)
    assert not is_in(attacker)


BENDINGS: dict[str, Callable[[str], str]] = {
    "changed": lambda held: held[:-1] + ("A" if held[-1] != "A" else "B"),
    "longer": lambda held: held + "A",
    "shorter": lambda held: held[:20],
    "lower": lambda held: held.lower(),
    "long": lambda held: held * 5,
}


@pytest.mark.parametrize("bent", BENDINGS.values(), ids=BENDINGS)
def test_a_bent_cookie_is_nobodys(house: House, bent: Callable[[str], str]) -> None:
    """Tokens are looked up whole; there is nothing in them to be changed."""
    ana = signed_in(house)
    held = ana.browser.client.get_cookie(COOKIE)
    assert held
    ana.browser.client.set_cookie(COOKIE, bent(held.value))
    assert not is_in(ana.browser)


def test_a_session_is_kept_as_a_keyed_hash(house: House) -> None:
    """The database's rows let nobody in."""
    ana = signed_in(house)
    [session] = house.system.accounts.sessions.of(ana.person.id)
    thief = Browser(house)
    thief.client.set_cookie(COOKIE, session.id)
    assert not is_in(thief)
    held = ana.browser.client.get_cookie(COOKIE)
    assert held
    assert held.value != session.id


def test_forms_of_others_are_refused(house: House) -> None:
    """Without a token, with another session's, with one from before signing in, and from another site."""
    ana, eva = signed_in(house), signed_in(house)
    door = Browser(house).token("/account/sign-in")
    other = eva.browser.token("/account")
    for token in ("", door, other, "x.y", "."):
        answer = ana.browser.client.post("/account/sessions/end", data={"csrf": token})
        assert answer.status_code == 403, token
    good = ana.browser.token("/account")
    crossed = ana.browser.client.post(
        "/account/sessions/end", data={"csrf": good}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert crossed.status_code == 403
    assert ana.browser.client.post("/account/sessions/end", data={"csrf": good}).status_code == 303


def test_nobody_is_signed_in_as_somebody_else(house: House) -> None:
    """A sign-in form that another site sends carries no token of this browser (login CSRF)."""
    ana, victim = signed_in(house), Browser(house)
    token = Browser(house).token("/account/sign-in")
    fields = {"csrf": token, "login": ana.person.login, "password": PASSWORD}
    assert victim.client.post("/account/sign-in", data=fields).status_code == 403
    victim.get("/account/sign-in")
    assert victim.client.post("/account/sign-in", data=fields).status_code == 403


@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/evil"]
)
def test_signing_in_leads_nowhere_else(house: House, place: str) -> None:
    """An address elsewhere in `next` is dropped at every step."""
    ana = signed_in(house)
    other = ana.elsewhere()
    assert 'name="next"' not in other.browser.get(f"/account/sign-in?next={place}").text
    assert other.type_password(next_page=place).location == "/account/second-factor"
    done = other.browser.post("/account/second-factor", code=other.code(), next=place)
    assert done.location == "/console"
    confirmed = other.browser.post("/account/confirm", proof=other.code(), next=place)
    assert confirmed.location == "/account"


def test_headers_keep_pages_from_frames_caches_and_other_sites(house: House) -> None:
    """On pages, redirects, refusals and the picture of the secret."""
    ana = signed_in(house)
    for path in ("/account", "/account/sign-in", "/account/nowhere", "/account/enrol/picture.svg"):
        headers = ana.browser.get(path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_cookies_travel_over_tls_only_and_no_script_sees_them(tmp_path: Path) -> None:
    """With TLS in front every cookie is Secure, HttpOnly and same-site; the session's has the host prefix."""
    house = House(tmp_path)
    house.settings = replace(house.settings, http=replace(house.settings.http, secure_cookies=True))
    ana = member(house, Role.SUPPORT)
    browser = ana.browser = Browser(house)
    page = browser.client.get("/account/sign-in", base_url="https://avisos.example")
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    answer = browser.client.post(
        "/account/sign-in",
        data={"csrf": token, "login": ana.person.login, "password": ana.password},
        base_url="https://avisos.example",
    )
    cookies = page.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
    assert {each.partition("=")[0] for each in cookies} == {
        "__Host-fehaciente-door",
        "__Host-fehaciente-staff",
    }
    for each in cookies:
        assert "Secure" in each
        assert "HttpOnly" in each
        assert "SameSite=Lax" in each
        assert "Path=/" in each
        assert "Domain" not in each
    assert answer.headers["Strict-Transport-Security"]
    house.close()


def test_a_forged_device_cookie_escapes_no_pause(house: House) -> None:
    """Which browser has been here before is signed by us, each purpose with a key of its own."""
    ana = signed_in(house)
    stranger = Browser(house, "203.0.113.60")
    for _ in range(6):
        attempt(stranger, ana.person.login)
    forged = Signer(b"k" * 32, "staff device").sign({"device": "f" * 16, "person": ana.person.id})
    stranger.client.set_cookie("fehaciente-device", forged, path="/account")
    assert attempt(stranger, ana.person.login, PASSWORD) == 429


def test_logs_tell_of_nobody(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Neither logins, passwords, codes nor addresses, whatever is refused; metrics count outcomes only."""
    caplog.set_level(logging.DEBUG)
    ana: Member = signed_in(house, login="secretaria-x")
    for word in ("secretaria-x", "otra-persona-x"):
        attempt(Browser(house, "203.0.113.61"), word, "contraseña mala x")
    thief = ana.elsewhere()
    thief.type_password()
    thief.browser.post("/account/second-factor", code="123123")
    for clear in ("secretaria-x", "otra-persona-x", "contraseña mala", PASSWORD, "123123", "203.0.113.61"):
        assert clear not in caplog.text
    page = house.tech.metrics.page().decode()
    assert 'fehaciente_sign_ins_total{outcome="password-refused"}' in page
    assert 'fehaciente_sign_ins_total{outcome="code-refused"}' in page
    assert "secretaria" not in page
