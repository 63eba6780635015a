"""A client that nobody here wrote: zeep by itself, from the served WSDL, signing by its own WS-Security."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import xmlsec
import zeep
from lxml import etree
from zeep.exceptions import Fault
from zeep.transports import Transport
from zeep.wsse.compose import Compose
from zeep.wsse.signature import BinarySignature
from zeep.wsse.utils import WSU, get_security_header, get_timestamp

from scripts.sample_contract import contract_pdf
from tests import fakes
from tests.fakes import GUID, SoapHouse


class Stamp:
    """zeep signs a Timestamp that it finds and adds none."""

    def apply(
        self, envelope: etree._Element, headers: dict[str, str]
    ) -> tuple[etree._Element, dict[str, str]]:
        now = datetime.now(UTC)
        until = now + timedelta(minutes=5)
        stamp = WSU.Timestamp(WSU.Created(get_timestamp(now)), WSU.Expires(get_timestamp(until)))
        get_security_header(envelope).append(stamp)
        return envelope, headers

    def verify(self, envelope: etree._Element) -> etree._Element:
        return envelope


class Unsigned(BinarySignature):
    """Answers are protected by TLS; evidence bears signatures of its own."""

    def verify(self, envelope: etree._Element) -> etree._Element:
        return envelope


@pytest.fixture
def house() -> SoapHouse:
    return SoapHouse()


@pytest.fixture
def address(house: SoapHouse) -> Iterator[str]:
    with fakes.serving(house.door) as port:
        own = f"http://127.0.0.1:{port}/soap"
        object.__setattr__(house.door, "contract", fakes.contract(own))
        yield own


@pytest.fixture
def client(address: str, tmp_path: Path) -> Iterator[zeep.Client]:
    chain, key = fakes.issued("rsa")
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "cert.pem").write_bytes(chain)
    signature = Unsigned(
        str(tmp_path / "key.pem"),
        str(tmp_path / "cert.pem"),
        signature_method=xmlsec.Transform.RSA_SHA256,
        digest_method=xmlsec.Transform.SHA256,
    )
    with requests.Session() as session:
        transport = Transport(session=session, timeout=30, operation_timeout=30)
        yield zeep.Client(f"{address}?wsdl", wsse=Compose([Stamp(), signature]), transport=transport)


def transaction() -> dict[str, Any]:
    pdf = contract_pdf(1)
    return {
        "service": "CONTRACT_EXPRESS",
        "external_id": "ZEEP-1",
        "time_to_close": "P15D",
        "sign_method": "SMS",
        "subject": "Su contrato",
        "documents": {
            "document": [
                {"id": "loan", "name": "a.pdf", "media_type": "application/pdf", "content": pdf},
            ]
        },
        "recipients": {
            "recipient": [
                {
                    "person": {"name": "Ana", "surname": "García"},
                    "identity": {"type": "DNI", "value": "12345678Z"},
                    "contact": {"email": "ana@example.org", "phone": "+34600000123"},
                }
            ]
        },
    }


@pytest.mark.parametrize("port", ["GatewaySoap11", "GatewaySoap12"])
def test_zeep_submits_and_asks(client: zeep.Client, house: SoapHouse, port: str) -> None:
    """Python values in, Python values out, on both ports: nothing but the WSDL was needed."""
    service = client.bind("Gateway", port)
    receipt = service.Submit(transaction=transaction())
    assert receipt.guid == GUID
    (submitted,) = house.use_cases.submissions
    assert submitted.transaction.external_id == "ZEEP-1"
    assert submitted.transaction.documents[0].content == contract_pdf(1)
    (item,) = service.GetState(guid=[GUID])
    assert item.transaction.state.number == 6


@pytest.mark.parametrize("port", ["GatewaySoap11", "GatewaySoap12"])
def test_zeep_verifies(client: zeep.Client, house: SoapHouse, port: str) -> None:
    """The optional fields and the report are Python values as well."""
    service = client.bind("Gateway", port)
    beside = {"name": "b.pdf", "content": b"B"}
    answer = service.Verify(content=b"<a/>", name="a.xml", companion=[beside], report="XML")
    assert (answer.verdict, answer.indication) == ("VALID", "TOTAL-PASSED")
    assert answer.report == b"1 in en"
    assert [check.name for check in answer.check][:2] == ["file", "signature.1"]
    assert house.use_cases.verifications == [("a.xml", None, {"b.pdf": b"B"})]


def test_zeep_gets_a_fault_with_its_code(client: zeep.Client) -> None:
    """What is refused is a SOAP fault that zeep raises, with the catalogued code in it."""
    with pytest.raises(Fault, match="E000305"):
        client.service.Submit(transaction=transaction() | {"external_id": ""})
