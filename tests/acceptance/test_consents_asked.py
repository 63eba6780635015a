"""Consents beside an acceptance: what is ticked stands in the evidence, and in the issuer's book."""

from hashlib import sha256
from pathlib import Path

import pytest

from gateway.domain.consents import Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.states import State
from tests import judges
from tests.guest import Guest
from tests.house import House
from tests.orders import order

ASKED = "post WAIVE_POST true|offers MARKETING false|share DATA_SHARING false"
IDENTITY = "12345678Z"


def arrived(house: House, asked: str = ASKED) -> Guest:
    """A recipient who has read the text."""
    guid = house.submit(order(service="ACCEPTANCE", subject="Renuncia", consents=asked)).guid
    house.drain()
    guest = house.guest(guid)
    guest.read()
    return guest


def accept(guest: Guest, *ids: str) -> None:
    guest.consent(*ids)
    guest.ask()
    guest.sign()
    guest.house.drain()


def test_what_is_ticked_is_proven_and_kept(small_house: House, tmp_path: Path) -> None:
    """State 12; the evidence tells each answer with its words, and the book has what was given alone."""
    house = small_house
    guest = arrived(house)
    accept(guest, "post", "share")
    assert house.state(guest.guid) == (12, 7)
    assert judges.proven(house, guest.guid, tmp_path / "proof")[-1] == "Accepted"
    facts = house.verified(house.evidence(guest.guid)[-1].octets).facts
    assert facts is not None
    told = dict(facts.details)
    assert told["consent_1"] == "post|2026-01|given"
    assert told["consent_2"] == "offers|2026-01|refused"
    assert told["consent_3"] == "share|2026-01|given"
    assert told["consent_2_text"] == "Consiento: offers."
    assert told["consent_2_sha256"] == sha256(b"Consiento: offers.").hexdigest()
    book = house.system.signing.consent_book
    issuer = house.status(guest.guid).record.issuer
    kept = book.list(issuer, "12.345.678-z")
    assert [(each.consent, each.guid, each.version) for each in kept] == [
        ("post", guest.guid, "2026-01"),
        ("share", guest.guid, "2026-01"),
    ]
    now = house.clock.now()
    assert book.holds(issuer, IDENTITY, Purpose.WAIVE_POST, now)
    assert not book.holds(issuer, IDENTITY, Purpose.MARKETING, now)
    assert not book.holds(issuer, IDENTITY, Purpose.WAIVE_POST, kept[0].given_at.replace(year=2000))
    assert not book.list(issuer + 1, IDENTITY)
    assert not book.list(issuer, "00000000T")
    assert "offers|2026-01|refused" in judges.printed(house, guest.guid, tmp_path)


def test_a_mandatory_one_is_demanded(small_house: House) -> None:
    """Neither the form without it nor a way around the form is an acceptance; nothing is kept."""
    guest = arrived(small_house)
    with pytest.raises(GatewayError) as refused:
        guest.consent("offers")
    assert refused.value.kind is ErrorKind.CONSENT_MISSING
    guest.ask()
    with pytest.raises(GatewayError) as refused:
        guest.sign()
    assert refused.value.kind is ErrorKind.CONSENT_MISSING
    status = small_house.status(guest.guid)
    assert status.record.state is State.CHALLENGED
    assert not small_house.system.signing.consent_book.list(status.record.issuer, IDENTITY)
    guest.consent("post")
    guest.sign()
    small_house.drain()
    assert small_house.state(guest.guid) == (12, 7)


def test_the_last_answer_counts(small_house: House) -> None:
    """Boxes are changed as often as one likes until the act; ids that are not asked for are none."""
    guest = arrived(small_house)
    guest.consent("post", "offers")
    accept(guest, "post", "foreign")
    issuer = small_house.status(guest.guid).record.issuer
    kept = small_house.system.signing.consent_book.list(issuer, IDENTITY)
    assert [each.consent for each in kept] == ["post"]


def test_a_consent_is_withdrawn(small_house: House) -> None:
    """It holds no more from then on, and the audit log says why; the book still tells that it was given."""
    guest = arrived(small_house)
    accept(guest, "post")
    book, issuer = small_house.system.signing.consent_book, small_house.status(guest.guid).record.issuer
    with pytest.raises(GatewayError):
        book.withdraw(issuer + 1, IDENTITY, "post", "LETTER-1")
    with pytest.raises(GatewayError):
        book.withdraw(issuer, IDENTITY, "post", "said so by phone")
    given_until = small_house.clock.now()
    assert book.withdraw(issuer, IDENTITY, "post", "LETTER-1") == 1
    assert not book.holds(issuer, IDENTITY, Purpose.WAIVE_POST, small_house.clock.now())
    (kept,) = book.list(issuer, IDENTITY)
    assert kept.withdrawn_at is not None
    assert kept.withdrawn_at >= given_until
    with pytest.raises(GatewayError):
        book.withdraw(issuer, IDENTITY, "post", "LETTER-1")
