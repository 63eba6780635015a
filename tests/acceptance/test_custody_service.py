"""CUSTODY: nobody receives anything; the time-stamp of the digests decides, and all is closed at once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from gateway.adapters.xml.names import ERDS
from gateway.domain.errors import ErrorKind
from gateway.domain.states import State
from tests import judges
from tests.house import BANK, House, refused
from tests.orders import Paper, order
from tests.pdf_samples import plain

PAPERS = (Paper(plain()), Paper(bytes(range(256)), "actas.bin", "application/octet-stream"))
ORDER = order(service="CUSTODY", papers=PAPERS)


def test_from_submit_to_closed_without_anybody(house: House, tmp_path: Path) -> None:
    """State 12 and result 7 after the last task, by 3, 10 and 11 alone; no message ever left."""
    guid = house.submit(order(service="CUSTODY", papers=PAPERS)).guid
    house.drain()
    assert house.state(guid) == (12, 7)
    reached = [event.state for event in house.events(guid)]
    assert list(dict.fromkeys(reached)) == [0, 1, 2, 3, 10, 11, 12]
    assert house.status(guid).record.profile.skips == set(State) - set(reached)
    assert house.kinds(guid)[-2:] == ["CERTIFIED", "PACKED"]
    assert not house.messages()
    assert house.drain() == 0
    assert not house.system.support.dead_tasks(10)


def test_its_evidence_holds_before_foreign_judges(small_house: House, tmp_path: Path) -> None:
    """Valid by ETSI's schema with one empty RecipientDetails, and signed; it tells what was time-stamped."""
    house = small_house
    guid = house.submit(ORDER).guid
    house.drain()
    assert judges.proven(house, guid, tmp_path / "proof") == ["SubmissionAcceptance", "TakenIntoCustody"]
    for file in house.evidence(guid):
        [details] = etree.fromstring(file.octets).iter(f"{{{ERDS}}}RecipientDetails")
        assert len(details) == 0
        assert b"NoRecipient" in file.octets
        facts = house.verified(file.octets).facts
        assert facts is not None
        assert facts.recipients == ()
    with house.tech.database.read() as uow:
        stamp = uow.stamps.get(guid)
    assert stamp is not None
    details = dict(facts.details)
    assert details["time_stamp"] == stamp.stamped_at.isoformat()
    assert [each.stamped_sha256 is not None for each in facts.documents] == [True, True]


def test_the_certificate_says_what_it_proves(small_house: House, tmp_path: Path) -> None:
    """Existence and integrity at a date, of documents without recipients, in both languages."""
    guid = small_house.submit(ORDER).guid
    small_house.drain()
    text = judges.printed(small_house, guid, tmp_path)
    for words in (
        "CustodiaElectrónicaCertificada",
        "existíanenelmomentodelsellodetiempo",
        "existedatthetimeofthetime-stamp",
        "Puestaencustodia",
        "Esteservicionotienedestinatarios",
        "actas.bin",
    ):
        assert words in text


@pytest.mark.parametrize("drained", [False, True])
def test_nothing_is_cancelled_once_it_is_kept(small_house: House, drained: bool) -> None:
    """The issuer may take it back before the seal, and never afterwards."""
    guid = small_house.submit(ORDER).guid
    if drained:
        small_house.drain()
        refused(ErrorKind.CLOSED, small_house.cancel, guid)
    else:
        small_house.cancel(guid)
        small_house.drain()
    assert small_house.state(guid) == (12, 7 if drained else 99932)


def test_time_may_end_before_the_seal(small_house: House, tmp_path: Path) -> None:
    """While no authority answered, time_to_close passed: it expires, and is proven so."""
    guid = small_house.submit(order(service="CUSTODY", papers=PAPERS, time_to_close="PT1H")).guid
    small_house.clock.advance(timedelta(hours=2))
    assert small_house.expire() == 1
    small_house.drain()
    assert small_house.state(guid) == (12, 99906)
    assert judges.proven(small_house, guid, tmp_path / "proof")[-1] == "Expired"


def test_a_later_start_is_refused(small_house: House) -> None:
    """Nothing is sent, so there is nothing whose start could wait."""
    start = (small_house.clock.now() + timedelta(days=1)).isoformat(timespec="seconds")
    refused(ErrorKind.RULE_BROKEN, small_house.submit, order(service="CUSTODY", send_at=start))


def test_a_test_ends_alike(small_house: House) -> None:
    """In the sandbox custody needs no script to end at 12."""
    small_house.system.support.set_profile(BANK.number, {"sandbox": True})
    guid = small_house.submit(order(service="CUSTODY"), replace(BANK, sandbox=True)).guid
    small_house.drain()
    assert small_house.state(guid) == (12, 7)
