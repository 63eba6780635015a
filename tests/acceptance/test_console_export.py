"""Exports of a search: written by a task, watched, taken once by whoever asked, masked by default."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.domain.export import ExportPhase
from gateway.domain.staff import Role
from gateway.usecases.console import write_export
from tests.console_site import PEOPLE, Site
from tests.house import House
from tests.orders import ANA, LUIS, order

CLEAR = ("Ana", "ana@example.org", "600000123", "12345678Z", "Luis")


@pytest.fixture
def site(small_house: House) -> Site:
    for number in range(5):
        small_house.submit(order(ANA, LUIS, external_id=f"=ORDER-{number}"))
    return Site(small_house).sign_in(Role.SUPERVISOR)


def asked(site: Site, query: str = "by=recent", **fields: str) -> str:
    """The address of a new export."""
    answer = site.post(f"/console/export?{query}", fields, reason="monthly report")
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def rows(octets: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(octets.decode("utf-8-sig"))))


def test_an_export_is_watched_and_taken_once(site: Site) -> None:
    """First it is being written, then it is ready, then it is gone: its file too."""
    at = asked(site)
    watched = site.get(at).text
    assert 'data-refresh="2"' in watched
    assert site.post(at).status_code == 409
    site.house.drain()
    ready = site.get(at).text
    assert "5 of 5 transactions written" in ready
    assert "data-refresh" not in ready
    answer = site.post(at)
    assert answer.status_code == 200
    found = rows(answer.data)
    assert len(found) == 1 + 5 * 2
    assert {row[4] for row in found[1:]} == {f"'=ORDER-{number}" for number in range(5)}
    assert not any(value in answer.text for value in CLEAR)
    assert site.post(at).status_code == 404
    assert list(site.house.settings.vault.spool.iterdir()) == []
    assert "Downloaded" in site.get("/console/exports").text


def test_a_file_at_rest_is_not_readable(site: Site) -> None:
    """What waits for its download is encrypted, also when it is in clear for who takes it."""
    at = asked(site, clear="yes")
    site.house.drain()
    [file] = site.house.settings.vault.spool.iterdir()
    assert b"ana@example" not in file.read_bytes()
    assert "ana@example.org" in site.post(at).text


def test_pages_of_an_export_follow_each_other(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the size of a page, each transaction is written once; a file has an end."""
    monkeypatch.setattr(write_export, "PAGE", 2)
    at = asked(site)
    site.house.drain()
    assert len({row[1] for row in rows(site.post(at).data)}) == 1 + 5
    monkeypatch.setattr(write_export, "MOST", 4)
    at = asked(site)
    site.house.drain()
    assert len({row[1] for row in rows(site.post(at).data)}) == 1 + 4


def test_a_search_of_a_person_is_exported_by_its_mark(site: Site) -> None:
    """The address of the search, which tells nobody, is all that the export needs."""
    query = site.post("/console/search", q="600000123").location.partition("?")[2]
    at = asked(site, query)
    site.house.drain()
    assert len(rows(site.post(at).data)) == 1 + 5 * 2
    with site.house.tech.database.read() as uow:
        stored = uow.exports.of(PEOPLE[Role.SUPERVISOR].id, 10)
    assert "600000123" not in stored[0].search


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.AUDITOR, Role.SENDER])
def test_who_may_not_export_does_not(site: Site, role: Role) -> None:
    """Neither page nor form, nor another's file."""
    at = asked(site)
    site.house.drain()
    site.sign_in(role)
    assert "/console/export" not in site.get("/console").text
    assert site.get("/console/export").status_code == 403
    assert site.post("/console/export?by=recent", reason="r").status_code == 403
    assert site.get(at).status_code == 403
    assert site.post(at).status_code == 403


def test_another_persons_export_is_not_there(site: Site) -> None:
    """An id that leaked is worth nothing to others, of whatever rank."""
    at = asked(site)
    site.house.drain()
    site.sign_in(Role.OPERATOR)
    assert site.get(at).status_code == 404
    assert site.post(at).status_code == 404
    assert at not in site.get("/console/exports").text


def test_a_file_that_nobody_takes_is_removed(site: Site) -> None:
    """After its life it is neither given out nor kept."""
    at = asked(site)
    site.house.drain()
    site.house.clock.advance(timedelta(hours=2))
    assert site.post(at).status_code == 404
    assert site.house.system.console.take.end() == 1
    assert site.house.system.console.take.end() == 0
    assert list(site.house.settings.vault.spool.iterdir()) == []
    assert "Over" in site.get(at).text


def test_two_workers_publish_one_file(site: Site) -> None:
    """A lease that ended while one still wrote: the second one's file counts, the first one's is removed."""
    at = asked(site)
    export_id = at.rpartition("/")[2]
    with site.house.tech.database.read() as uow:
        export = uow.exports.get(export_id)
    assert export is not None
    site.house.drain()
    with site.house.tech.database.write() as uow:
        assert not uow.exports.move(export, replace(export, phase=ExportPhase.READY, file_id="other"))
        assert not uow.exports.progress(export_id, 9, 9)
        uow.commit()
    assert site.post(at).status_code == 200


def test_an_export_needs_a_reason_and_is_audited(site: Site) -> None:
    """Who exported what, masked or clear, and who took it."""
    assert site.post("/console/export?by=recent", reason=" ").status_code == 400
    at = asked(site, clear="yes")
    site.house.drain()
    site.post(at)
    text = site.get("/console/audit?person=supervisor").text
    assert ":recent:clear:supervisor" in text
    assert "export-downloaded" in text
    assert "monthly-report" in text
