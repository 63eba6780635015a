"""A seller at the web sender's pages, filling forms in as a browser does; it expects nothing."""

import io
import re
from dataclasses import dataclass, field
from typing import Any

from lxml import html
from werkzeug.test import TestResponse

from gateway.domain.staff import Role
from tests.house import House
from tests.pdf_samples import plain
from tests.sending import ANA, RIVAL, SHOP, Sending
from tests.staff import Browser, signed_in

DRAFT = re.compile(r"/send/drafts/([0-9a-f]{32})")


@dataclass
class Seller:
    """Somebody of an issuer, signed in; `page` is the last page seen, `answer` its response."""

    house: House
    browser: Browser
    page: Any = None
    answer: Any = None
    draft: str = ""
    visited: list[str] = field(default_factory=list)

    def see(self, path: str) -> TestResponse:
        return self._shown(self.browser.get(path))

    def fill(self, form: str, **fields: Any) -> TestResponse:
        """Send the form of that id (or the first whose action ends like that), as it stands but for `fields`;
        follow where it leads."""
        element = self._form(form)
        data: dict[str, Any] = {}
        for each in element.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
            kind = each.get("type", "")
            if kind == "file" or (kind in {"radio", "checkbox"} and each.get("checked") is None):
                continue
            value = each.value if each.tag != "textarea" else (each.text or "").removeprefix("\n")
            data[each.get("name")] = value or ""
        address = {"REMOTE_ADDR": self.browser.address}
        answer = self.browser.client.post(element.get("action"), data=data | fields, environ_base=address)
        self._shown(answer)
        while answer.status_code == 303:
            answer = self.see(answer.headers["Location"])
        return answer

    @property
    def words(self) -> str:
        return " ".join(self.page.text_content().split())

    def compose(self, octets: bytes = b"", name: str = "Contrato.pdf", **fields: Any) -> TestResponse:
        """Step 1, of a new draft."""
        self.see("/send/new")
        file = (io.BytesIO(octets or plain()), name)
        said = {"subject": "Su contrato", "body": "Le enviamos el contrato."}
        answer = self.fill("compose-form", document=file, **(said | fields))
        found = DRAFT.search(self.visited[-1])
        self.draft = found[1] if found else ""
        return answer

    def add(self, **person: str) -> TestResponse:
        return self.fill("add-form", **(ANA | person))

    def guid(self) -> str:
        found = re.search(r"/send/sent/([\d-]+\.par)", self.answer.text)
        return found[1] if found else ""

    def _shown(self, answer: TestResponse) -> TestResponse:
        self.answer = answer
        self.visited.append(answer.request.path)
        if answer.content_type.startswith("text/html"):
            self.page = html.fromstring(answer.text)
        return answer

    def _form(self, name: str) -> Any:
        found = self.page.xpath(f'//form[@id="{name}"]')
        found = found or [each for each in self.page.xpath("//form") if each.get("action", "").endswith(name)]
        return found[0]


def seller(house: House, issuer: int = SHOP.number, login: str = "") -> Seller:
    """Of the shop, unless told; `Sending(house)` registers it first."""
    member = signed_in(house, Role.SENDER, login or f"seller-{issuer}", issuer)
    return Seller(house, member.browser)


def shops(house: House) -> tuple[Seller, Seller]:
    """One of the shop and one of its rival."""
    Sending(house)
    return seller(house), seller(house, RIVAL.number)
