"""One evidence of a whole gateway at all three doors: the command line, SOAP and the public page agree."""

import base64
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import html
from werkzeug.test import Client

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.bootstrap import commands, keys
from gateway.bootstrap.doors import wsgi
from gateway.entrypoints.cli.main import run
from tests.custody_samples import closed
from tests.house import House

G = "urn:fehaciente:gateway:1.0"
Door = Callable[[House, bytes, Path], str]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, bytes]]:
    """A gateway with a closed transaction, and the evidence of its signature."""
    house = House(tmp_path_factory.mktemp("doors"))
    guid = closed(house)
    yield house, house.evidence(guid)[-1].octets
    house.close()


def by_command(house: House, octets: bytes, folder: Path) -> str:
    """The first line on standard output, cut behind the indication."""
    file, told, out = folder / "evidence.xml", io.StringIO(), sys.stdout
    file.write_bytes(octets)
    words = ["verify", str(file), "--trust", str(house.settings.pki.anchors)]
    sys.stdout = told
    try:
        run(words, commands.actions())
    finally:
        sys.stdout = out
    return told.getvalue().partition(":")[0]


def by_soap(house: House, octets: bytes, _: Path) -> str:
    content = base64.b64encode(octets).decode("ascii")
    operation = f'<g:Verify xmlns:g="{G}"><g:content>{content}</g:content></g:Verify>'
    status, body = house.post(house.signed(operation.encode()))
    assert status == "200 OK", body
    answer = parse(body, limit=10**6).find(f".//{{{G}}}VerifyResponse")
    assert answer is not None
    schemas.validate(answer, "operations")
    return answer.findtext(f"{{{G}}}indication") or ""


def by_page(house: House, octets: bytes, _: Path) -> str:
    client = Client(wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings)))
    form = html.document_fromstring(client.get("/verify").data)
    token = form.xpath('string(//form[@id="upload-form"]//input[@name="csrf"]/@value)')
    answer = client.post("/verify", data={"csrf": token, "file": (io.BytesIO(octets), "evidence.xml")})
    page = html.document_fromstring(answer.data)
    return str(page.xpath('string(//h2//*[contains(@class, "verdict")])'))


DOORS = pytest.mark.parametrize("door", [by_command, by_soap, by_page])


@DOORS
def test_what_the_gateway_sealed_passes(finished: tuple[House, bytes], tmp_path: Path, door: Door) -> None:
    """The evidence of the signature is TOTAL-PASSED wherever it is brought."""
    house, evidence = finished
    assert door(house, evidence, tmp_path) == "TOTAL-PASSED"


@DOORS
def test_what_was_altered_fails(finished: tuple[House, bytes], tmp_path: Path, door: Door) -> None:
    """One letter of it, and it is TOTAL-FAILED wherever it is brought."""
    house, evidence = finished
    altered = evidence.replace("García".encode(), b"Garcia", 1)
    assert altered != evidence
    assert door(house, altered, tmp_path) == "TOTAL-FAILED"


def test_the_page_and_the_portal_share_their_style(finished: tuple[House, bytes]) -> None:
    """The page asks for nothing that this gateway does not serve."""
    house, _ = finished
    client = Client(wsgi(house.settings, house.tech, house.system, keys.session_key(house.settings)))
    page = html.document_fromstring(client.get("/verify").data)
    wanted = page.xpath("//link/@href | //script/@src | //img/@src")
    assert wanted
    assert {client.get(each).status_code for each in wanted} == {200}
