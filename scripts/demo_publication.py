"""A publication that lasts half a minute: somebody reads it, and where it may be accepted, accepts it."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import urlopen

from lxml import html

from scripts.installation import until
from scripts.portal_driver import PortalDriver
from scripts.sample_order import PEOPLE, Order, loan

if TYPE_CHECKING:
    from scripts.demo_service import Asked, Stage

PERIOD = timedelta(seconds=40)


def make(asked: "Asked") -> Order:
    end = (datetime.now(UTC) + PERIOD).isoformat(timespec="seconds")
    return Order(
        asked.service,
        asked.method if asked.service == "ONCLICK_PUBLICATION" else "",
        (),
        (loan(),),
        {"time_to_close": end},
        subject="Anuncio de la junta general",
        body="Se publica para conocimiento de todos.",
    )


def read(stage: "Stage") -> None:
    """Somebody looks at the page and at its document."""
    address = wait_until_public(stage)
    page = html.document_fromstring(fetch(address))
    links = [each.get("href", "") for each in page.iter("a") if "view" in each.get("class", "").split()]
    octets = sum(len(fetch(urljoin(address, link))) for link in links)
    print(
        f"- Public at {address}; {len(links)} document of {octets} octets read. It lasts {PERIOD}", flush=True
    )


def accept(stage: "Stage") -> None:
    """Ana finds the page, becomes a recipient, and accepts with the code that her phone gets."""
    who = PEOPLE[0]
    with PortalDriver(wait_until_public(stage)) as portal:
        portal.join(name=who.name, surname=who.surname, identifier=who.identifier, phone=who.phone)
        print("- Ana wants to accept what is published, and goes on at a link of her own", flush=True)
        portal.identify(who.identifier).accept_conditions().read_documents()
        portal.request_code().wait_for_code()
        portal.sign(stage.outbox.code(stage.guid))
        print(f"- Ana: {portal.outcome}", flush=True)


def wait_until_public(stage: "Stage") -> str:
    address = f"{stage.installation.url}/p/{stage.guid}"

    def public() -> bool | None:
        try:
            return bool(fetch(address))
        except HTTPError:
            return None

    until(public, PERIOD.total_seconds())
    return address


def fetch(address: str) -> bytes:
    with urlopen(address, timeout=30) as answer:  # noqa: S310 (our own gateway's address)
        return bytes(answer.read())
