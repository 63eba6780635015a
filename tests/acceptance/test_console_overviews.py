"""Batches, issuers, queues and the audit log on the console's pages."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.batch import Batch, BatchItem, BatchPolicy, BatchStatus, ItemStatus
from gateway.domain.delivery import Channel, Outcome, Receipt
from gateway.domain.reports import MessagePart, Report, ReportKind, Taken
from gateway.domain.staff import Role
from tests.console_site import Site
from tests.couriers import Scripted
from tests.house import BANK, House
from tests.orders import ANA, order

BATCH = "ab" * 16


@pytest.fixture
def site(small_house: House) -> Site:
    return Site(small_house).sign_in(Role.SUPPORT)


def a_batch(house: House) -> str:
    """A batch of which one item was accepted and one refused; the GUID of the first."""
    guid = house.submit(order(ANA)).guid
    now = house.clock.now()
    batch = Batch(
        BATCH, 1, "JUNE 2026", BatchPolicy.BEST_EFFORT, 5, b"\x01" * 32, 99, "ab" * 32, True, "r", now
    )
    with house.tech.database.write() as uow:
        uow.keys.add(BATCH, house.tech.keks.new_key())
        assert uow.batches.add(batch)
        assert uow.batches.advance(batch, replace(batch, status=BatchStatus.RUNNING, total=3))
        uow.batch_items.add(
            [
                BatchItem(BATCH, 1, 0, 9, "ITEM-1", ItemStatus.ACCEPTED, guid),
                BatchItem(BATCH, 2, 9, 9, "=ITEM-2", ItemStatus.REFUSED, "", "E000501", "Ana has no e-mail"),
                BatchItem(BATCH, 3, 18, 9, "ITEM-3"),
            ]
        )
        uow.commit()
    return guid


def test_a_batch_shows_how_far_it_is(site: Site) -> None:
    """Counts, states, refused items by code and in the reader's language, and nothing of its people."""
    guid = a_batch(site.house)
    assert "JUNE 2026" in site.get("/console/batches").text
    text = site.get(f"/console/batches/{BATCH}").text
    for told in (
        "2 of 3 items have their answer",
        "E000501",
        "breaks a business rule",
        "=ITEM-2",
        'data-refresh="3"',
    ):
        assert told in text, told
    assert "Ana" not in text
    assert f'href="/console/t/{guid}"' in text, "from a batch to the story of each of its transactions"
    beyond = site.get(f"/console/batches/{BATCH}?beyond=1&after=99999999999999999999")
    assert beyond.status_code == 200
    assert guid not in beyond.text
    assert f"/console/batches/{BATCH}" in site.get(f"/console/t/{guid}").text


@pytest.mark.parametrize("typed", [BATCH, "JUNE 2026"])
def test_a_batch_is_found_by_either_name(site: Site, typed: str) -> None:
    """By its id and by what its issuer calls it."""
    a_batch(site.house)
    led = site.get("/console/batches", query_string={"q": typed})
    assert led.location == f"/console/batches/{BATCH}"
    searched = site.post("/console/search", by="batch", q=typed)
    assert searched.location == f"/console/batches/{BATCH}"


def test_no_batch_is_found_by_another_name(site: Site) -> None:
    a_batch(site.house)
    assert "Nothing was found" in site.get("/console/batches?q=MAY").text
    assert site.get("/console/batches/none").status_code == 404


def test_the_report_is_a_table_that_runs_nothing(site: Site) -> None:
    """Each item with its code in both languages; what looks like a formula is text."""
    a_batch(site.house)
    answer = site.post(f"/console/batches/{BATCH}/report", reason="the issuer asked")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["position", "1", "2"]
    assert rows[2][1] == "'=ITEM-2"
    assert "regla" in rows[2][6]
    site.sign_in(Role.SENDER)
    assert site.post(f"/console/batches/{BATCH}/report", reason="x").status_code == 403


def test_issuers_show_how_long_their_certificates_last(site: Site) -> None:
    """The list warns before one ends."""
    assert BANK.name in site.get("/console/issuers").text
    assert "days left" in site.get("/console/issuers/1").text
    assert site.get("/console/issuers/9").status_code == 404
    site.house.clock.advance(timedelta(days=100_000))
    assert 'badge bad">' in site.get("/console/issuers").text


