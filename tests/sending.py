"""A small company at the web sender, for tests of use cases. It holds no expectation of any test."""

from dataclasses import dataclass, field
from uuid import uuid4

from gateway.adapters.crypto import devpki
from gateway.adapters.crypto.issuer_keys import IssuerKeys
from gateway.domain.draft import Addressee, Composition, Draft
from gateway.domain.parties import Issuer
from gateway.domain.staff import Person, Role
from gateway.usecases.sender.desk import Asking
from gateway.usecases.sender.drafts import Upload
from gateway.usecases.sender.people import addressee_of
from tests.house import House
from tests.pdf_samples import plain

SHOP = Issuer(7, "Talleres Núñez, S.L.", "B00000007", "mailto:ayuda@talleres.example", integrated=False)
SELLER = Person("person-7", "marta", "Marta Núñez", Role.SENDER, 7)
RIVAL = Issuer(8, "Otra Empresa, S.L.", "B00000008", "mailto:ayuda@otra.example", integrated=False)
SPY = Person("person-8", "eva", "Eva Gil", Role.SENDER, 8)
CONTRACT = Composition(subject="Su contrato", body="Le enviamos el contrato para su firma.")
ANA = {"name": "Ana", "surname": "García", "email": "ana@example.org", "phone": "600000123",
       "identifier": "12345678Z"}  # fmt: skip


@dataclass
class Sending:
    """A house in which the shop, and its rival, may send."""

    house: House
    asking: Asking = field(default_factory=lambda: Asking(SELLER, "session-1"))

    def __post_init__(self) -> None:
        for issuer in (SHOP, RIVAL):
            certificate = self.issue(issuer)
            self.house.system.support.add_issuer(issuer, certificate)

    def issue(self, issuer: Issuer) -> bytes:
        """A key that the gateway holds for the issuer; its certificate (DER), not yet registered."""
        settings, now = self.house.settings, self.house.clock.now()
        chain, key = devpki.issue_issuer(settings.pki.anchors.parent, issuer.name, key="p256", now=now)
        return IssuerKeys(settings.sender.keys).add(issuer.number, key, chain, now)

    def draft(self, *people: Addressee, said: Composition = CONTRACT, octets: bytes = b"") -> Draft:
        drafts = self.house.system.sender.drafts
        upload = Upload("Contrato.pdf", "application/pdf", octets or plain())
        made = drafts.create(self.asking, uuid4().hex, said, upload)
        return drafts.set_addressees(self.asking, made.id, made.version, people or (addressee_of(ANA),))

    def send(self, draft: Draft) -> Draft:
        return self.house.system.sender.send(self.asking, draft.id, draft.version)

    def guids(self, draft: Draft) -> list[str]:
        with self.house.tech.database.read() as uow:
            return list(uow.drafts.guids(draft, 20_000))


def people(number: int) -> list[Addressee]:
    """So many recipients, each with an address of their own."""
    return [
        addressee_of(ANA | {"name": f"Ana {place}", "email": f"ana{place}@example.org"})
        for place in range(1, number + 1)
    ]
