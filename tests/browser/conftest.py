"""Gives browser tests a portal over a real HTTP server on loopback, and a headless Chromium as a phone.

A missing Chromium is a skip at home and a failure where CI=true.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gateway.entrypoints.web.app import portal_app
from tests.browser.portal_double import TOKEN, PortalDouble
from tests.fakes import serving

ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = {"width": 390, "height": 844}


@dataclass
class Site:
    """A served portal: its link, the double behind it, and what the browser complained about."""

    double: PortalDouble
    origin: str
    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    @property
    def link(self) -> str:
        return f"{self.origin}/a/{TOKEN}"

    def watch(self, page: Page) -> Page:
        """Note console errors (a broken content policy is one) and requests to any other host."""
        page.on("console", lambda said: said.type == "error" and self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda asked: self._asked(asked.url))
        return page

    def _asked(self, url: str) -> None:
        if not url.startswith(self.origin):
            self.strangers.append(url)

    def settled(self) -> None:
        """Nothing was blocked and nobody else was asked."""
        assert self.complaints == []
        assert self.strangers == []


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed")
        pytest.skip("chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGS))
        yield browser
        browser.close()


@pytest.fixture
def serve() -> Iterator[Callable[[PortalDouble], Site]]:
    """Serve a double's portal over HTTP, as the demonstration does."""
    with ExitStack() as servers:

        def start(double: PortalDouble) -> Site:
            app = portal_app(double.use_cases, key=b"k" * 32, secure=False, clock=double.clock)
            port = servers.enter_context(serving(app, threads=4))
            return Site(double, f"http://127.0.0.1:{port}")

        yield start


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A new phone: 390 by 844, touch, with or without script."""
    contexts = []

    def pick(*, script: bool = True, **more: object) -> BrowserContext:
        context = chromium.new_context(
            viewport=PHONE,  # type: ignore[arg-type]
            java_script_enabled=script,
            has_touch=True,
            locale="es-ES",
            **more,  # type: ignore[arg-type]
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield pick
    for context in contexts:
        context.close()
