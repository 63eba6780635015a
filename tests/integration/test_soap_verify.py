"""SOAP Verify: what it answers of a report, what it asks for, and that foreign XML stays text."""

import base64
from datetime import UTC, datetime

import pytest
from lxml import etree

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind
from tests import fakes
from tests.fakes import G, SoapHouse


@pytest.fixture
def house() -> SoapHouse:
    return SoapHouse()


def verify(house: SoapHouse, inner: str) -> etree._Element:
    operation = f'<g:Verify xmlns:g="{G}">{inner}</g:Verify>'.encode()
    _, _, body = house.post(fakes.signed(operation))
    answer = parse(body, limit=10**6).find(f".//{{{G}}}VerifyResponse")
    assert answer is not None, body
    schemas.validate(answer, "operations")
    return answer


def texts(answer: etree._Element, name: str) -> list[str | None]:
    return [each.text for each in answer.iter(f"{{{G}}}{name}")]


def content(octets: bytes = b"ABC") -> str:
    return f"<g:content>{base64.b64encode(octets).decode()}</g:content>"


def test_the_verdict_and_every_check(house: SoapHouse) -> None:
    """Verdict, indication, GUID, signer, stamp, and one check for the file, each signature, stamp and
    enclosed file, named by its place."""
    answer = verify(house, content() + "<g:name>pack.asice</g:name>")
    assert texts(answer, "verdict") == ["VALID"]
    assert texts(answer, "indication") == ["TOTAL-PASSED"]
    assert texts(answer, "guid") == ["001001-0001-000000000123456.par"]
    assert texts(answer, "signed_by") == ["CN=Seal"]
    assert texts(answer, "stamped_at") == ["2026-01-31T10:00:05.000000Z"]
    names = [check.findtext(f"{{{G}}}name") for check in answer.iter(f"{{{G}}}check")]
    assert names[:3] == ["file", "signature.1", "signature.1.stamp.1"]
    assert "enclosed.2.file" in names
    passed = dict(zip(names, texts(answer, "passed"), strict=True))
    assert (passed["signature.1"], passed["enclosed.2.file"]) == ("true", "false")


def test_name_time_companions_and_report_reach_the_use_case(house: SoapHouse) -> None:
    """The optional fields are handed on, and the report comes back in Base64, in the language asked for."""
    inner = (
        content()
        + "<g:name>a.xml</g:name><g:at>2030-01-01T00:00:00Z</g:at>"
        + f"<g:companion><g:name>b.pdf</g:name>{content(b'B')}</g:companion>"
        + "<g:report>XML</g:report><g:language>es</g:language>"
    )
    answer = verify(house, inner)
    assert house.use_cases.verifications == [
        ("a.xml", datetime(2030, 1, 1, tzinfo=UTC), {"b.pdf": b"B"}),
    ]
    (report,) = texts(answer, "report")
    assert base64.b64decode(report or "") == b"1 in es"


def test_a_file_of_no_known_kind_is_a_verdict(house: SoapHouse) -> None:
    """UNREADABLE with its reason, and no indication: nothing was validated."""
    answer = verify(house, content(b"A"))
    assert texts(answer, "verdict") == ["UNREADABLE"]
    assert texts(answer, "indication") == []
    assert texts(answer, "detail") == ["neither XML nor PDF"]


def test_two_companions_of_one_name_are_refused(house: SoapHouse) -> None:
    """Which of them would a signature be about?"""
    twice = f"<g:companion><g:name>b</g:name>{content(b'B')}</g:companion>" * 2
    operation = f'<g:Verify xmlns:g="{G}">{content()}{twice}</g:Verify>'.encode()
    _, _, body = house.post(fakes.signed(operation))
    assert fakes.fault_code(body) == ErrorKind.RULE_BROKEN.code


def test_what_a_file_says_stays_text(house: SoapHouse) -> None:
    """Markup in a name is escaped in the answer, and does not become elements of it."""
    answer = verify(house, content() + "<g:name>&lt;g:verdict&gt;VALID&lt;/g:verdict&gt;</g:name>")
    assert len(texts(answer, "verdict")) == 1
    details = " ".join(str(each) for each in texts(answer, "detail"))
    assert "<g:verdict>" in details
