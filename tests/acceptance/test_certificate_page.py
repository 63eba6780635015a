"""The page of the sign method CERTIFICATE and the door of AutoFirma, over HTTP, without script."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client, TestResponse

from gateway.bootstrap import keys
from gateway.bootstrap.doors import wsgi
from scripts.autofirma import AutoFirma
from tests.citizens import ANA, citizen
from tests.house import House
from tests.orders import Paper, order
from tests.pdf_samples import plain

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
SHOWN = re.compile(r'name="shown" value="([^"]+)"')
PROGRAM = re.compile(r'id="program-link" href="([^"]+)"')


class Browser:
    """A recipient's browser at their link, and the program on the same device."""

    def __init__(self, house: House, guid: str) -> None:
        self.house = house
        doors = wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings))
        self.client = Client(doors)
        self.link = f"/a/{house.link_token(guid)}"

    def open(self, page: str = "") -> str:
        return self.client.get(self.link + page, follow_redirects=True).get_data(as_text=True)

    def send(self, address: str, shown: str, **fields: object) -> TestResponse:
        token = TOKEN.search(shown)
        assert token, shown
        mark = SHOWN.search(shown)
        data = {"csrf": token[1]} | ({"shown": mark[1]} if mark else {}) | fields
        return self.client.post(self.link + address, data=data, follow_redirects=True)

    def enter(self) -> str:
        """Up to the page on which one signs."""
        self.send("", self.open(), identifier="12345678Z")
        self.send("/conditions", self.open("/conditions"), accept="yes")
        return self.send("/begin", self.open("/documents")).get_data(as_text=True)

    def program(self, by: str = "IDCES-12345678Z") -> AutoFirma:
        return AutoFirma(citizen(by), self.post)

    def post(self, url: str, body: bytes) -> bytes:
        return self.client.post(urlsplit(url).path, data=body).data

    def upload(self, shown: str, octets: bytes, number: int = 0) -> TestResponse:
        return self.send(f"/certificate/upload/{number}", shown, signed=(BytesIO(octets), "firmado.pdf"))

    def call(self, shown: str, number: int = 0) -> str:
        """The address that opens the program."""
        page = self.send(f"/certificate/call/{number}", shown).get_data(as_text=True)
        found = PROGRAM.search(page)
        assert found, page
        return unescape(found[1])


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(tmp_path)
    yield house
    house.close()


def sent(house: House, *papers: Paper) -> str:
    guid = house.submit(order(ANA, sign_method="CERTIFICATE", papers=papers)).guid
    house.drain()
    return guid


def test_autofirma_signs_by_its_own_protocol(house: House) -> None:
    """Called by its URI it fetches, signs and stores; the page takes what came, and the act is made."""
    guid = sent(house)
    browser = Browser(house, guid)
    shown = browser.enter()
    uri = browser.call(shown)
    assert '"waiting"' in browser.open("/certificate/status")
    assert browser.program().open(uri) == "OK"
    assert '"arrived"' in browser.open("/certificate/status")
    done = browser.send("/certificate/arrived", browser.open("/certificate"))
    assert 'data-outcome="signed"' in done.get_data(as_text=True)
    house.drain()
    assert house.state(guid) == (12, 7)
    assert house.kinds(guid).count("SIGNING_REQUESTED") == 1


def test_the_identifier_is_good_once_and_for_one_thing(house: House) -> None:
    """Replayed, guessed, late, cancelled or another's: nothing is given out or taken."""
    guid = sent(house)
    browser = Browser(house, guid)
    uri = browser.call(browser.enter())
    assert browser.program().open(uri) == "OK"
    assert browser.program().open(uri).startswith("ERR-")
    store = b"op=put&v=1_0&id=%s&dat=a|b"
    identifier = re.search(r"fileid=(\w+)", uri)[1].encode()  # type: ignore[index]
    for body in (store % identifier, store % b"A" * 20, store % b"../../etc", b"op=get&v=1_0&id=", b""):
        for place in ("store", "retrieve"):
            assert browser.post(f"http://x/autofirma/{place}", body).startswith(b"ERR-"), (body, place)
    late = browser.call(browser.open("/certificate"))
    house.clock.advance(house.settings.recipients.errand)
    assert browser.program().open(late).startswith("ERR-")
    assert house.state(guid)[0] == 8


def test_a_cancelled_program_leaves_everything_open(house: House) -> None:
    """The page says so and offers both ways again."""
    browser = Browser(house, sent(house))
    uri = browser.call(browser.enter())
    assert browser.program().open(uri, cancel=True) == "OK"
    assert '"over"' in browser.open("/certificate/status")
    shown = browser.open("/certificate")
    assert "No llegó ninguna firma" in shown
    assert 'id="call-form"' in shown


def test_what_the_program_of_another_person_delivers_is_refused(house: House) -> None:
    """Whoever got hold of the address, and signs with their own certificate, signs nothing."""
    guid = sent(house)
    browser = Browser(house, guid)
    uri = browser.call(browser.enter())
    assert browser.program("IDCES-00000000T").open(uri) == "OK"
    answer = browser.send("/certificate/arrived", browser.open("/certificate"))
    assert answer.status_code == 422
    assert "no es de la persona" in answer.get_data(as_text=True)
    assert house.state(guid)[0] == 8


def test_two_documents_are_signed_elsewhere_and_uploaded(house: House) -> None:
    """The plain way: download, sign, upload, one after the other; a wrong file says why, no more."""
    guid = sent(house, Paper(plain()), Paper(plain(pages=2), name="Anexo.pdf"))
    browser = Browser(house, guid)
    shown = browser.enter()
    copies = [browser.client.get(f"{browser.link}/documents/{n}?download=1").data for n in (0, 1)]
    wrong = browser.upload(shown, citizen().sign_pdf(plain()))
    assert wrong.status_code == 422
    assert "no es exactamente el documento" in wrong.get_data(as_text=True)
    assert browser.upload(shown, b"").status_code == 422
    shown = browser.upload(shown, citizen().sign_pdf(copies[0])).get_data(as_text=True)
    assert "Anexo.pdf: <strong>sin firmar" in shown
    done = browser.upload(shown, citizen().sign_xml(copies[1]), 1)
    assert 'data-outcome="signed"' in done.get_data(as_text=True)
    house.drain()
    assert house.state(guid) == (12, 7)


def test_forms_of_others_and_floods_are_refused(house: House) -> None:
    """Without the form's token nothing is called or taken, and a too large file is not read."""
    house.settings = replace(house.settings, recipients=replace(house.settings.recipients, largest=100_000))
    house.open()
    guid = sent(house)
    browser = Browser(house, guid)
    shown = browser.enter()
    for address in ("call/0", "arrived", "finish"):
        answer = browser.client.post(f"{browser.link}/certificate/{address}", data={"csrf": "x"})
        assert answer.status_code == 403
    file = {"csrf": "x", "signed": (BytesIO(b"%PDF"), "a.pdf")}
    assert browser.client.post(f"{browser.link}/certificate/upload/0", data=file).status_code == 403
    assert browser.upload(shown, bytes(200_000)).status_code == 413
    assert house.state(guid)[0] == 8
