"""The portal in another site, in a real browser: cookies, framing, and a button that presses itself."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from gateway.usecases.commands import Reference
from gateway.usecases.origins import IssuerOrigins
from tests.fakes import serving
from tests.house import BANK, House
from tests.security.door_world import IDENTIFIER, Scene, scene

Phone = Callable[..., BrowserContext]


@dataclass
class Bank:
    """A page of the issuer's, with one frame. 127.0.0.1 and localhost are two sites to a browser."""

    source: str = ""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])
        return [f'<!doctype html><title>Bank</title><iframe id="frame" src="{self.source}">'.encode()]


@pytest.fixture
def at(tmp_path: Path) -> Iterator[tuple[Scene, Bank, str, str, str]]:
    """The scene, the page, and the addresses of the portal, a registered site and a stranger's."""
    house, bank = House(tmp_path), Bank()
    found = scene(house)
    with ExitStack() as servers:
        portal, registered, stranger = (
            servers.enter_context(serving(app, threads=4)) for app in (found.app, bank, bank)
        )
        origin = f"http://127.0.0.1:{registered}"
        IssuerOrigins(house.tech.database, house.clock).add_origin(BANK.number, origin)
        yield found, bank, f"http://localhost:{portal}", origin, f"http://127.0.0.1:{stranger}"
    house.close()


def link(at: Scene, portal: str) -> str:
    given = at.house.system.desk.access_url(BANK, Reference(at.guid), 0, "")
    return f"{portal}/e/{given.url.rpartition('/')[2]}"


@pytest.mark.parametrize("script", [True, False])
def test_a_recipient_is_led_in_a_frame(
    at: tuple[Scene, Bank, str, str, str], phone: Phone, script: bool
) -> None:
    """By script or by a button; the identifier is asked, and cookies hold."""
    found, bank, portal, registered, _ = at
    bank.source = link(found, portal)
    page = phone(script=script).new_page()
    page.goto(registered)
    frame = page.frame_locator("#frame")
    if not script:
        frame.locator("#ticket-form button").click()
    frame.locator("#identifier").fill(IDENTIFIER)
    frame.locator("#identify-form button").click()
    expect(frame.locator("#conditions-form")).to_be_visible()


def test_a_site_that_is_not_registered_shows_nothing(
    at: tuple[Scene, Bank, str, str, str], phone: Phone
) -> None:
    """The browser refuses to draw even the page of the button there, and the ticket stays good."""
    found, bank, portal, _, stranger = at
    bank.source = link(found, portal)
    page = phone().new_page()
    page.goto(stranger)
    page.wait_for_timeout(500)
    assert page.frame_locator("#frame").locator("#ticket-form, #identify-form").count() == 0
    with found.house.tech.database.read() as uow:
        assert "ACCESS_URL_USED" not in [event.kind for event in uow.events.of(found.guid)]
