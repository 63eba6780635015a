"""Letters and a simulated courier for tests: orders to people with postal addresses, and a house."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import etree

from gateway.adapters.channels.postal.collect import PostalStatuses
from gateway.bootstrap.post import postal_statuses
from scripts.sample_courier import SampleCourier, Taken
from tests.house import House
from tests.orders import NAMESPACE, Person, order

SETTINGS = "[post]\nchannel = folder\nprovider = Correo de Pruebas\nreturn_to = Apartado 1, 28080 Madrid\n"
MADRID = {"line1": "Calle Mayor 1", "line2": "2.º B", "postal_code": "28013", "city": "Madrid"}


def letters(*places: dict[str, str], letter: str = "", **more: str) -> bytes:
    """A POSTAL_NOTIFICATION to one person for each place (`country` ES unless told)."""
    people = [Person(f"Persona{n}", f"{n:08d}T", notice_method="POSTAL") for n, _ in enumerate(places, 1)]
    root: Any = etree.fromstring(order(*people, service="POSTAL_NOTIFICATION", **more))
    for recipient, place in zip(root.iter(f"{{{NAMESPACE}}}recipient"), places, strict=True):
        method = recipient.find(f"{{{NAMESPACE}}}notice_method")
        address = etree.Element(f"{{{NAMESPACE}}}postal_address")
        for name in ("line1", "line2", "postal_code", "city", "province", "country"):
            value = place.get(name, "ES" if name == "country" else "")
            if value:
                etree.SubElement(address, f"{{{NAMESPACE}}}{name}").text = value
        method.addnext(address)
    if letter:
        flow = etree.SubElement(root, f"{{{NAMESPACE}}}flow")
        etree.SubElement(flow, f"{{{NAMESPACE}}}letter").text = letter
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@dataclass
class Post:
    """A house whose letters go to a simulated courier."""

    folder: Path
    house: House = field(init=False)
    courier: SampleCourier = field(init=False)
    statuses: PostalStatuses = field(init=False)

    def __post_init__(self) -> None:
        self.house = House(self.folder, more=SETTINGS)
        self.courier = SampleCourier(self.house.settings.post.folder, self.folder / "bag")
        self.listen()

    def listen(self) -> None:
        """As a process that starts does."""
        receive = self.house.system.channels.receive
        [self.statuses] = postal_statuses(self.house.settings, self.house.clock, receive)

    def sent(self, *places: dict[str, str], **more: str) -> tuple[str, list[Taken]]:
        """Submit, hand over, and let the courier take them; the GUID and the letters in order."""
        guid = self.house.submit(letters(*(places or (MADRID,)), **more)).guid
        self.house.drain()
        return guid, sorted(self.courier.take(), key=lambda each: each.name)

    def told(self, taken: Taken, status: str, at: str = "", form: str = "csv", **more: str) -> None:
        """The courier tells one status, and the gateway takes it."""
        moment = at or self.house.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
        self.courier.tell({"reference": taken.reference, "status": status, "at": moment, **more}, form=form)
        self.statuses.collect()
        self.house.drain()
