"""The Python SDK against the door over HTTP: signed requests, plain answers, faults with their code."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from gateway import resources
from gateway.client import Client, GatewayFault, Signer, UnsupportedKey
from gateway.client.retry import NEVER
from gateway.domain.errors import ErrorKind, GatewayError
from tests import fakes
from tests.fakes import GUID, SoapHouse


@pytest.fixture
def house() -> SoapHouse:
    return SoapHouse()


@pytest.fixture
def address(house: SoapHouse) -> Iterator[str]:
    with fakes.serving(house.door) as port:
        yield f"http://127.0.0.1:{port}/soap"


def client(address: str, kind: str = "rsa") -> Client:
    chain, key = fakes.issued(kind)  # type: ignore[arg-type]
    return Client(resources.folder("wsdl") / "gateway.wsdl", key, chain, address=address, retry=NEVER)


def sample() -> bytes:
    return (Path(__file__).parents[1] / "samples" / "contract_express.xml").read_bytes()


@pytest.mark.parametrize("kind", ["rsa", "p256"])
def test_every_operation(house: SoapHouse, address: str, kind: str) -> None:
    """Each method of the client gets its typed answer from the door."""
    bank = client(address, kind)
    receipt = bank.submit(sample())
    assert (receipt.guid, receipt.state, receipt.external_id) == (GUID, 1, "LOAN-2026-000123")
    assert receipt.content_digest == house.use_cases.submissions[0].content_digest.hex()
    assert receipt.received_at == fakes.MOMENT
    state = bank.state(GUID)
    assert state is not None
    assert (state.state, state.state_name, state.result_name) == (6, "ACCESSED", "PENDING")
    assert [(each.position, each.state) for each in state.recipients] == [(1, "SIGNED"), (2, "PENDING")]
    assert bank.state(external_id="EXP-1") == state
    assert bank.state(external_id="unknown") is None
    assert [each.kind for each in bank.events(GUID)] == ["RECEIVED", "VALIDATED", "ACCESSED"]
    assert bank.events(GUID)[2].recipient == 1
    (document,) = bank.documents(GUID)
    assert (document.name, document.octets) == ("contrato.pdf", b"%PDF-1.7 not quite")
    assert [(each.sealed, each.octets) for each in bank.evidence(GUID)] == [
        (True, b"<Evidence/>"),
        (False, b""),
    ]
    assert bank.certificate(GUID, "XML").media_type == "application/xml"
    assert (bank.pack(GUID).name, bank.pack(GUID).octets) == (f"{GUID}.asice", b"PK")
    assert bank.cancel(GUID, "error") == 10
    access = bank.access_url(GUID, 1, return_url="https://bank.example/")
    assert (access.url, access.valid_until) == ("https://gateway.example/e/x", fakes.MOMENT)
    driven = bank.drive(GUID, "SIGNED", advance="P1D")
    assert (driven.state.guid, driven.messages[0].address) == (GUID, "+999000013")
    assert bank.extend_custody(GUID, "P2Y", "invoice-7").year == fakes.MOMENT.year + 2
    assert [token for _, token in house.use_cases.extensions] == ["invoice-7"]
    found = bank.verify(b"<a/>", "a.xml", report="XML", language="es")
    assert (found.verdict, found.indication, found.report) == ("VALID", "TOTAL-PASSED", b"1 in es")
    assert found.checks[0][:2] == ("file", True)
    unreadable = bank.verify(b"A")
    assert (unreadable.verdict, unreadable.indication, unreadable.report) == ("UNREADABLE", "", b"")


def test_faults_carry_code_texts_and_request_id(house: SoapHouse, address: str) -> None:
    """A refusal raises GatewayFault with everything that support asks for."""
    house.use_cases.failure = GatewayError(ErrorKind.RULE_BROKEN, "time_to_close is not after the start")
    with pytest.raises(GatewayFault, match="E000501") as caught:
        client(address).submit(sample())
    fault = caught.value
    assert fault.detail == "time_to_close is not after the start"
    assert (fault.text_en, fault.text_es) == (ErrorKind.RULE_BROKEN.text.en, ErrorKind.RULE_BROKEN.text.es)
    assert fault.request_id == house.use_cases.rejections[0].request_id


def test_answers_without_an_envelope_are_faults_too(address: str) -> None:
    """A 413 has no envelope: the client says what came instead."""
    with pytest.raises(GatewayFault, match="HTTP 413"):
        client(address).submit(sample().replace(b"<body>", b"<body>" + b" " * fakes.SOAP_LIMIT))


def test_contract_from_the_gateway_itself() -> None:
    """The served contract is complete: the client can load it over HTTP, schemas and all."""
    house = SoapHouse()
    with fakes.serving(house.door) as port:
        address = f"http://127.0.0.1:{port}/soap"
        object.__setattr__(house.door, "contract", fakes.contract(address))
        chain, key = fakes.issued()
        bank = Client(f"{address}?wsdl", key, chain)
        assert bank.submit(sample()).guid == GUID


def test_nothing_is_answered_when_nobody_listens() -> None:
    """A gateway that is away raises requests' own error, so that the caller knows that nothing was said."""
    with pytest.raises(requests.ConnectionError):
        client("http://127.0.0.1:9/soap").state(GUID)


def test_keys_must_belong_to_their_certificate() -> None:
    """A key of another certificate is refused before anything is sent."""
    with pytest.raises(UnsupportedKey):
        Signer.from_pem(fakes.issued("p256")[1], fakes.issued("rsa")[0])
