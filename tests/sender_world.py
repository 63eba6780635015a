"""A small company's web sender, served on loopback with something in every state. It expects nothing."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from gateway.domain.draft import Composition
from gateway.domain.staff import Role
from gateway.usecases.sender.drafts import Upload
from gateway.usecases.sender.people import addressee_of
from tests.fakes import serving
from tests.house import House
from tests.pdf_samples import plain
from tests.sending import CONTRACT, SHOP, Sending
from tests.staff import Member, signed_in

PEOPLE = (
    ("Ana", "García Muñoz", "600000123", "12345678Z"),
    ("Luis", "Núñez Prado", "600000456", "X1234567L"),
    ("Eva", "Gil Soto", "600000789", "00000000T"),
)
SUBJECTS = ("Contrato de mantenimiento", "Presupuesto de la cocina", "Contrato de alquiler del local")


@dataclass
class World:
    """`drafts` by what is missing of them: nothing (`ready`), or people (`begun`)."""

    house: House
    sending: Sending
    origin: str
    member: Member
    ready: str
    begun: str
    sent: str
    guids: list[str]

    def cookies(self) -> list[dict[str, Any]]:
        """Of the signed-in seller, for a browser."""
        held = self.member.browser.client.get_cookie("fehaciente-staff")
        assert held is not None
        return [{"name": held.key, "value": held.value, "url": self.origin}]


def addressee(number: int) -> Any:
    name, surname, phone, identifier = PEOPLE[number % len(PEOPLE)]
    return addressee_of(
        {
            "name": name,
            "surname": surname,
            "email": f"{name.lower()}@example.org",
            "phone": phone,
            "identifier": identifier,
            "notice": ("email", "both", "sms")[number % 3],
        }
    )


@contextmanager
def world(folder: Path) -> Iterator[World]:
    house = House(folder)
    sending = Sending(house)
    member = signed_in(house, Role.SENDER, "marta", SHOP.number)
    sending.asking = replace(sending.asking, person=member.person)
    sender = house.system.sender
    sender.alerts.turn(sending.asking, True)
    sender.templates.save(
        sending.asking, "c" * 32, 0, "Alquiler", "# Contrato de alquiler\n\n{{quien}} paga {{renta}} euros."
    )
    guids, last = [], ""
    for number, subject in enumerate(SUBJECTS):
        draft = sending.draft(addressee(number), said=replace(CONTRACT, subject=subject), octets=plain(2))
        guids += sending.guids(sending.send(draft))
        last = draft.id
        house.drain()
    house.guest(guids[0]).decide()
    house.guest(guids[1]).enter()
    house.drain()
    ready = sending.draft(*map(addressee, range(3)), said=replace(CONTRACT, subject="Contrato de obra"))
    upload = Upload("Presupuesto.pdf", "application/pdf", plain())
    begun = sender.drafts.create(sending.asking, "d" * 32, Composition(subject="Presupuesto"), upload)
    doors = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
    with serving(doors, threads=4) as port:
        origin = f"http://127.0.0.1:{port}"
        yield World(house, sending, origin, member, ready.id, begun.id, last, guids)
    house.close()


def csv_of(rows: int) -> bytes:
    """A list of so many people, as a spreadsheet writes it."""
    text = io.StringIO()
    text.write("nombre;apellidos;correo;telefono;identificador\n")
    for number in range(rows):
        name, surname, phone, identifier = PEOPLE[number % len(PEOPLE)]
        text.write(f"{name};{surname};p{number}@example.org;{phone};{identifier}\n")
    return text.getvalue().encode("cp1252")
