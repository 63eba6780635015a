"""List, UpdateRecipient, Remind and Cancel through the SOAP door, by the contract."""

import base64
import csv
import io
import re
from dataclasses import replace

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain import csv_text
from tests.fakes import SOAP_11, G, fault_code
from tests.house import BANK, House
from tests.orders import order

S = "{urn:fehaciente:state:1.0}"
T = "urn:fehaciente:transaction:1.0"


def call(house: House, name: str, inner: str) -> bytes:
    operation = f'<g:{name} xmlns:g="{G}">{inner}</g:{name}>'.encode()
    _, body = house.post(house.signed(operation))
    if b"Fault>" not in body:
        (child,) = parse(body, limit=10**7).findall(f"{{{SOAP_11}}}Body/*")
        schemas.validate(child, "operations")
    return body


def test_lists_by_pages_and_filters(small_house: House) -> None:
    """Every transaction once, over pages; by state and result as they are now."""
    house = small_house
    guids = [house.submit().guid for _ in range(5)]
    house.drain()
    house.guest(guids[1]).decide()
    house.drain()
    found: list[str] = []
    page = ""
    while True:
        body = call(house, "List", f"{page}<g:limit>2</g:limit>").decode()
        found += re.findall(r":guid[^>]*>([^<]+)<", body)
        token = re.search(r"next_page>([^<]+)<", body)
        if not token:
            break
        page = f"<g:page>{token[1]}</g:page>"
    assert found == guids
    closed = call(house, "List", "<g:state>12</g:state><g:result>7</g:result>").decode()
    assert re.findall(r":guid[^>]*>([^<]+)<", closed) == [guids[1]]
    none = call(house, "List", "<g:received_until>2020-01-01T00:00:00Z</g:received_until>").decode()
    assert "guid" not in none


def test_a_list_as_csv(small_house: House) -> None:
    """RFC 4180 with a header; an external id that is a formula is text to every spreadsheet."""
    house = small_house
    guid = house.submit(order(external_id='=HYPERLINK("http://x","y"),1')).guid
    body = call(house, "List", "<g:format>CSV</g:format>")
    root = parse(body, limit=10**6)
    assert root.find(f".//{{{G}}}transaction") is None
    octets = base64.b64decode(root.findtext(f".//{{{G}}}file/{{{G}}}content") or "")
    head, row = csv.reader(io.StringIO(octets.decode("utf-8-sig")))
    told = dict(zip(head, row, strict=True))
    assert told["guid"] == guid
    assert told["external_id"] == '\'=HYPERLINK("http://x","y"),1'
    assert (told["state"], told["result_es"], told["recipients"]) == ("1", "Pendiente", "1:PENDING")


def test_cells_are_never_formulas() -> None:
    """Whatever begins as one, also behind blanks or in full-width signs; numbers stay numbers."""
    for text in ("=1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "|x", "%x"):
        assert str(csv_text.cell(text)).startswith("'")
    for text in ("x;=1", "x; +1", "x\t-1", "x\r\n@x"):
        assert "'" in str(csv_text.cell(text))
    assert csv_text.cell(-1) == -1
    assert csv_text.lines([["a,b", 'c"d', None]]) == '"a,b","c""d",\r\n'


def test_a_recipient_is_corrected_and_reminded(small_house: House) -> None:
    """The answers follow the contract; what cannot be is a fault of the catalogue."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    contact = f'<g:contact><t:phone xmlns:t="{T}">+34611222333</t:phone></g:contact>'
    inner = f"<g:guid>{guid}</g:guid><g:recipient>%d</g:recipient>{contact}<g:reason>typo</g:reason>"
    assert b"updated_at" in call(house, "UpdateRecipient", inner % 1)
    assert fault_code(call(house, "UpdateRecipient", inner % 2)) == "E000534"
    house.drain()
    assert house.messages("notice-")[-1]["address"] == "+34611222333"
    assert b"reminded>1<" in call(house, "Remind", f"<g:guid>{guid}</g:guid>")
    nobody = f"<g:guid>{guid}</g:guid><g:recipient>1</g:recipient><g:contact/><g:reason>x</g:reason>"
    assert fault_code(call(house, "UpdateRecipient", nobody)) == "E000536"


def test_cancelled_with_a_code(small_house: House) -> None:
    """Code and text stand in evidence and certificate, the code in both languages on paper."""
    house = small_house
    guid = house.submit().guid
    house.drain()
    inner = f"<g:guid>{guid}</g:guid><g:reason>Póliza anulada</g:reason><g:code>%s</g:code>"
    assert fault_code(call(house, "Cancel", inner % "BORED")) == "E000305"
    assert b"CANCELLED_BY_ISSUER" in call(house, "Cancel", inner % "DUPLICATE")
    house.drain()
    facts = house.verified(house.evidence(guid)[-1].octets).facts
    assert facts is not None
    assert dict(facts.details) == {"reason_code": "DUPLICATE", "reason": "Póliza anulada"}


def test_the_sandbox_is_driven(small_house: House) -> None:
    """By the operation, to the end; messages that left nowhere are told. Real ones refuse."""
    house = small_house
    guid = house.submit().guid
    inner = f"<g:guid>{guid}</g:guid><g:script>SIGNED</g:script>"
    assert fault_code(call(house, "DriveSandbox", inner)) == "E000533"
    house.system.support.set_profile(BANK.number, {"sandbox": True})
    guid = house.submit(issuer=replace(BANK, sandbox=True)).guid
    house.drain()
    inner = f"<g:guid>{guid}</g:guid><g:recipient>1</g:recipient><g:script>SIGNED</g:script>"
    assert b"/a/" in call(house, "DriveSandbox", inner)
    house.drain()
    assert house.state(guid) == (12, 7)
    body = call(house, "DriveSandbox", f"<g:guid>{guid}</g:guid>")
    # The code, the notice and how it ended, by opening and closing tag.
    assert body.count(b"kept_at>") == 6
    assert b">true<" in call(house, "GetState", f"<g:guid>{guid}</g:guid>")
    assert fault_code(call(house, "DriveSandbox", inner)) == "E000101"
