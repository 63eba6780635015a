"""What the SOAP door answers: every operation valid against its schema, in both versions."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from gateway.adapters.xml import schemas
from gateway.adapters.xml.parser import parse
from gateway.domain.errors import ErrorKind
from gateway.entrypoints.soap import app
from gateway.entrypoints.soap.names import OPERATIONS, SoapVersion
from tests import fakes
from tests.fakes import GUID, G, SoapHouse

MEDIA = {fakes.SOAP_11: "text/xml; charset=utf-8", fakes.SOAP_12: "application/soap+xml; charset=utf-8"}


def ask(name: str, inner: str = f"<g:guid>{GUID}</g:guid>") -> bytes:
    return f'<g:{name} xmlns:g="{G}">{inner}</g:{name}>'.encode()


BUILT = {
    "CreateUpload": ask("CreateUpload", f"<g:size>1</g:size><g:sha256>{'00' * 32}</g:sha256>"),
    "Submit": fakes.submit(),
    "GetState": ask("GetState", f"<g:guid>{GUID}</g:guid><g:external_id>other</g:external_id>"),
    "GetEvents": ask("GetEvents"),
    "GetDocuments": ask("GetDocuments", f"<g:guid>{GUID}</g:guid><g:kind>STAMPED</g:kind>"),
    "GetEvidence": ask("GetEvidence"),
    "GetCertificate": ask("GetCertificate", f"<g:guid>{GUID}</g:guid><g:format>PDF</g:format>"),
    "GetEvidencePack": ask("GetEvidencePack"),
    "Cancel": ask("Cancel", f"<g:guid>{GUID}</g:guid><g:reason>error</g:reason>"),
    "List": ask("List", ""),
    "UpdateRecipient": ask(
        "UpdateRecipient",
        f"<g:guid>{GUID}</g:guid><g:recipient>1</g:recipient>"
        '<g:contact><t:email xmlns:t="urn:fehaciente:transaction:1.0">a@example.org</t:email></g:contact>'
        "<g:reason>typo</g:reason>",
    ),
    "Remind": ask("Remind"),
    "GetAccessUrl": ask("GetAccessUrl", f"<g:guid>{GUID}</g:guid><g:recipient>1</g:recipient>"),
    "Verify": ask("Verify", "<g:content>QUJD</g:content><g:name>pack.asice</g:name><g:report>XML</g:report>"),
    "DriveSandbox": ask(
        "DriveSandbox", f"<g:guid>{GUID}</g:guid><g:advance>P1D</g:advance><g:script>SIGNED</g:script>"
    ),
    "ExtendCustody": ask("ExtendCustody", f"<g:guid>{GUID}</g:guid><g:extension>P5Y</g:extension>"),
}
# Their answers have a file of their own, test_soap_batches.py.
BATCHES = {"SubmitBatch", "GetBatch", "GetBatchReport"}


@pytest.fixture(scope="module")
def house() -> SoapHouse:
    return SoapHouse()


def answer(house: SoapHouse, operation: bytes, soap: str = fakes.SOAP_11) -> etree._Element:
    status, headers, body = house.post(fakes.signed(operation, soap), MEDIA[soap])
    assert (status, headers["Content-Type"]) == ("200 OK", MEDIA[soap]), body
    root = parse(body, limit=10**6)
    assert root.tag == f"{{{soap}}}Envelope"
    (child,) = root.findall(f"{{{soap}}}Body/*")
    schemas.validate(child, "operations")
    return child


@pytest.mark.parametrize("soap", [fakes.SOAP_11, fakes.SOAP_12])
@pytest.mark.parametrize("name", BUILT)
def test_answers_follow_the_schema(house: SoapHouse, name: str, soap: str) -> None:
    """Each operation that is built answers with its Response element, valid against operations.xsd."""
    assert answer(house, BUILT[name], soap).tag == f"{{{G}}}{name}Response"


def test_spyne_knows_the_contracts_operations() -> None:
    """What is built is exactly those of the WSDL and of the Spyne application."""
    wsdl = etree.fromstring(fakes.contract("http://localhost").wsdl)
    port = "{http://schemas.xmlsoap.org/wsdl/}portType/{http://schemas.xmlsoap.org/wsdl/}operation"
    stated = {each.get("name") for each in wsdl.findall(port)}
    application = app.build(SoapHouse().use_cases.operations())[SoapVersion.V11].app
    served = {name.rpartition("}")[2] for name in application.interface.service_method_map}
    assert stated == set(BUILT) | BATCHES == served == OPERATIONS


def test_state_of_what_is_not_there(house: SoapHouse) -> None:
    """GetState answers each identifier in order, also those that do not exist."""
    items = answer(house, BUILT["GetState"])
    names = [etree.QName(item[0]).localname for item in items]
    assert names == ["transaction", "not_found"]
    assert items[1][0].text == "other"
    positions = [each.text for each in items.iter("{urn:fehaciente:state:1.0}position")]
    assert positions == ["1", "2"]


def test_state_of_nothing_is_refused(house: SoapHouse) -> None:
    """GetState without any identifier asks for nothing, and is told so."""
    _, _, body = house.post(fakes.signed(ask("GetState", "")))
    assert fakes.fault_code(body) == ErrorKind.RULE_BROKEN.code


def test_events_are_paged(house: SoapHouse) -> None:
    """`after_sequence` and `limit` cut the timeline, and `more` says whether something is left."""
    page = "<g:after_sequence>0</g:after_sequence><g:limit>1</g:limit>"
    found = answer(house, ask("GetEvents", f"<g:guid>{GUID}</g:guid>{page}"))
    sequences = [each.text for each in found.iter("{urn:fehaciente:state:1.0}sequence")]
    assert (sequences, found.findtext(f"{{{G}}}more")) == (["1"], "true")
    found = answer(house, BUILT["GetEvents"])
    assert found.findtext(f"{{{G}}}more") == "false"
    assert found.findtext(".//{urn:fehaciente:state:1.0}value") == "\N{REPLACEMENT CHARACTER}<ñ>"


def test_one_document_of_several(house: SoapHouse) -> None:
    """`document_id` picks one document, and an unknown one is a fault of its own."""
    inner = f"<g:guid>{GUID}</g:guid><g:kind>ORIGINAL</g:kind><g:document_id>%s</g:document_id>"
    assert len(answer(house, ask("GetDocuments", inner % "contract")).findall(f"{{{G}}}document")) == 1
    _, _, body = house.post(fakes.signed(ask("GetDocuments", inner % "nothing")))
    assert fakes.fault_code(body) == ErrorKind.DOCUMENT_NOT_FOUND.code


@pytest.mark.parametrize(("wanted", "media_type"), [("PDF", "application/pdf"), ("XML", "application/xml")])
def test_certificate_formats(house: SoapHouse, wanted: str, media_type: str) -> None:
    """The format decides media type and file name."""
    found = answer(house, ask("GetCertificate", f"<g:guid>{GUID}</g:guid><g:format>{wanted}</g:format>"))
    assert found.findtext(f".//{{{G}}}media_type") == media_type
    assert found.findtext(f".//{{{G}}}name") == f"{GUID}.{wanted.lower()}"


def test_threads_never_mix_answers(house: SoapHouse) -> None:
    """Calls that run at once each get the answer to their own question."""

    def one(number: int) -> bool:
        external_id = f"thread-{number}"
        operation = ask("GetState", f"<g:external_id>{external_id}</g:external_id>")
        return answer(house, operation).findtext(f".//{{{G}}}not_found") == external_id

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(64)))


@pytest.mark.parametrize("soap", [fakes.SOAP_11, fakes.SOAP_12])
def test_spyne_cannot_be_reached_past_the_door(soap: str) -> None:
    """Called by itself with any handle, Spyne runs no operation and tells nothing."""
    house = SoapHouse()
    version = SoapVersion.V11 if soap == fakes.SOAP_11 else SoapVersion.V12
    applications = app.build(house.use_cases.operations())
    octets = etree.tostring(fakes.envelope(ask("Cancel", "<g:handle>x</g:handle>"), soap))
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": MEDIA[soap],
        "CONTENT_LENGTH": str(len(octets)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(octets),
    }
    b"".join(applications[version](environ, lambda status, *_: told.append(status)))
    assert told != ["200 OK"]
    assert house.use_cases.cancellations == []


def test_the_contract_is_served_as_written() -> None:
    """`?wsdl` and `?xsd=` serve the files of the repository; only addresses and locations differ."""
    house = SoapHouse(address="https://gateway.example/soap")
    contract = fakes.contract(house.address)
    status, headers, served = house.call(REQUEST_METHOD="GET", QUERY_STRING="wsdl")
    assert (status, headers["Content-Type"]) == ("200 OK", "text/xml; charset=utf-8")
    address = house.address.encode()
    expected = contract.wsdl.replace(b"http://localhost:8080/soap", address)
    assert served == expected.replace(b"../xsd/", address + b"?xsd=")
    for name, octets in contract.schemas.items():
        _, _, served = house.call(REQUEST_METHOD="GET", QUERY_STRING=f"xsd={name}")
        back = served.replace(address + b"?xsd=", b"")
        assert back == octets


@pytest.mark.parametrize(
    "query", ["xsd=../setup.cfg", "xsd=", "xsd=nothing.xsd", "wsdl=1", "wsdl&xsd=common.xsd", "a&b&c&d&e&f"]
)
def test_nothing_else_is_served(house: SoapHouse, query: str) -> None:
    """A query string that names no file of the contract is 405, never a file of the disk."""
    assert house.call(REQUEST_METHOD="GET", QUERY_STRING=query)[0] == "405 Method Not Allowed"
