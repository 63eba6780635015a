"""Who manages people, in a browser and at the command line, and what the audit log says of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from gateway.domain.errors import ErrorKind
from gateway.domain.staff import Acting, Role
from gateway.usecases.accounts.people import NewPerson
from tests.house import House, refused
from tests.staff import Browser, Member, member, signed_in

NEW = {
    "login": "nueva",
    "name": "Nueva Persona",
    "role": "SUPPORT",
    "language": "es",
    "reason": "alta de turno",
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(Path(tmp_path_factory.mktemp("house")))
    yield made
    made.close()


@pytest.fixture(scope="module")
def boss(house: House) -> Member:
    return signed_in(house, Role.OPERATOR, "jefa")


def act(boss: Member, whom: Member, action: str, **fields: str) -> TestResponse:
    place = f"/account/people/{whom.person.id}"
    return boss.browser.post(place, action=action, **({"reason": "por orden"} | fields))


def audited(house: House, action: str) -> list[tuple[str, str]]:
    with house.tech.database.read() as uow:
        found = uow.audit.entries("node1", 0, 10_000)
    return [(each.subject, each.details) for each in found if each.action == action]


def test_an_operator_adds_a_person(house: House, boss: Member) -> None:
    """The provisional password is shown once, works once, and the log says who added whom and why."""
    made = boss.browser.post("/account/people/new", **NEW)
    password = made.text.split('id="first-password">')[1].split("<")[0]
    account = house.system.accounts.people.by_login("nueva")
    nueva = Member(house, account.person, password, Browser(house))
    nueva.first_sign_in()
    assert nueva.browser.get("/account").status_code == 200
    ((subject, details),) = [each for each in audited(house, "staff-added") if each[0] == account.person.id]
    assert boss.person.id in details
    assert "alta-de-turno" in details
    assert "nueva" not in subject + details
    assert boss.browser.post("/account/people/new", **NEW).status_code == 400


def test_what_does_not_fit_is_refused(boss: Member) -> None:
    """A sender without issuer, an issuer that is not there, no role, no reason, an operator."""
    for wrong in (
        {"role": "SENDER"},
        {"role": "SENDER", "issuer": "4321"},
        {"role": "SENDER", "issuer": "x"},
        {"role": "SUPPORT", "issuer": "1"},
        {"role": "KING"},
        {"reason": ""},
        {"login": ""},
    ):
        answer = boss.browser.post("/account/people/new", **(NEW | {"login": "otra"} | wrong))
        assert answer.status_code == 400, wrong
    assert boss.browser.post("/account/people/new", **(NEW | {"role": "OPERATOR"})).status_code == 403


def test_only_operators_manage_people(house: House) -> None:
    """Nobody else sees the pages, nor does anything by a form made by hand."""
    for role in (Role.SUPPORT, Role.SUPERVISOR, Role.AUDITOR, Role.SENDER):
        other = signed_in(house, role)
        assert other.browser.get("/account/people").status_code == 403
        assert other.browser.post("/account/people/new", **NEW).status_code == 403
        acting = Acting(other.person, "porque sí")
        refused(
            ErrorKind.ACCESS_DENIED,
            house.system.accounts.people.add,
            acting,
            NewPerson("x", "X", Role.SUPPORT),
        )


def test_a_disabled_person_is_out_at_once(house: House, boss: Member) -> None:
    """Sessions end, and the password is refused as any wrong one is."""
    eva = signed_in(house)
    assert act(boss, eva, "disable").status_code == 303
    assert eva.browser.get("/account").status_code == 303
    assert eva.type_password().status_code == 403
    assert act(boss, eva, "enable").status_code == 303
    eva.sign_in()
    assert eva.browser.get("/account").status_code == 200


def test_a_reset_takes_everything_away(house: House, boss: Member) -> None:
    """A new provisional password, no second factor, no recovery codes, no session."""
    eva = signed_in(house)
    page = act(boss, eva, "reset")
    assert eva.browser.get("/account").status_code == 303
    assert eva.type_password().status_code == 403
    eva.password, eva.secret = page.text.split('id="first-password">')[1].split("<")[0], b""
    assert eva.type_password().location == "/account/password"


def test_a_role_counts_from_the_next_request(house: House, boss: Member) -> None:
    """Old sessions end; a sender belongs to an issuer."""
    eva = signed_in(house)
    assert act(boss, eva, "role", role="SENDER", issuer="2").status_code == 303
    assert eva.browser.get("/account").status_code == 303
    assert house.system.accounts.people.get(eva.person.id).person.issuer == 2
    assert act(boss, eva, "role", role="SENDER").status_code == 400
    assert act(boss, eva, "nonsense").status_code == 400


def test_sessions_of_others_can_be_ended(house: House, boss: Member) -> None:
    """All of them, with a reason."""
    eva = signed_in(house)
    assert act(boss, eva, "sessions", reason="").status_code == 400
    assert act(boss, eva, "sessions").status_code == 303
    assert eva.browser.get("/account").status_code == 303


def test_operators_are_not_made_in_a_browser(house: House, boss: Member) -> None:
    """Nor reset, nor promoted: else one would be two. Nobody changes themself, and the last one stays."""
    other = member(house, Role.OPERATOR)
    for action, fields in (("reset", {}), ("role", {"role": "SUPPORT"}), ("bind", {"subject": "s"})):
        assert act(boss, other, action, **fields).status_code == 403, action
    eva = member(house)
    assert act(boss, eva, "role", role="OPERATOR").status_code == 403
    assert act(boss, boss, "disable").status_code == 400
    assert act(boss, other, "disable").status_code == 303
    assert act(boss, other, "enable").status_code == 403
    refused(ErrorKind.RULE_BROKEN, house.system.accounts.people.set_active, None, boss.person.id, False)
    refused(
        ErrorKind.RULE_BROKEN, house.system.accounts.people.set_role, None, boss.person.id, Role.SUPPORT, None
    )
