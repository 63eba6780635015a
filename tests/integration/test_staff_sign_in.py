"""Signing in through the pages of a whole gateway: passwords, second factors, sessions."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.domain.staff import Role
from tests.house import House
from tests.services import postgresql_database
from tests.staff import PASSWORD, Browser, Member, StoppedClock, member, signed_in


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(Path(tmp_path_factory.mktemp("house")))
    yield made
    made.close()


def is_in(member: Member) -> bool:
    return member.browser.get("/account").status_code == 200


def test_the_first_sign_in_takes_a_new_password_and_a_second_factor(house: House) -> None:
    """With the provisional password nobody gets further than choosing another and enrolling."""
    luz = member(house, Role.SUPPORT, "luz")
    browser = luz.browser
    first = luz.type_password(next_page="/console/search?q=1")
    assert first.location == "/account/password?next=%2Fconsole%2Fsearch%3Fq%3D1"
    assert browser.get("/account").location.startswith("/account/password")
    changed = browser.post("/account/password", new=PASSWORD, again=PASSWORD, next="/console")
    assert changed.location == "/account/enrol?next=%2Fconsole"
    assert browser.get("/account").location.startswith("/account/enrol")
    assert browser.get("/account/enrol/picture.svg").status_code == 404
    page = browser.get("/account/enrol")
    assert (
        browser.get("/account/enrol").text.split('id="secret"')[1][:60]
        == page.text.split('id="secret"')[1][:60]
    )
    picture = browser.get("/account/enrol/picture.svg")
    assert (picture.status_code, picture.content_type, picture.data[:4]) == (200, "image/svg+xml", b"<svg")
    wrong = browser.post("/account/enrol", code="000000")
    assert (wrong.status_code, "E0006" in wrong.text) == (403, False)
    luz.first_sign_in()
    assert len(luz.recovery) == 10
    assert is_in(luz)


def test_after_that_password_and_code_let_in(house: House) -> None:
    """Neither alone does, and where the person wanted to go is where they get."""
    ana = signed_in(house, Role.SUPERVISOR)
    again = ana.elsewhere()
    answer = again.type_password(next_page="/account/password")
    assert answer.location == "/account/second-factor?next=%2Faccount%2Fpassword"
    assert not is_in(again)
    done = again.browser.post("/account/second-factor", code=again.code(), next="/account/password")
    assert done.location == "/account/password"
    assert is_in(again)
    assert is_in(ana)


def test_no_page_shows_what_recognises_a_person(house: House) -> None:
    """Neither hash nor secret is in the account's page, nor in what Python prints of an account."""
    ana = signed_in(house, Role.OPERATOR)
    account = house.system.accounts.people.get(ana.person.id)
    shown = repr(account) + "".join(
        ana.browser.get(path).text
        for path in ("/account", "/account/people", f"/account/people/{ana.person.id}")
    )
    assert "argon2" not in shown
    assert repr(ana.secret)[2:-1] not in shown
    assert 'action="/account/sign-out"' in shown


def test_a_code_is_good_once(house: House) -> None:
    """Who looked over the shoulder comes too late (RFC 6238, 5.2), in another session too."""
    ana = signed_in(house)
    code = ana.code()
    for place, status in (("198.51.100.1", 303), ("198.51.100.2", 403)):
        other = ana.elsewhere(place)
        other.type_password()
        assert other.browser.post("/account/second-factor", code=code).status_code == status


def test_the_neighbouring_steps_are_taken_and_no_others(house: House) -> None:
    """A clock that is half a minute off is no obstacle; a minute and a half is."""
    ana = signed_in(house)
    for late, status in ((timedelta(seconds=30), 303), (timedelta(seconds=75), 403)):
        code = ana.code()
        house.clock.advance(late)
        other = ana.elsewhere()
        other.type_password()
        assert other.browser.post("/account/second-factor", code=code).status_code == status


def test_a_recovery_code_is_good_once(house: House) -> None:
    """In place of the application, and the account says how many are left."""
    ana = signed_in(house)
    used = ana.recovery[3]
    for status in (303, 403):
        other = ana.elsewhere()
        other.type_password()
        assert other.browser.post("/account/second-factor", code=used.upper()).status_code == status
    assert "Quedan 9 códigos" in ana.browser.get("/account").text


def test_who_signs_out_is_out(house: House) -> None:
    """The session is over on the server too: a kept cookie is worth nothing."""
    ana = signed_in(house)
    kept = ana.browser.client.get_cookie("fehaciente-staff")
    assert kept
    assert ana.browser.post("/account/sign-out").location == "/account/sign-in"
    assert not is_in(ana)
    ana.browser.client.set_cookie("fehaciente-staff", kept.value)
    assert not is_in(ana)


def test_sessions_end_by_themselves(house: House) -> None:
    """Unused for half an hour, or after ten hours of use."""
    ana = signed_in(house)
    for minutes in (20, 20, 20):
        house.clock.advance(timedelta(minutes=minutes))
        assert is_in(ana)
    house.clock.advance(timedelta(minutes=31))
    assert not is_in(ana)
    ana.sign_in()
    for _ in range(24):
        house.clock.advance(timedelta(minutes=25))
        used = is_in(ana)
    assert not used
    assert house.system.accounts.sessions.end_old() > 0


