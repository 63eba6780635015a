"""The WSDLs: complete, document/literal wrapped, WS-I clean, and usable by a foreign client."""

from typing import Any

import pytest
import zeep
from lxml import etree

from gateway import resources
from gateway.adapters.xml import parser, schemas

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
SOAP = {
    "Soap11": "{http://schemas.xmlsoap.org/wsdl/soap/}",
    "Soap12": "{http://schemas.xmlsoap.org/wsdl/soap12/}",
}
GATEWAY = "urn:fehaciente:gateway:1.0"
OPERATIONS = [
    "Submit", "SubmitBatch", "CreateUpload", "GetBatch", "GetBatchReport", "GetState", "GetEvents",
    "GetDocuments", "GetEvidence", "GetCertificate", "GetEvidencePack", "GetAccessUrl", "List", "Cancel",
    "UpdateRecipient", "Remind", "ExtendCustody", "Verify", "DriveSandbox",
]  # fmt: skip
SERVICES = {
    "gateway": ("Gateway", GATEWAY, OPERATIONS, "GatewayFault"),
    "feedback": ("Feedback", "urn:fehaciente:feedback:1.0", ["Notify"], "FeedbackFault"),
}
BOTH = pytest.mark.parametrize("name", SERVICES)
BINDINGS = pytest.mark.parametrize("version", SOAP)


def load(name: str) -> etree._Element:
    return parser.parse((resources.folder("wsdl") / f"{name}.wsdl").read_bytes(), limit=10**6)


def declared(root: etree._Element) -> set[str]:
    """Qualified names of the global elements of the schemas that the WSDL imports itself."""
    found = set()
    for imported in root.iterfind(f"{WSDL}types/{XS}schema/{XS}import"):
        path = resources.folder("wsdl") / imported.get("schemaLocation", "")
        schema = parser.parse(path.read_bytes(), limit=10**6)
        assert schema.get("targetNamespace") == imported.get("namespace")
        found |= {
            f"{{{imported.get('namespace')}}}{one.get('name')}" for one in schema.iterfind(f"{XS}element")
        }
    return found


def qualified(node: etree._Element, value: str) -> str:
    prefix, _, local = value.partition(":")
    return f"{{{node.nsmap[prefix]}}}{local}"


@BOTH
def test_port_type_declares_every_operation(name: str) -> None:
    """All operations stand in the port type, documented, each with input, output and the one fault."""
    _, _, operations, fault = SERVICES[name]
    port = load(name).find(f"{WSDL}portType")
    assert port is not None
    assert [operation.get("name") for operation in port] == operations
    for operation in port:
        kinds = [etree.QName(part).localname for part in operation]
        assert kinds == ["documentation", "input", "output", "fault"]
        assert operation[3].get("name") == fault


@BOTH
def test_messages_are_wrapped(name: str) -> None:
    """Each message has one part, an element that the imported schemas declare, named as its operation."""
    root = load(name)
    _, namespace, operations, fault = SERVICES[name]
    elements = declared(root)
    messages = {}
    for message in root.iterfind(f"{WSDL}message"):
        (part,) = message
        messages[message.get("name")] = qualified(part, part.get("element", ""))
        assert part.get("type") is None
    wrappers = {word: f"{{{namespace}}}{word}" for one in operations for word in (one, f"{one}Response")}
    assert {key: value for key, value in messages.items() if key != fault} == wrappers
    assert set(messages.values()) <= elements


@BINDINGS
@BOTH
def test_binding_is_document_literal(name: str, version: str) -> None:
    """Both bindings carry every operation over HTTP, document/literal, with its soapAction and its fault."""
    _, namespace, operations, fault = SERVICES[name]
    soap = SOAP[version]
    binding = next(
        one for one in load(name).iterfind(f"{WSDL}binding") if one.find(f"{soap}binding") is not None
    )
    style = binding.find(f"{soap}binding")
    assert style is not None
    assert (style.get("style"), style.get("transport")) == (
        "document",
        "http://schemas.xmlsoap.org/soap/http",
    )
    found = binding.findall(f"{WSDL}operation")
    assert [operation.get("name") for operation in found] == operations
    for operation in found:
        action = operation.find(f"{soap}operation")
        assert action is not None
        assert action.get("soapAction") == f"{namespace}:{operation.get('name')}"
        bodies = operation.findall(f"*/{soap}body")
        # WS-I BP 1.1 R2716: no namespace attribute on a document/literal body.
        assert [dict(body.attrib) for body in bodies] == [{"use": "literal"}] * 2
        (refusal,) = operation.findall(f"{WSDL}fault/{soap}fault")
        assert refusal.get("name") == refusal.getparent().get("name") == fault  # type: ignore[union-attr]


