"""Browsers at the portal of a whole gateway, over WSGI, as attackers and recipients use them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lxml import html
from werkzeug.test import Client, TestResponse

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from tests.guest import Guest
from tests.house import House
from tests.orders import order

IDENTIFIER = "12345678Z"
ROOT = Path(__file__).resolve().parents[2]


def whole(house: House) -> Any:
    """Every door, as a server would mount it."""
    return wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))


@dataclass
class Browser:
    """One browser. It asserts nothing by itself; redirects are followed."""

    app: Any
    token: str
    address: str = "192.0.2.10"
    agent: str = "Mozilla/5.0 (phone)"
    client: Client = field(init=False)
    answer: TestResponse = field(init=False)

    def __post_init__(self) -> None:
        # Redirects that are followed must come from the same address.
        self.client = Client(lambda environ, start: self.app(environ | {"REMOTE_ADDR": self.address}, start))

    def ask(self, place: str = "", method: str = "GET", follow: bool = True, **more: Any) -> TestResponse:
        path = place if place.startswith("/") else f"/a/{self.token}/{place}".rstrip("/")
        self.answer = self.client.open(
            path.replace("/?", "?"),
            method=method,
            base_url="http://localhost",
            follow_redirects=follow,
            headers={"User-Agent": self.agent} | more.pop("headers", {}),
            **more,
        )
        return self.answer

    @property
    def page(self) -> html.HtmlElement:
        return html.document_fromstring(self.answer.data)

    @property
    def refusal(self) -> str:
        return str(self.page.xpath('string(//*[@id="refusal"]/@data-code)'))

    @property
    def here(self) -> str:
        """The place under the link of the page that is open."""
        return self.answer.request.path.removeprefix(f"/a/{self.token}").strip("/")

    def form(self, name: str) -> dict[str, str]:
        """Everything that the form of the open page would send, with its address under `action`."""
        (found,) = self.page.xpath("//form[@id=$id]", id=name)
        hidden = {each.get("name"): each.get("value") for each in found.xpath('.//input[@type="hidden"]')}
        return hidden | {"action": found.get("action")}

    def send(self, name: str, **fields: str) -> TestResponse:
        data = self.form(name) | fields
        return self.ask(data.pop("action"), "POST", data=data)

    def identify(self, value: str = IDENTIFIER) -> "Browser":
        self.ask()
        self.send("identify-form", identifier=value)
        return self

    def cookies(self) -> dict[str, str]:
        # Werkzeug's client offers no listing; its jar is this one attribute.
        return {cookie.key: cookie.value for cookie in self.client._cookies.values()}

    def plant(self, **cookies: str) -> None:
        for name, value in cookies.items():
            self.client.set_cookie(name.replace("__", "-"), value)


@dataclass
class Scene:
    """A contract that Ana has been told of; `anas` is her phone."""

    house: House
    guid: str
    app: Any

    @property
    def token(self) -> str:
        return self.house.link_token(self.guid)

    def browser(self, **more: Any) -> Browser:
        return Browser(self.app, self.token, **more)

    def guest(self) -> Guest:
        return self.house.guest(self.guid)


def scene(house: House, xml: bytes = b"") -> Scene:
    guid = house.submit(xml or order()).guid
    house.drain()
    return Scene(house, guid, whole(house))