def test_only_an_operator_changes_a_profile(site: Site) -> None:
    """With a reason and a row that names the fields; others neither see the form nor may post it."""
    fields = {
        "default_sign_method": "SMS",
        "daily_limit": "1000",
        "priority": "2",
        "active": "yes",
        "integrated": "yes",
    }
    for role in (Role.SUPPORT, Role.SUPERVISOR, Role.AUDITOR):
        site.sign_in(role)
        assert 'name="priority"' not in site.get("/console/issuers/1").text
        assert site.post("/console/issuers/1", fields, reason="r").status_code == 403
    site.sign_in(Role.OPERATOR)
    assert site.post("/console/issuers/1", fields | {"priority": "11"}, reason="r").status_code == 422
    assert 'value="BIOMETRIC"' in site.get("/console/issuers/1").text
    assert (
        site.post("/console/issuers/1", fields | {"default_sign_method": "NONE"}, reason="r").status_code
        == 422
    )
    assert site.post("/console/issuers/1", fields, reason="contract").location == "/console/issuers/1"
    with site.house.tech.database.read() as uow:
        issuer = uow.issuers.get(1)
    assert issuer is not None
    assert (issuer.default_sign_method.value, issuer.daily_limit, issuer.priority) == ("SMS", 1000, 2)
    text = site.get("/console/audit?about=0001").text
    assert "0001:daily_limit:priority:operator" in text


def test_the_queues_tell_what_waits_and_what_is_late(site: Site) -> None:
    """Kinds, lanes, leases, the authorities, and an alarm when no deposit was made in time."""
    guid = site.house.submit(order(ANA)).guid
    text = site.get("/console/queues").text
    assert "Stamp the documents" in text
    assert "Interactive" in text
    assert "overdue" not in text
    site.house.drain()
    assert guid
    site.house.clock.advance(timedelta(days=3))
    assert "overdue" in site.get("/console/queues").text


def test_messages_of_unknown_fate_and_reports_of_nobody_are_seen(site: Site) -> None:
    """Support sees what waits for a person, and has strays looked for again; it is audited."""
    house, channel = site.house, Scripted(site.house, Channel.SMS)
    channel.script = [lambda _: Receipt(Outcome.UNKNOWN, house.clock.now())]
    guid = house.submit(order(ANA)).guid
    house.drain()
    now = house.clock.now()
    told = Report(
        Channel.SMS, ReportKind.DELIVERED, now, b"x", "text/plain", reference="ops-7", provider="ops"
    )
    assert house.system.channels.receive(told) is Taken.UNMATCHED
    page = site.get("/console/queues")
    assert guid in page.text
    assert "Looked for" in page.text
    assert "ops" in page.text
    site.post("/console/reports/match", reason="asked by the issuer")
    with house.tech.database.read() as uow:
        name = uow.effects.of(guid)[0].id
    with house.tech.database.write() as uow:
        uow.message_parts.add(MessagePart(Channel.SMS, "ops-7", name, guid))
        uow.commit()
    site.post("/console/reports/match", reason="asked by the issuer")
    assert house.state(guid)[0] == 5
    assert "Looked for" not in site.get("/console/queues").text
    site.sign_in(Role.AUDITOR)
    assert "reports-matched" in site.get("/console/audit").text


def test_the_audit_log_is_for_those_who_answer_for_it(site: Site) -> None:
    """Newest first, by thing and by person; support sees neither the section nor the page."""
    guid = site.house.submit(order(ANA)).guid
    for number in range(60):
        site.post(f"/console/t/{guid}/unmask", reason=f"call {number}")
    assert site.get("/console/audit").status_code == 403
    assert "/console/audit" not in site.get("/console").text
    for role in (Role.AUDITOR, Role.SUPERVISOR, Role.OPERATOR):
        site.sign_in(role)
        first = site.get(f"/console/audit?about={guid}")
        assert first.text.count("personal-data-unmasked") == 50
        assert first.text.index("call-59") < first.text.index("call-58")
        after = first.text.split("&amp;after=")[1].split('"')[0]
        second = site.get(f"/console/audit?about={guid}&after={after}")
        assert second.text.count("personal-data-unmasked") == 10
        assert site.get("/console/audit?person=support").text.count("personal-data-unmasked") == 50
        assert "personal-data-unmasked" not in site.get("/console/audit?person=nobody").text
