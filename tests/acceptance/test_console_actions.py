"""The console's actions: each with a reason and one audit row, done once, and by nobody who may not."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from gateway.domain.contact import ContactKind
from gateway.domain.record import TaskState
from gateway.domain.staff import Permission, Role
from tests.console_site import PEOPLE, Site
from tests.house import House
from tests.orders import ANA, LUIS, order

ONCE = re.compile(r'name="once" value="([^"]+)"')
ACTIONS = {
    "resend": (Permission.ACT, {}, "notice-resent"),
    "correct": (Permission.ACT, {"phone": "+34600000999"}, "recipient-corrected"),
    "block": (Permission.ACT, {"kind": "PHONE", "everywhere": "yes"}, "contact-blocked"),
    "cancel": (Permission.CANCEL, {"code": "DUPLICATE"}, "transaction-cancelled"),
}
STAFF = [Role.SUPPORT, Role.SUPERVISOR, Role.OPERATOR, Role.AUDITOR]


@pytest.fixture
def site(small_house: House) -> Site:
    return Site(small_house).sign_in(Role.SUPERVISOR)


def sent(house: House) -> str:
    guid = house.submit(order(ANA, LUIS)).guid
    house.drain()
    return guid


def audited(house: House, action: str) -> list[tuple[str, dict[str, Any]]]:
    with house.tech.database.read() as uow:
        rows = [entry for node in uow.audit.nodes() for entry in uow.audit.entries(node, 0, 1000)]
    return [(row.subject, json.loads(row.details)) for row in rows if row.action == action]


def form(site: Site, guid: str, action: str) -> str:
    """The token of a page to confirm."""
    seen = site.get(f"/console/t/{guid}/do/{action}?to=0")
    assert seen.status_code == 200, seen.text
    found = ONCE.search(seen.text)
    assert found
    return found[1]


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_done_once_and_audited(site: Site, action: str) -> None:
    """Sent twice by an impatient browser, it is done once, and one row says who did it and why."""
    guid = sent(site.house)
    _, fields, kept = ACTIONS[action]
    before = len(site.house.messages("notice-"))
    more = {"once": form(site, guid, action), "to": "0", "reason": "Ticket 77 of María"} | fields
    assert site.post(f"/console/t/{guid}/do/{action}", more).location == f"/console/t/{guid}"
    again = site.post(f"/console/t/{guid}/do/{action}", more)
    assert again.location == f"/console/t/{guid}"
    assert "nothing was done twice" in site.get(again.location).text
    [(subject, details)] = audited(site.house, kept)
    assert subject.startswith(guid)
    assert details == {"person": "supervisor", "reason": "Ticket-77-of-Maria"}
    site.house.drain()
    expected = {"resend": 1, "correct": 1, "block": 0, "cancel": 0}[action]
    assert len(site.house.messages("notice-")) - before == expected


@pytest.mark.parametrize("role", [*STAFF, Role.SENDER])
@pytest.mark.parametrize("action", ACTIONS)
def test_the_button_is_not_shown_and_the_use_case_refuses(site: Site, action: str, role: Role) -> None:
    """Who may not act sees no button, gets no page, and is refused whatever they post."""
    guid = sent(site.house)
    permission, fields, kept = ACTIONS[action]
    may = PEOPLE[role].may(permission)
    site.sign_in(role)
    assert (f"/do/{action}" in site.get(f"/console/t/{guid}").text) is may
    assert (site.get(f"/console/t/{guid}/do/{action}?to=0").status_code == 200) is may
    posted = site.post(f"/console/t/{guid}/do/{action}", {"once": "x", "to": "0", "reason": "r"} | fields)
    assert (posted.status_code == 303) is may
    assert posted.status_code in (303, 403)
    assert len(audited(site.house, kept)) == may


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("resend", {"reason": " "}, 422),
        ("correct", {"phone": "not a number"}, 422),
        ("correct", {"phone": "", "email": ""}, 422),
        ("block", {"kind": "FAX"}, 422),
        ("cancel", {"code": "BECAUSE"}, 422),
        ("resend", {"to": "9"}, 404),
        ("resend", {"to": "x"}, 404),
        ("explode", {}, 404),
        ("resend", {"csrf": "theirs"}, 403),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_done(
    site: Site, action: str, fields: dict[str, str], status: int
) -> None:
    """A bad value, no reason, another site's form, somebody who is not there."""
    guid = sent(site.house)
    more = {"once": "token", "to": "0", "reason": "because"} | fields
    answer = site.post(f"/console/t/{guid}/do/{action}", more)
    assert answer.status_code == status
    assert not any(audited(site.house, kept) for _, _, kept in ACTIONS.values())


