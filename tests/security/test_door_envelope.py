"""The door against malformed, ambiguous and hostile messages: each gets its code, fault and status."""

from collections.abc import Callable

import pytest
from lxml import etree

from gateway.domain.errors import ErrorKind
from tests import fakes
from tests.fakes import SOAP_11, SOAP_12, SoapHouse

XML_11 = "text/xml; charset=utf-8"
XML_12 = "application/soap+xml; charset=utf-8"


@pytest.fixture(scope="module")
def house() -> SoapHouse:
    return SoapHouse()


def wrapped(inner: str, soap: str = SOAP_11) -> bytes:
    return f'<s:Envelope xmlns:s="{soap}">{inner}</s:Envelope>'.encode()


BODY = f"<s:Body>{fakes.get_state().decode()}</s:Body>"
TWO = fakes.get_state().decode() * 2

SHAPES: list[tuple[bytes, ErrorKind]] = [
    (b"", ErrorKind.XML_MALFORMED),
    (b"hello", ErrorKind.XML_MALFORMED),
    (b"<a>", ErrorKind.XML_MALFORMED),
    (wrapped(f"<?go away?>{BODY}"), ErrorKind.XML_MALFORMED),
    (b"<!DOCTYPE s:Envelope>" + wrapped(BODY), ErrorKind.DOCTYPE_REFUSED),
    (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', ErrorKind.DOCTYPE_REFUSED),
    (wrapped(BODY.replace("001001", "ñ")).decode().encode("latin-1"), ErrorKind.ENCODING_REFUSED),
    (b'<?xml version="1.0" encoding="ISO-8859-1"?>' + wrapped(BODY), ErrorKind.ENCODING_REFUSED),
    (wrapped(BODY).decode().encode("utf-16"), ErrorKind.ENCODING_REFUSED),
    (b"<Envelope/>", ErrorKind.VERSION_MISMATCH),
    (b"<other/>", ErrorKind.ENVELOPE_INVALID),
    (wrapped(BODY, "urn:soap:2.0"), ErrorKind.VERSION_MISMATCH),
    (wrapped(""), ErrorKind.ENVELOPE_INVALID),
    (wrapped("<s:Header/>"), ErrorKind.ENVELOPE_INVALID),
    (wrapped("<s:Body/>"), ErrorKind.ENVELOPE_INVALID),
    (wrapped("<s:Body> text </s:Body>"), ErrorKind.ENVELOPE_INVALID),
    (wrapped(f"<s:Body>{TWO}</s:Body>"), ErrorKind.ENVELOPE_INVALID),
    (wrapped(f"<s:Body>text {fakes.get_state().decode()}</s:Body>"), ErrorKind.ENVELOPE_INVALID),
    (wrapped(BODY + BODY), ErrorKind.ENVELOPE_INVALID),
    (wrapped("<s:Header/><s:Header/>" + BODY), ErrorKind.ENVELOPE_INVALID),
    (wrapped(BODY + "<s:Header/>"), ErrorKind.ENVELOPE_INVALID),
    (wrapped(BODY + "<extra/>"), ErrorKind.ENVELOPE_INVALID),
    (wrapped('<s:Header><x s:mustUnderstand="maybe"/></s:Header>' + BODY), ErrorKind.ENVELOPE_INVALID),
    (
        wrapped('<s:Header><x xmlns="urn:x" s:mustUnderstand="1"/></s:Header>' + BODY),
        ErrorKind.MUST_UNDERSTAND,
    ),
    (wrapped("<s:Body><Submit/></s:Body>"), ErrorKind.OPERATION_UNKNOWN),
    (wrapped("<s:Body><s:Fault/></s:Body>"), ErrorKind.OPERATION_UNKNOWN),
    (wrapped(BODY), ErrorKind.SECURITY_MISSING),
]


@pytest.mark.parametrize(("octets", "kind"), SHAPES)
def test_shape_of_soap_11(house: SoapHouse, octets: bytes, kind: ErrorKind) -> None:
    """Whatever is wrong with an envelope is a SOAP 1.1 fault with HTTP 500 and its catalogued code."""
    status, headers, body = house.post(octets, XML_11)
    assert (status, fakes.fault_code(body)) == ("500 Internal Server Error", kind.code)
    assert headers["Content-Type"] == XML_11
    assert headers["X-Request-Id"].encode() in body
    code = etree.fromstring(body).findtext(".//faultcode")
    special = {"E000306": "soap:MustUnderstand", "E000307": "soap:VersionMismatch"}
    assert code == special.get(kind.code, "soap:Client")


@pytest.mark.parametrize(
    ("octets", "kind"),
    [(octets.replace(SOAP_11.encode(), SOAP_12.encode()), kind) for octets, kind in SHAPES],
)
def test_shape_of_soap_12(house: SoapHouse, octets: bytes, kind: ErrorKind) -> None:
    """The same in SOAP 1.2: Sender faults are HTTP 400, the two special codes are HTTP 500."""
    status, headers, body = house.post(octets, XML_12)
    special = {"E000306": "soap:MustUnderstand", "E000307": "soap:VersionMismatch"}
    assert fakes.fault_code(body) == kind.code
    assert status == ("500 Internal Server Error" if kind.code in special else "400 Bad Request")
    assert headers["Content-Type"] == XML_12
    assert etree.fromstring(body).findtext(f".//{{{SOAP_12}}}Value") == special.get(kind.code, "soap:Sender")


def test_versions_do_not_mix(house: SoapHouse) -> None:
    """A SOAP 1.2 envelope under text/xml, or the reverse, is a VersionMismatch that says what is served."""
    for soap, content_type in ((SOAP_12, XML_11), (SOAP_11, XML_12)):
        _, _, body = house.post(wrapped(BODY, soap), content_type)
        assert fakes.fault_code(body) == ErrorKind.VERSION_MISMATCH.code
    upgrade = etree.fromstring(body).findall(f".//{{{SOAP_12}}}SupportedEnvelope")
    assert [each.nsmap["version"] for each in upgrade] == [SOAP_12, SOAP_11]


def test_must_understand_names_the_block(house: SoapHouse) -> None:
    """SOAP 1.2 says which header block was not understood, as a qualified name that resolves."""
    header = '<s:Header><x:Route xmlns:x="urn:x" s:mustUnderstand="true"/></s:Header>'
    _, _, body = house.post(wrapped(header + BODY, SOAP_12), XML_12)
    block = etree.fromstring(body).find(f".//{{{SOAP_12}}}NotUnderstood")
    assert block is not None
    prefix, local = block.get("qname", "").split(":")
    assert (block.nsmap[prefix], local) == ("urn:x", "Route")


@pytest.mark.parametrize(
    "attributes",
    [
        's:mustUnderstand="0"',
        "",
        's:mustUnderstand="1" s:actor="urn:somebody-else"',
    ],
)
def test_other_header_blocks_are_ignored(house: SoapHouse, attributes: str) -> None:
    """Blocks that need not be understood, or are for somebody else, do not stop a message."""
    root = etree.fromstring(fakes.signed(fakes.get_state()))
    block = etree.fromstring(f'<x:Trace xmlns:x="urn:x" xmlns:s="{SOAP_11}" {attributes}/>')
    root[0].append(block)
    assert house.post(etree.tostring(root))[0] == "200 OK"


@pytest.mark.parametrize("action", ["", '""', '"urn:fehaciente:gateway:1.0:GetState"', f"{fakes.G}:GetState"])
def test_accepts_empty_and_matching_actions(house: SoapHouse, action: str) -> None:
    """An empty, missing or matching SOAPAction is accepted, quoted or not."""
    assert house.post(fakes.signed(fakes.get_state()), action=action)[0] == "200 OK"
    octets = fakes.signed(fakes.get_state(), SOAP_12)
    assert house.post(octets, f'application/soap+xml; action="{action.strip(chr(34))}"')[0] == "200 OK"


@pytest.mark.parametrize("action", ['"urn:fehaciente:gateway:1.0:Cancel"', "GetState", '"', "urn:x"])
def test_refuses_other_actions(house: SoapHouse, action: str) -> None:
    """A SOAPAction or action parameter of another operation is refused."""
    _, _, body = house.post(fakes.signed(fakes.get_state()), action=action)
    assert fakes.fault_code(body) == ErrorKind.ACTION_MISMATCH.code
    octets = fakes.signed(fakes.get_state(), SOAP_12)
    _, _, body = house.post(octets, 'application/soap+xml; charset=utf-8; action="urn:x"')
    assert fakes.fault_code(body) == ErrorKind.ACTION_MISMATCH.code


MULTI_REF: list[Callable[[], bytes]] = [
    lambda: b'<g:GetState xmlns:g="%s"><g:guid href="#there"/></g:GetState>' % fakes.G.encode(),
    lambda: b'<g:GetState xmlns:g="%s"><g:guid href="http://x/"/></g:GetState>' % fakes.G.encode(),
    lambda: b'<g:GetState xmlns:g="%s" id="a" href="#a"/>' % fakes.G.encode(),
    lambda: b'<g:GetState xmlns:g="%s"><x id="a"><y href="#a"/></x></g:GetState>' % fakes.G.encode(),
]


@pytest.mark.parametrize("operation", MULTI_REF)
@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
def test_multi_ref_is_never_resolved(house: SoapHouse, operation: Callable[[], bytes], soap: str) -> None:
    """SOAP encoding's href, dangling or cyclic, is just an attribute that the schema does not know."""
    octets = fakes.signed(operation(), soap)
    _, _, body = house.post(octets, XML_11 if soap == SOAP_11 else XML_12)
    assert fakes.fault_code(body) == ErrorKind.SCHEMA_INVALID.code


def test_href_inside_a_transaction_is_refused_not_followed(house: SoapHouse) -> None:
    """An href inside the payload cannot pull other content into the transaction."""
    operation = fakes.submit().replace(b"<subject>", b'<subject href="#loan">')
    _, _, body = house.post(fakes.signed(operation))
    assert fakes.fault_code(body) == ErrorKind.SCHEMA_INVALID.code


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12])
def test_schema_errors_are_faults(house: SoapHouse, soap: str) -> None:
    """A message that breaks its schema is a Sender fault that says where, in both versions."""
    octets = fakes.signed(fakes.get_state("not-a-guid"), soap)
    status, _, body = house.post(octets, XML_11 if soap == SOAP_11 else XML_12)
    assert status == ("500 Internal Server Error" if soap == SOAP_11 else "400 Bad Request")
    assert fakes.fault_code(body) == ErrorKind.SCHEMA_INVALID.code
    assert b"line 1" in body