@BOTH
def test_service_has_both_ports(name: str) -> None:
    """The service offers SOAP 1.1 and 1.2 at one address."""
    service, _, _, _ = SERVICES[name]
    found = load(name).find(f"{WSDL}service")
    assert found is not None
    assert found.get("name") == service
    addresses = [
        port.find(f"{soap}address")
        for port, soap in zip(found.findall(f"{WSDL}port"), SOAP.values(), strict=True)
    ]
    assert len({address.get("location") for address in addresses if address is not None}) == 1


def test_gateway_listens_where_the_readme_says() -> None:
    """The published address is the local one; a server replaces it by its own."""
    address = load("gateway").find(f"{WSDL}service/{WSDL}port/{SOAP['Soap11']}address")
    assert address is not None
    assert address.get("location") == "http://localhost:8080/soap"


@BOTH
def test_schemas_are_only_imported(name: str) -> None:
    """WS-I BP 1.1 R2105: the schema in `types` has no namespace of its own, because it only imports."""
    (schema,) = load(name).iterfind(f"{WSDL}types/{XS}schema")
    assert schema.get("targetNamespace") is None
    assert {child.tag for child in schema} == {f"{XS}import"}


def client(name: str) -> zeep.Client:
    settings = zeep.Settings(strict=True, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    return zeep.Client(str(resources.folder("wsdl") / f"{name}.wsdl"), settings=settings)  # type: ignore[no-untyped-call]


@BOTH
def test_zeep_sees_every_operation_in_both_ports(name: str) -> None:
    """zeep loads the WSDL from disk, with external entities forbidden, and finds all operations twice."""
    service, _, operations, _ = SERVICES[name]
    ports = client(name).wsdl.services[service].ports
    assert len(ports) == 2
    for port in ports.values():
        assert sorted(port.binding.all()) == sorted(operations)


GUID = "001001-0001-000000000123456.par"
MOMENT = "2026-03-01T08:00:00Z"
RECIPIENT = {
    "person": {"name": "Ana", "surname": "García"},
    "identity": {"type": "DNI", "value": "12345678Z"},
    "contact": {"email": "ana@example.org", "phone": "+34600000123"},
    "notice_method": "EMAIL_AND_SMS",
    "sign_method": "SMS",
}
TRANSACTION = {
    "service": "CONTRACT",
    "external_id": "A-1",
    "send_at": MOMENT,
    "time_to_close": "P15D",
    "time_to_save": "P5Y",
    "language": "es",
    "channel": "DIRECT",
    "sign_method": "SMS_VOICE",
    "subject": "Contrato",
    "documents": {
        "document": [{"id": "d1", "name": "a.pdf", "media_type": "application/pdf", "content": b"%PDF-1.7"}]
    },
    "recipients": {"recipient": [RECIPIENT]},
    "reminders": {"reminder": [{"after": "P1D", "channel": "SMS"}]},
}
REQUESTS: dict[str, dict[str, Any]] = {
    "Submit": {"transaction": TRANSACTION},
    "SubmitBatch": {"external_id": "L-1", "file": {"content": b"<batch/>"}},
    "CreateUpload": {"size": 10**9, "sha256": bytes(32).hex()},
    "GetBatch": {"batch_id": "b1"},
    "GetBatchReport": {"batch_id": "b1", "after_position": 1000, "limit": 500},
    "GetState": {"guid": [GUID], "external_id": ["A-1", "A-2"]},
    "GetEvents": {"guid": GUID, "after_sequence": 4},
    "GetDocuments": {"guid": GUID, "kind": "STAMPED"},
    "GetEvidence": {"guid": GUID, "evidence_id": "e1"},
    "GetCertificate": {"guid": GUID, "format": "PDF", "language": "es"},
    "GetEvidencePack": {"guid": GUID},
    "GetAccessUrl": {"guid": GUID, "recipient": 1, "return_url": "https://bank.example/"},
    "List": {"received_from": MOMENT, "state": 12, "limit": 100},
    "Cancel": {"guid": GUID, "reason": "Duplicate"},
    "UpdateRecipient": {"guid": GUID, "recipient": 1, "contact": {"phone": "+34600000124"}, "reason": "Typo"},
    "Remind": {"guid": GUID, "recipient": 1, "channel": "EMAIL"},
    "ExtendCustody": {"guid": GUID, "extension": "P5Y"},
    "Verify": {"content": b"<Evidence/>"},
    "DriveSandbox": {"guid": GUID, "recipient": 1, "advance": "P1D", "script": "SIGNED"},
}


@BINDINGS
@pytest.mark.parametrize("operation", OPERATIONS)
def test_zeep_builds_a_valid_request(operation: str, version: str) -> None:
    """What zeep makes of plain Python values for each operation is valid against operations.xsd."""
    gateway = client("gateway")
    service = gateway.bind("Gateway", f"Gateway{version}")
    envelope = gateway.create_message(service, operation, **REQUESTS[operation])  # type: ignore[no-untyped-call]
    (body,) = (child for child in envelope if etree.QName(child).localname == "Body")
    (wrapper,) = body
    assert wrapper.tag == f"{{{GATEWAY}}}{operation}"
    schemas.validate(wrapper, "operations")
