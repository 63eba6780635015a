"""ACCREDITATION: one code signs what is no contract: keys handed over, a budget, a SEPA mandate."""

from pathlib import Path

from tests import judges
from tests.house import House
from tests.orders import Paper, order
from tests.pdf_samples import plain

ORDER = order(service="ACCREDITATION", papers=[Paper(plain(), "Entrega de llaves.pdf")], subject="Entrega")


def test_from_submit_to_closed(small_house: House, tmp_path: Path) -> None:
    """One code, state 12, result 7, and a certificate of date, time, integrity and custody."""
    house = small_house
    guid = house.submit(ORDER).guid
    house.drain()
    house.guest(guid).decide()
    house.drain()
    assert house.state(guid) == (12, 7)
    assert len(house.messages(f"code-{guid}-")) == 1
    assert judges.proven(house, guid, tmp_path / "proof")[-2:] == ["ContentHandover", "Signed"]
    text = judges.printed(house, guid, tmp_path)
    assert "AcreditaciónElectrónicaCertificada" in text
    assert "lafechayhoradesuperfección" in text
    assert "Firmadaporeldestinatario" in text


def test_it_may_be_declined(small_house: House, tmp_path: Path) -> None:
    """Who does not agree says so, and the evidence is that of a rejection."""
    house = small_house
    guid = house.submit(ORDER).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    guest.reject("No he recibido las llaves")
    house.drain()
    assert house.state(guid) == (12, 8)
    assert judges.proven(house, guid, tmp_path / "proof")[-1] == "Declined"
    assert "Noherecibidolasllaves" in judges.printed(house, guid, tmp_path)