def test_a_reported_number_is_corrected_and_blocked_by_one_form(site: Site) -> None:
    """Support hears of it once: the box blocks the former number everywhere, in the same step."""
    guid = sent(site.house)
    once = form(site, guid, "correct")
    assert 'name="block_former"' in site.get(f"/console/t/{guid}/do/correct?to=0").text
    told = {"once": once, "to": "0", "reason": "A stranger called", "phone": "+34600000999"}
    site.post(f"/console/t/{guid}/do/correct", told | {"block_former": "yes"})
    assert len(audited(site.house, "recipient-corrected")) == 1
    assert [row[0] for row in audited(site.house, "contact-blocked")] == [
        f"{guid}:1:PHONE:everywhere:supervisor"
    ]


def test_a_number_that_was_blocked_and_corrected_is_let_go(site: Site) -> None:
    """It stands on no page any more: it is typed, in any spelling; one that is not blocked is told."""
    guid, blocked = sent(site.house), site.house.system.desk.block
    told = {"to": "0", "reason": "r", "phone": "+34600000999", "block_former": "yes"}
    site.post(f"/console/t/{guid}/do/correct", told | {"once": form(site, guid, "correct")})
    assert f"/console/t/{guid}/do/unblock?to=0" in site.get(f"/console/t/{guid}").text
    given = {"to": "0", "reason": "our mistake", "kind": "PHONE", "everywhere": "yes"}
    address = f"/console/t/{guid}/do/unblock"
    wrong = site.post(address, given | {"former": "+34600000777", "once": form(site, guid, "unblock")})
    assert wrong.status_code == 422
    with site.house.tech.database.read() as uow:
        assert uow.blocks.blocked(ContactKind.PHONE, ANA.phone, "another")
    right = site.post(address, given | {"former": "0034 600 000 123", "once": form(site, guid, "unblock")})
    assert right.status_code == 303
    with site.house.tech.database.read() as uow:
        assert not uow.blocks.blocked(ContactKind.PHONE, ANA.phone, "another")
    assert not blocked.blocked(guid, 0, ContactKind.PHONE)


def test_custody_is_extended_by_those_who_may(site: Site) -> None:
    """Only what is closed has an end of custody to move, and only a supervisor moves it."""
    guid = sent(site.house)
    site.post(
        f"/console/t/{guid}/do/cancel",
        {"once": form(site, guid, "cancel"), "to": "0", "reason": "r", "code": "OTHER"},
    )
    site.house.drain()
    before = site.house.status(guid).record.custody_until
    more = {"to": "0", "reason": "court order", "years": "3"}
    for years in ("0", "51", "x"):
        assert (
            site.post(f"/console/t/{guid}/do/extend", more | {"once": years, "years": years}).status_code
            == 422
        )
    answer = site.post(f"/console/t/{guid}/do/extend", more | {"once": form(site, guid, "extend")})
    assert answer.status_code == 303
    after = site.house.status(guid).record.custody_until
    assert before is not None
    assert after is not None
    assert after.year == before.year + 3
    site.sign_in(Role.SUPPORT)
    assert site.post(f"/console/t/{guid}/do/extend", more | {"once": "z"}).status_code == 403


