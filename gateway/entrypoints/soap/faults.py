"""The door's one table from refusals to HTTP and SOAP, and the faults of both versions.

Refusals of HTTP itself come as plain text without an envelope; everything else is a SOAP fault whose
detail follows xsd/faults.xsd.
"""

from dataclasses import dataclass

from lxml import etree

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.wording import keepable
from gateway.entrypoints.soap.envelope import NotUnderstood
from gateway.entrypoints.soap.names import FAULTS, SoapVersion

WITHOUT_ENVELOPE = {
    ErrorKind.METHOD_NOT_ALLOWED: "405 Method Not Allowed",
    ErrorKind.TOO_LARGE: "413 Content Too Large",
    ErrorKind.MEDIA_TYPE_REFUSED: "415 Unsupported Media Type",
    ErrorKind.BODY_INCOMPLETE: "400 Bad Request",
}
SPECIAL_CODES = {
    ErrorKind.VERSION_MISMATCH: "VersionMismatch",
    ErrorKind.MUST_UNDERSTAND: "MustUnderstand",
}
SERVER_STATUS = "500 Internal Server Error"
DETAIL_LIMIT = 2000
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer."""

    status: str
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


def refusal(error: GatewayError, version: SoapVersion, request_id: str) -> Answer:
    """The answer to a refusal, in the language of the door."""
    status = WITHOUT_ENVELOPE.get(error.kind)
    if status is None:
        return _fault(error, version, request_id)
    text = f"{error.kind.code} {error.kind.text.en} / {error.kind.text.es}\n"
    text += f"{clean(error.detail)}\nrequest_id: {request_id}\n"
    allow = (("Allow", "POST"),) if error.kind is ErrorKind.METHOD_NOT_ALLOWED else ()
    return Answer(status, "text/plain; charset=utf-8", text.encode(), allow)


def clean(text: str) -> str:
    """The text without what XML cannot carry, cut to what the schema allows."""
    return keepable(text, DETAIL_LIMIT)


def _fault(error: GatewayError, version: SoapVersion, request_id: str) -> Answer:
    envelope = etree.Element(version.tag("Envelope"), nsmap={"soap": version.namespace})
    if version is SoapVersion.V12:
        _explain(envelope, error)
    body = etree.SubElement(envelope, version.tag("Body"))
    fault = etree.SubElement(body, version.tag("Fault"))
    fill = _fault_11 if version is SoapVersion.V11 else _fault_12
    _gateway_fault(fill(fault, error), error, request_id)
    sender = error.kind.blame is Blame.SENDER and error.kind not in SPECIAL_CODES
    octets = etree.tostring(envelope, encoding="UTF-8", xml_declaration=True)
    return Answer(
        version.sender_status if sender else SERVER_STATUS, f"{version.media_type}; charset=utf-8", octets
    )


def _fault_11(fault: etree._Element, error: GatewayError) -> etree._Element:
    code = "Client" if error.kind.blame is Blame.SENDER else "Server"
    etree.SubElement(fault, "faultcode").text = f"soap:{SPECIAL_CODES.get(error.kind, code)}"
    etree.SubElement(fault, "faultstring", {XML_LANG: "en"}).text = _reason(error)
    return etree.SubElement(fault, "detail")


def _fault_12(fault: etree._Element, error: GatewayError) -> etree._Element:
    tag = SoapVersion.V12.tag
    value = SPECIAL_CODES.get(error.kind, error.kind.blame.value)
    etree.SubElement(etree.SubElement(fault, tag("Code")), tag("Value")).text = f"soap:{value}"
    reason = etree.SubElement(fault, tag("Reason"))
    etree.SubElement(reason, tag("Text"), {XML_LANG: "en"}).text = _reason(error)
    spanish = f"{error.kind.code} {error.kind.text.es}"
    etree.SubElement(reason, tag("Text"), {XML_LANG: "es"}).text = spanish
    return etree.SubElement(fault, tag("Detail"))


def _reason(error: GatewayError) -> str:
    return f"{error.kind.code} {error.kind.text.en}"


def _explain(envelope: etree._Element, error: GatewayError) -> None:
    """SOAP 1.2 part 1, 5.4.7 and 5.4.8: header blocks that say what would have been understood."""
    tag = SoapVersion.V12.tag
    if error.kind is ErrorKind.VERSION_MISMATCH:
        upgrade = etree.SubElement(etree.SubElement(envelope, tag("Header")), tag("Upgrade"))
        for version in reversed(SoapVersion):
            supported = etree.SubElement(
                upgrade, tag("SupportedEnvelope"), nsmap={"version": version.namespace}
            )
            supported.set("qname", "version:Envelope")
    elif isinstance(error, NotUnderstood):
        block = etree.QName(error.block)
        header = etree.SubElement(envelope, tag("Header"))
        names = {"block": block.namespace} if block.namespace else {}
        unknown = etree.SubElement(header, tag("NotUnderstood"), nsmap=names)
        unknown.set("qname", f"block:{block.localname}" if block.namespace else block.localname)


def _gateway_fault(parent: etree._Element, error: GatewayError, request_id: str) -> None:
    fault = etree.SubElement(parent, f"{{{FAULTS}}}GatewayFault", nsmap={"f": FAULTS})
    fields = {
        "code": error.kind.code,
        "text_en": error.kind.text.en,
        "text_es": error.kind.text.es,
        "detail": clean(error.detail),
        "request_id": request_id,
    }
    for name, text in fields.items():
        if text:
            etree.SubElement(fault, f"{{{FAULTS}}}{name}").text = text
