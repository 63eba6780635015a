"""Consents, by issuer and person: what was accepted, with the digest that the evidence has."""

from hashlib import sha256

import pytest

from gateway.domain.errors import ErrorKind
from gateway.entrypoints.cli import consents
from gateway.entrypoints.cli.arguments import parser
from gateway.usecases.consents import Consents
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
    found = Consents(house.tech.database)
    (consent,) = found(number, "12.345.678-z")
    assert consent.guid == given
    assert consent.text_sha256 == sha256(f"{SUBJECT}\n{BODY}".encode()).hexdigest()
    assert consent.at == house.recipients(given)[0].decided_at
    assert found(number, "00000000T") == []
    refused(ErrorKind.ISSUER_UNKNOWN, found, 77, "12345678Z")
    asked = parser().parse_args(["issuer", "consents", str(number), "12345678Z"])
    assert consents.run(asked, found) == 0
    assert capsys.readouterr().out.startswith(f"{given}\t")
