"""ACCEPTANCE: one code accepts a text without a document; the evidence has the words and their digest."""

from hashlib import sha256
from pathlib import Path

from gateway.domain.results import RecipientState
from tests import judges
from tests.house import House
from tests.orders import order

SUBJECT, BODY = "Renuncia al correo postal", "Le enviamos el contrato para su firma."


def test_a_text_is_accepted(small_house: House, tmp_path: Path) -> None:
    """State 12, result 7, Accepted; whoever has the evidence has the text and can compute its digest."""
    house = small_house
    guid = house.submit(order(service="ACCEPTANCE", subject=SUBJECT)).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    assert house.recipients(guid)[0].state is RecipientState.ACCEPTED
    assert len(house.messages(f"code-{guid}-")) == 1
    assert judges.proven(house, guid, tmp_path / "proof")[-1] == "Accepted"
    facts = house.verified(house.evidence(guid)[-1].octets).facts
    assert facts is not None
    told = dict(facts.details)
    assert (told["text_subject"], told["text_body"]) == (SUBJECT, BODY)
    assert told["text_sha256"] == sha256(f"{SUBJECT}\n{BODY}".encode()).hexdigest()
    assert "AceptaciónElectrónicaCertificada" in judges.printed(house, guid, tmp_path)


def test_a_text_is_rejected(small_house: House) -> None:
    """Who does not accept says so: 8, and Declined."""
    guid = small_house.submit(order(service="ACCEPTANCE", subject=SUBJECT)).guid
    small_house.drain()
    guest = small_house.guest(guid)
    guest.read()
    guest.reject("No renuncio")
    small_house.drain()
    assert small_house.state(guid) == (12, 8)
    assert small_house.evidence(guid)[-1].evidence.event.endswith(":Declined")
