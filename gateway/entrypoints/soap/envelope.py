"""The shape of an envelope: version, one Header at most, one Body with one child, known obligations.

What it lets through may still be unsigned; the signature is verified after it.
"""

from lxml import etree

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.soap.names import GATEWAY, OPERATIONS, SECURITY, SoapVersion

TRUE = {"1", "true"}
NEXT = {
    "http://schemas.xmlsoap.org/soap/actor/next",
    SoapVersion.V12.namespace + "/role/next",
    SoapVersion.V12.namespace + "/role/ultimateReceiver",
}


class NotUnderstood(GatewayError):
    """A header block that must be understood and is not; `block` is its qualified name."""

    def __init__(self, block: str) -> None:
        super().__init__(ErrorKind.MUST_UNDERSTAND, block)
        self.block = block


def check_shape(envelope: etree._Element, version: SoapVersion) -> etree._Element:
    """The Body's only child.

    SOAP 1.1 clause 4 and WS-I Basic Profile 1.1 (R9981, R1014, R1011), SOAP 1.2 part 1 clause 5.
    Raises GatewayError: VERSION_MISMATCH, ENVELOPE_INVALID, MUST_UNDERSTAND.
    """
    name = etree.QName(envelope)
    if name.localname != "Envelope":
        raise _invalid("the root is not an Envelope")
    if name.namespace != version.namespace:
        raise GatewayError(ErrorKind.VERSION_MISMATCH, f"{version.media_type} carries {version.namespace}")
    header, body = _header_and_body(envelope, version)
    children = list(body.iterchildren("*"))
    if len(children) != 1:
        raise _invalid("Body holds exactly one element")
    if _has_text(body):
        raise _invalid("Body holds text beside its element")
    for block in [] if header is None else header.iterchildren("*"):
        _check_block(block, version)
    return children[0]


def check_action(operation: etree._Element, action: str) -> None:
    """SOAPAction or the action parameter, quoted or not: empty or the operation's.

    Raises GatewayError: OPERATION_UNKNOWN, also for the answers that share the operations' schema, and
    ACTION_MISMATCH.
    """
    name = etree.QName(operation)
    if name.namespace != GATEWAY or name.localname not in OPERATIONS:
        raise GatewayError(ErrorKind.OPERATION_UNKNOWN, name.localname[:64])
    action = action.strip()
    if len(action) > 1 and action[0] == action[-1] == '"':
        action = action[1:-1]
    if action not in {"", f"{GATEWAY}:{name.localname}"}:
        raise GatewayError(ErrorKind.ACTION_MISMATCH, f"{GATEWAY}:{name.localname} or empty is expected")


def _header_and_body(
    envelope: etree._Element, version: SoapVersion
) -> tuple[etree._Element | None, etree._Element]:
    children = list(envelope.iterchildren("*"))
    tags = [child.tag for child in children]
    if tags == [version.tag("Body")]:
        return None, children[0]
    if tags == [version.tag("Header"), version.tag("Body")] and not _has_text(envelope):
        return children[0], children[1]
    raise _invalid("an Envelope holds at most one Header, then one Body, and nothing else")


def _check_block(block: etree._Element, version: SoapVersion) -> None:
    must = block.get(version.tag("mustUnderstand"), "0").strip()
    if must not in TRUE | {"0", "false"}:
        raise _invalid("mustUnderstand is 0 or 1")
    receiver = block.get(version.tag(version.receiver), "")
    ours = receiver == "" or receiver in NEXT
    if must in TRUE and ours and block.tag != SECURITY:
        raise NotUnderstood(str(block.tag)[:255])


def _has_text(element: etree._Element) -> bool:
    pieces = [element.text, *(child.tail for child in element)]
    return any(piece and not piece.isspace() for piece in pieces)


def _invalid(detail: str) -> GatewayError:
    return GatewayError(ErrorKind.ENVELOPE_INVALID, detail)