@pytest.mark.parametrize("name", ["Shutdown", "GetStateResponse", "SubmitResponse", "submit"])
def test_an_unknown_operation_of_ours_is_refused(house: SoapHouse, name: str) -> None:
    """An element of our namespace that is no operation, an answer too, never reaches Spyne."""
    _, _, body = house.post(fakes.signed(f'<g:{name} xmlns:g="{fakes.G}"/>'.encode()))
    assert fakes.fault_code(body) == ErrorKind.OPERATION_UNKNOWN.code


def test_numeric_character_references_are_plain_text(house: SoapHouse) -> None:
    """Clients in the field write &#241; for ñ: it is the same text, signed or read."""
    operation = fakes.submit().replace(b"Su contrato", b"Su contrato de Espa&#241;a &#x2014;")
    raw = fakes.signed(operation).replace("ñ".encode(), b"&#241;")
    assert house.post(raw)[0] == "200 OK"
    assert house.use_cases.submissions[-1].transaction.subject.startswith("Su contrato de España —")
    assert house.use_cases.submissions[-1].raw == raw


def test_detail_cannot_break_the_fault(house: SoapHouse) -> None:
    """Whatever a detail repeats from the message is text that XML can carry, within the schema's limit."""
    header = f'<s:Header><{"x" * 3000} s:mustUnderstand="1"/></s:Header>'
    _, _, body = house.post(wrapped(header + BODY))
    assert fakes.fault_code(body) == ErrorKind.MUST_UNDERSTAND.code
