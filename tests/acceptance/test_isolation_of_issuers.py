"""Another issuer's transaction does not exist: by GUID or external id, for any question."""

from collections.abc import Callable

import pytest

from gateway.domain.errors import ErrorKind
from gateway.usecases.commands import Reference
from gateway.usecases.results import DocumentKind
from tests.fakes import get_state
from tests.house import BANK, INSURER, House, refused
from tests.orders import order

EXTERNAL_ID = "LOAN-1"
QUESTIONS: dict[str, Callable[[House, Reference], object]] = {
    "state": lambda house, reference: house.system.queries.state(INSURER, reference),
    "events": lambda house, reference: house.system.queries.events(INSURER, reference),
    "originals": lambda house, reference: house.system.queries.documents(
        INSURER, reference, DocumentKind.ORIGINAL
    ),
    "copies": lambda house, reference: house.system.queries.documents(
        INSURER, reference, DocumentKind.STAMPED
    ),
    "signed": lambda house, reference: house.system.queries.documents(
        INSURER, reference, DocumentKind.SIGNED
    ),
    "evidence": lambda house, reference: house.system.queries.evidence(INSURER, reference, ""),
    "certificate": lambda house, reference: house.system.queries.certificate(
        INSURER, reference, "application/pdf"
    ),
    "pack": lambda house, reference: house.system.pack_of(INSURER, reference),
    "cancel": lambda house, reference: house.system.cancel(INSURER, reference, ""),
}


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("question", QUESTIONS)
def test_nothing_of_anothers(small_house: House, question: str, closed: bool) -> None:
    """Open or closed, by GUID or external id: NOT_FOUND, as for what never existed."""
    house = small_house
    guid = house.submit(order(external_id=EXTERNAL_ID)).guid
    if closed:
        house.drain()
        house.guest(guid).decide()
        house.drain()
    for reference in (Reference(guid), Reference(external_id=EXTERNAL_ID), Reference("no such GUID")):
        refused(ErrorKind.NOT_FOUND, QUESTIONS[question], house, reference)


def test_evidence_by_its_id(small_house: House) -> None:
    """Knowing an evidence's id does not help, not even beside a GUID of one's own."""
    house = small_house
    guid = house.submit(order(external_id=EXTERNAL_ID)).guid
    own = house.submit(order(external_id=EXTERNAL_ID), INSURER).guid
    evidence_id = house.evidence(guid)[0].evidence.id
    assert house.system.queries.evidence(BANK, Reference(guid), evidence_id)
    for reference in (Reference(guid), Reference(own), Reference(external_id=EXTERNAL_ID)):
        refused(ErrorKind.NOT_FOUND, house.system.queries.evidence, INSURER, reference, evidence_id)


def test_through_the_door(small_house: House) -> None:
    """The SOAP door tells issuers apart by their certificates: to the other it is as if it never was."""
    house = small_house
    guid, never = house.submit().guid, "001001-0001-999999999999999.par"
    status, body = house.post(house.signed(get_state(guid)))
    assert status == "200 OK"
    assert b"VALIDATED" in body
    _, foreign = house.post(house.signed(get_state(guid), INSURER))
    _, nothing = house.post(house.signed(get_state(never), INSURER))
    assert b"VALIDATED" not in foreign
    assert foreign.replace(guid.encode(), b"") == nothing.replace(never.encode(), b"")
