"""Consents, by issuer and person: what was accepted, with the digest that the evidence has."""

from datetime import timedelta
from hashlib import sha256

import pytest

from gateway.domain.consents import GivenConsent, Purpose
from gateway.domain.errors import ErrorKind
from gateway.entrypoints.cli import consents
from gateway.entrypoints.cli.arguments import parser
from gateway.usecases.accepted_texts import AcceptedTexts
from gateway.usecases.consent_book import ConsentBook
from tests.house import House, refused
from tests.orders import order

SUBJECT, BODY = "Renuncia al correo postal", "Le enviamos el contrato para su firma."


def test_what_a_person_accepted_is_found(small_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Not what they rejected, left undecided or signed; not another person's, nor another issuer's."""
    house = small_house
    orders = (order(service="ACCEPTANCE", subject=SUBJECT) for _ in range(3))
    given, rejected, _open = (house.submit(each).guid for each in orders)
    signed = house.submit(order()).guid
    house.drain()
    house.guest(given).decide()
    house.guest(signed).decide()
    guest = house.guest(rejected)
    guest.read()
    guest.reject("No renuncio")
    house.drain()
    number = int(given.split("-")[1])
    found = AcceptedTexts(house.tech.database)
    (consent,) = found(number, "12.345.678-z")
    assert consent.guid == given
    assert consent.text_sha256 == sha256(f"{SUBJECT}\n{BODY}".encode()).hexdigest()
    assert consent.at == house.recipients(given)[0].decided_at
    assert found(number, "00000000T") == []
    refused(ErrorKind.ISSUER_UNKNOWN, found, 77, "12345678Z")
    desk = consents.ConsentDesk(found, ConsentBook(house.tech.database, house.clock))
    asked = parser().parse_args(["issuer", "consents", str(number), "12345678Z"])
    assert consents.run(asked, desk) == 0
    assert capsys.readouterr().out.startswith(f"accepted\t{given}\t")


def test_a_consent_is_taken_back_by_command(small_house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """It is listed in force, then as withdrawn, and cannot be withdrawn twice."""
    house, book = small_house, ConsentBook(small_house.tech.database, small_house.clock)
    guid = house.submit(order(service="ACCEPTANCE", subject=SUBJECT)).guid
    with house.tech.database.write() as uow:
        given = GivenConsent(1, guid, 0, "post", Purpose.WAIVE_POST, "2", b"\1" * 32, house.clock.now())
        uow.consents.add("12345678Z", [given])
        uow.commit()
    desk = consents.ConsentDesk(AcceptedTexts(house.tech.database), book)
    words = ["issuer", "consents", "1", "12345678Z"]
    assert consents.run(parser().parse_args(words), desk) == 0
    assert capsys.readouterr().out.endswith("\tpost\t2\tWAIVE_POST\tin force\n")
    house.clock.advance(timedelta(seconds=1))
    assert consents.run(parser().parse_args([*words, "--withdraw", "post"]), desk) == 0
    assert "in force" not in capsys.readouterr().out
    refused(ErrorKind.RULE_BROKEN, book.withdraw, 1, "12345678Z", "post", "by-request")