def test_all_other_sessions_can_be_ended(house: House) -> None:
    """One by one, or all at once; the present one stays."""
    ana = signed_in(house)
    second, third = ana.elsewhere(), ana.elsewhere()
    for each in (second, third):
        each.sign_in()
    page = ana.browser.get("/account").text
    one = page.split('name="session" value="')[1].split('"')[0]
    ana.browser.post("/account/sessions/end", session=one)
    assert [is_in(each) for each in (second, third)].count(True) == 1
    ana.browser.post("/account/sessions/end")
    assert [is_in(each) for each in (ana, second, third)] == [True, False, False]


def test_nobody_ends_somebody_elses_session(house: House) -> None:
    """The mark of a session is no power over it."""
    ana, eva = signed_in(house), signed_in(house)
    theirs = house.system.accounts.sessions.of(eva.person.id)[0].id
    ana.browser.post("/account/sessions/end", session=theirs)
    assert is_in(eva)


def test_changing_the_password_ends_all_other_sessions(house: House) -> None:
    """Whoever knew the old one is out; the rules refuse what is short, known or the same."""
    ana = signed_in(house)
    other = ana.elsewhere()
    other.sign_in()
    form = "/account/password"
    refused = {
        "corta": "demasiado corta",
        f"xx{ana.person.login}xxxx": "Sin contar el usuario",
        "aaaaaaaaaaaaaaaa": "repite",
        PASSWORD: "distinta",
        "x" * 300: "demasiado larga",
    }
    for new, told in refused.items():
        answer = ana.browser.post(form, present=PASSWORD, new=new, again=new)
        assert (answer.status_code, told in answer.text) == (422, True), new
    differs = ana.browser.post(
        form, present=PASSWORD, new="otra frase muy larga", again="otra frase más larga"
    )
    assert differs.status_code == 422
    wrong = ana.browser.post(
        form, present="no es esta, no", new="otra frase muy larga", again="otra frase muy larga"
    )
    assert wrong.status_code == 403
    new = "otra frase muy larga"
    assert ana.browser.post(form, present=PASSWORD, new=new, again=new).status_code == 303
    assert [is_in(ana), is_in(other)] == [True, False]
    assert other.type_password(PASSWORD).status_code == 403
    other.password = new
    other.sign_in()
    assert is_in(other)


def test_a_dangerous_page_asks_again(house: House) -> None:
    """After ten minutes new recovery codes take a fresh second factor; then they void the old ones."""
    ana = signed_in(house)
    house.clock.advance(timedelta(minutes=11))
    asked = ana.browser.post("/account/codes")
    assert asked.location == "/account/confirm?next=%2Faccount"
    assert ana.browser.post("/account/confirm", proof="000000").status_code == 403
    before = ana.browser.client.get_cookie("fehaciente-staff")
    assert ana.browser.post("/account/confirm", proof=ana.code(), next="/account").location == "/account"
    after = ana.browser.client.get_cookie("fehaciente-staff")
    assert before
    assert after
    assert before.value != after.value
    old, page = ana.recovery[0], ana.browser.post("/account/codes")
    assert page.status_code == 200
    other = ana.elsewhere()
    other.type_password()
    assert other.browser.post("/account/second-factor", code=old).status_code == 403


def test_another_application_can_be_taken(house: House) -> None:
    """The old secret is void at once, and nothing works before the new one is enrolled."""
    ana = signed_in(house)
    old = ana.secret
    assert ana.browser.post("/account/factor").location == "/account/enrol"
    assert ana.browser.get("/console").status_code == 404 or not is_in(ana)
    assert ana.browser.get("/account").location.startswith("/account/enrol")
    ana.first_sign_in()
    assert is_in(ana)
    assert ana.secret != old


def test_a_sender_needs_a_second_factor_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    """Everybody else always does; a sender without one proves themself by the password."""
    house = House(tmp_path, more="[staff]\nsender_second_factor = no\n")
    eva = member(house, Role.SENDER)
    eva.first_sign_in("mi frase de remitente")
    eva.browser.post("/account/sign-out")
    assert eva.type_password().location == "/send"
    assert is_in(eva)
    house.clock.advance(timedelta(minutes=11))
    confirmed = eva.browser.post("/account/confirm", proof="mi frase de remitente")
    assert confirmed.status_code == 303
    ana = member(house, Role.AUDITOR)
    ana.type_password()
    ana.browser.post("/account/password", new=PASSWORD, again=PASSWORD)
    assert ana.browser.get("/account").location.startswith("/account/enrol")
    house.close()


def test_two_nodes_on_postgresql_know_the_same_people(tmp_path: Path) -> None:
    """Signed in at one, in at the other; paused at one, paused at the other; out at one, out at both."""
    with postgresql_database() as url:
        house = House(tmp_path, url=url, clock=StoppedClock())
        ana = signed_in(house, Role.OPERATOR)
        first, other = house.tech.database, Browser(house)
        house.open()
        assert house.tech.database is not first
        second = Browser(house)
        held = ana.browser.client.get_cookie("fehaciente-staff")
        assert held
        second.client.set_cookie("fehaciente-staff", held.value)
        assert second.get("/account/people").status_code == 200
        tries = [other, Browser(house, other.address)] * 3
        answers = [
            each.post("/account/sign-in", login=ana.person.login, password="mala mala mala") for each in tries
        ]
        assert [each.status_code for each in answers] == [403] * 5 + [429]
        assert second.post("/account/sign-out").status_code == 303
        assert not is_in(ana)
        first.close()
        house.close()
