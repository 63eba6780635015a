"""Pages shown one by one: kept once, and asked for before the act where the issuer wants it."""

from datetime import timedelta

import pytest

from gateway.adapters.pages import drawer
from gateway.domain.errors import ErrorKind
from gateway.domain.record import EventRecord
from gateway.domain.viewing import Manner
from tests.house import House, refused
from tests.orders import Paper, order
from tests.pdf_samples import plain

TWO_PAPERS = (Paper(plain(3), "Contrato.pdf"), Paper(plain(1), "Anexo.pdf"))


def submit(house: House, **more: str) -> str:
    guid = house.submit(order(papers=TWO_PAPERS, **more)).guid
    house.drain()
    return guid


def of_kind(house: House, guid: str, kind: str) -> list[EventRecord]:
    return [event for event in house.events(guid) if event.kind == kind]


def test_the_act_waits_for_every_page(house: House) -> None:
    """Neither a code nor the act without each page of each document; then the evidence says which were."""
    guid = submit(house, must_scroll="true")
    guest, viewing = house.guest(guid), house.system.signing.viewing
    guest.read()
    guest.look(0, 0)
    guest.look(0, 2)
    refused(ErrorKind.PAGES_UNSEEN, house.system.request_code, guest.session)
    missing = viewing.missing(guest.session)
    assert [(each.document.position, each.pages) for each in missing] == [(0, (1,)), (1, (0,))]
    assert not of_kind(house, guid, "CODE_REQUESTED")
    assert not of_kind(house, guid, "CHALLENGED")
    guest.look(0, 1)
    viewing.text(guest.session, 1, 0)
    assert viewing.missing(guest.session) == ()
    guest.ask()
    guest.sign()
    house.drain()
    assert house.state(guid) == (12, 7)
    details = dict(of_kind(house, guid, "DECIDED_ALL")[0].details)
    assert details["pages_shown"] == "1: 1-3 of 3; 2: 1 of 1"
    assert len(details["conditions_sha256"]) == 64
    assert details["conditions_version"] == "1.0"


def test_a_page_is_kept_the_first_time_alone(small_house: House) -> None:
    """Looking again writes nothing; one event, with evidence, tells that a document was shown whole."""
    guid = submit(small_house)
    guest = small_house.guest(guid)
    guest.enter()
    small_house.system.consult.accept_conditions(guest.session)
    guest.look(0, 0)
    assert small_house.kinds(guid).count("CONSULTED") == 1
    before = small_house.kinds(guid)
    small_house.clock.advance(timedelta(minutes=1))
    guest.look(0, 0)
    small_house.system.signing.viewing.text(guest.session, 0, 0)
    assert small_house.kinds(guid) == before
    guest.look(0, 1)
    guest.look(0, 2)
    [shown] = of_kind(small_house, guid, "DOCUMENT_SHOWN")
    details = dict(shown.details)
    assert (details["document"], details["pages"]) == ("1", "3")
    assert details["first_shown_at"] < details["last_shown_at"]
    with small_house.tech.database.read() as uow:
        assert [page.manner for page in uow.shown_pages.of(guid, 0, 0)] == [Manner.IMAGE] * 3
    small_house.drain()
    assert any(file.evidence.id == shown.id for file in small_house.evidence(guid))


def test_pages_are_shown_at_their_stage_alone(small_house: House) -> None:
    """Not before the conditions, not of another's document, and not a page that is none."""
    guid = submit(small_house)
    guest = small_house.guest(guid)
    guest.enter()
    refused(ErrorKind.STEP_OUT_OF_ORDER, guest.look, 0, 0)
    small_house.system.consult.accept_conditions(guest.session)
    refused(ErrorKind.DOCUMENT_NOT_FOUND, guest.look, 2, 0)
    refused(ErrorKind.DOCUMENT_NOT_FOUND, guest.look, 0, 3)
    guest.reject()
    refused(ErrorKind.CLOSED, guest.look, 0, 0)


def test_what_cannot_be_drawn_is_downloaded(small_house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that PDFium does not draw holds nobody up: the whole document, downloaded, shows it."""
    guid = submit(small_house, must_scroll="true")
    guest, viewing = small_house.guest(guid), small_house.system.signing.viewing
    guest.enter()
    small_house.system.consult.accept_conditions(guest.session)
    small_house.system.consult.show_documents(guest.session)
    guest.look(1, 0)
    with monkeypatch.context() as broken:
        broken.setattr(drawer, "WORKER", "/nowhere/worker.py")
        for page in range(3):
            assert not viewing.page(guest.session, 0, page, 0).drawn
            refused(ErrorKind.PAGE_NOT_DRAWN, guest.look, 0, page)
    assert [each.pages for each in viewing.missing(guest.session)] == [(0, 1, 2)]
    small_house.system.consult.read_document(guest.session, 0)
    assert viewing.missing(guest.session) == ()
    guest.ask()
    guest.sign()
    assert small_house.state(guid)[0] >= 10


def test_purging_forgets_what_was_shown(house: House) -> None:
    """Nothing of a recipient's reading outlives the transaction's rows."""
    guid = submit(house)
    house.guest(guid).read()
    house.guest(guid).look(0, 0)
    with house.tech.database.write() as uow:
        assert uow.shown_pages.of(guid, 0, 0)
        uow.tombstones.erase(guid)
        assert not uow.shown_pages.of(guid, 0, 0)
