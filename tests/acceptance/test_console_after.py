"""What the console tells of transactions that are gone, contacts that are blocked, issuers that are deaf."""

import re

import pytest

from gateway.domain.contact import ContactKind
from gateway.domain.feedback import FeedbackKind, Subscription
from gateway.domain.staff import Role
from tests.console_site import Site
from tests.custody_samples import ready_to_purge
from tests.house import House
from tests.orders import ANA, order

HOOK = "https://bank.example/hook"
CLEAR = ("García", "ana@example.org", "600000123", "12345678Z")


@pytest.fixture
def site(small_house: House) -> Site:
    return Site(small_house).sign_in(Role.SUPERVISOR)


def test_of_a_purged_transaction_the_tombstone_answers(site: Site) -> None:
    """It is found by its GUID and by its external id, and its page says what is left, which is nobody."""
    guid = ready_to_purge(site.house)
    external_id = site.house.status(guid).record.external_id
    phone = site.post("/console/search", q="600000123").location
    assert guid in site.get(phone).text
    site.house.system.purge()
    site.house.drain()
    assert guid not in site.get(phone).text
    for typed in (guid, external_id):
        found = site.get(site.post("/console/search", q=typed).location)
        assert guid in found.text
        assert "Purged" in found.text
    page = site.get(f"/console/t/{guid}")
    assert page.status_code == 410
    assert "End of custody" in page.text
    assert not any(value in page.text for value in (*CLEAR, external_id))
    assert site.post(f"/console/t/{guid}/unmask", reason="r").status_code == 404
    assert site.get(f"/console/t/{guid}/files").status_code == 404
    assert "TOTAL-PASSED" in site.post(f"/console/t/{guid}/verify", reason="a heir asks").text


def test_a_blocked_contact_is_shown_and_let_go(site: Site) -> None:
    """Also after the end: strangers complain when they like."""
    guid = site.house.submit(order(ANA)).guid
    site.house.drain()
    site.house.cancel(guid)
    site.house.drain()
    assert "/do/resend" not in site.get(f"/console/t/{guid}").text
    form = {"to": "0", "kind": "PHONE", "everywhere": "yes", "reason": "a stranger called"}
    assert site.post(f"/console/t/{guid}/do/block", form | {"once": "1"}).status_code == 303
    assert "Blocked: Telephone" in site.get(f"/console/t/{guid}").text
    assert site.house.system.desk.block.blocked(guid, 0, ContactKind.PHONE)
    assert site.post(f"/console/t/{guid}/do/unblock", form | {"once": "2"}).status_code == 303
    assert "Blocked: Telephone" not in site.get(f"/console/t/{guid}").text
    assert not site.house.system.desk.block.blocked(guid, 0, ContactKind.PHONE)


def test_feedback_is_seen_and_told_again(site: Site) -> None:
    """Each notification with its attempts; a dead one is replayed with a reason, and nobody else may."""
    house = site.house
    with house.tech.database.write() as uow:
        now = house.clock.now()
        uow.subscriptions.add(Subscription("sub", 1, FeedbackKind.WEBHOOK, HOOK, ("*",), now))
        uow.commit()
    guid = house.submit(order(ANA)).guid
    with house.tech.database.write() as uow:
        queued = uow.feedback.next("sub", house.clock.now())
        assert queued is not None
        taken = uow.feedback.take(queued, house.clock.now(), house.clock.now())
        assert taken is not None
        assert uow.feedback.bury(taken)
        uow.commit()
    path = f"/console/feedback/{queued.notification.id}/replay"
    for page in (f"/console/t/{guid}", "/console/queues"):
        assert path in site.get(page).text
    assert HOOK in site.get("/console/issuers/1").text
    site.sign_in(Role.AUDITOR)
    assert path not in site.get(f"/console/t/{guid}").text
    assert site.post(path, reason="r").status_code == 403
    site.sign_in(Role.SUPPORT)
    assert site.post(path, reason=" ").status_code == 400
    assert site.post(path, reason="mended", back=f"/console/t/{guid}").location == f"/console/t/{guid}"
    assert path not in site.get("/console/queues").text
    assert site.post("/console/feedback/none/replay", reason="r").status_code == 404
    site.sign_in(Role.AUDITOR)
    assert re.search(r"feedback-replayed.*?mended", site.get("/console/audit").text, re.DOTALL)