def test_a_dead_task_is_tried_again(site: Site) -> None:
    """It is seen on the story and in the queues, its error without addresses, and revived from there."""
    guid = site.house.submit(order(ANA)).guid
    with site.house.tech.database.write() as uow:
        [task] = uow.tasks.claim(site.house.clock.now(), site.house.clock.now(), 1)
        assert uow.tasks.bury(task, "550 ana@example.org said no")
        uow.commit()
    for page in (f"/console/t/{guid}", "/console/queues"):
        text = site.get(page).text
        assert f"/console/tasks/{task.id}/retry" in text
        assert "ana@example.org" not in text
        assert "550" in text
    back = f"/console/t/{guid}"
    assert site.post(f"/console/tasks/{task.id}/retry", reason="fixed", back=back).location == back
    assert (
        site.post(f"/console/tasks/{task.id}/retry", reason="fixed", back="//evil.example").location
        == "/console/queues"
    )
    with site.house.tech.database.read() as uow:
        assert {each.state for each in uow.stories.tasks(guid)} == {TaskState.READY}
    assert len(audited(site.house, "task-retried")) == 1
    site.sign_in(Role.AUDITOR)
    assert f"/console/tasks/{task.id}/retry" not in site.get("/console/queues").text
    assert site.post(f"/console/tasks/{task.id}/retry", reason="x").status_code == 403


@pytest.mark.parametrize("role", STAFF)
def test_files_are_taken_with_a_reason(site: Site, role: Role) -> None:
    """Each file that there is can be downloaded by its key; each download is a row."""
    guid = sent(site.house)
    site.post(f"/console/t/{guid}/do/cancel", {"once": "c", "to": "0", "reason": "r", "code": "OTHER"})
    site.house.drain()
    site.sign_in(role)
    page = site.get(f"/console/t/{guid}/files").text
    keys = re.findall(r'name="file" id="[^"]+" value="([^"]+)"', page)
    kinds = {key.partition(".")[0] for key in keys}
    assert kinds == {"certificate", "pack", "original", "stamped", "evidence"}
    for key in keys:
        answer = site.post(f"/console/t/{guid}/files", file=key, reason="asked by the court")
        assert answer.status_code == 200
        assert answer.data
        assert guid in answer.headers["Content-Disposition"]
        assert "attachment" in answer.headers["Content-Disposition"]
    rows = audited(site.house, "file-downloaded")
    assert len(rows) == len(keys)
    assert {details["person"] for _, details in rows} == {PEOPLE[role].login}
    assert site.post(f"/console/t/{guid}/files", file=keys[0], reason="").status_code == 400
    assert site.post(f"/console/t/{guid}/files", file="../../etc/passwd", reason="r").status_code == 404
    assert len(audited(site.house, "file-downloaded")) == len(keys)


def test_verification_shows_a_report_without_people(site: Site) -> None:
    """What is kept is verified as anybody could, and the masked report tells verdicts, not names."""
    guid = sent(site.house)
    answer = site.post(f"/console/t/{guid}/verify", reason="complaint")
    assert answer.status_code == 200
    assert "TOTAL-PASSED" in answer.text
    assert not any(value in answer.text for value in ("Ana", "Luis", "12345678Z", "example.org"))
    assert [details["reason"] for _, details in audited(site.house, "transaction-verified")] == ["complaint"]
    site.post(f"/console/t/{guid}/unmask", reason="complaint")
    assert "12345678Z" in site.post(f"/console/t/{guid}/verify", reason="complaint").text


def test_a_transaction_of_nowhere_has_no_pages(site: Site) -> None:
    """Every address below an unknown GUID answers alike."""
    nowhere = "/console/t/000001-0001-999999999999999.par"
    for path in ("/files", "/do/resend?to=0", ""):
        assert site.get(nowhere + path).status_code == 404
    for path, fields in (("/verify", {}), ("/files", {"file": "pack"}), ("/unmask", {})):
        assert site.post(nowhere + path, fields, reason="r").status_code == 404


def test_people_who_left_do_nothing(site: Site) -> None:
    """Somebody inactive is refused by the use cases, though a session still names them."""
    guid = sent(site.house)
    site.gate.inside = replace(PEOPLE[Role.OPERATOR], active=False)
    assert site.get(f"/console/t/{guid}").status_code == 403
    assert (
        site.post(f"/console/t/{guid}/do/resend", {"once": "x", "to": "0", "reason": "r"}).status_code == 403
    )
