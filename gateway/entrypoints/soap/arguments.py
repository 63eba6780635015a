"""What an operation asks for, read from its verified and valid element. It decides nothing."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from gateway.domain.cancellation import CancelCode
from gateway.domain.contact import Contact
from gateway.domain.delivery import Channel
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.listing import Wanted
from gateway.domain.results import Result
from gateway.domain.retention import Duration
from gateway.domain.sandbox import Script
from gateway.domain.states import State
from gateway.entrypoints.soap.names import GATEWAY, TRANSACTION
from gateway.entrypoints.soap.ports import Operations
from gateway.entrypoints.soap.request import VerifiedRequest
from gateway.usecases.commands import Reference, Submit
from gateway.usecases.results import DocumentKind

XML = "application/xml"
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """Which events are wanted: those after a sequence number, and how many at most."""

    after: int
    limit: int


def text(operation: etree._Element, name: str) -> str:
    """A child's text as xs:token reads it; empty when the child is absent."""
    return " ".join((operation.findtext(f"{{{GATEWAY}}}{name}") or "").split())


def submission(request: VerifiedRequest, operations: Operations) -> Submit:
    """The command of a Submit; raises what reading a transaction raises."""
    element = request.operation.find(f"{{{TRANSACTION}}}transaction")
    assert element is not None  # noqa: S101  The schema demands it.
    return Submit(
        issuer=request.issuer,
        transaction=operations.read(element, request.attachments.octets),
        content_digest=operations.content_digest(element),
        raw=request.raw,
        request_id=request.request_id,
        signer_sha256=request.certificate_sha256.hex(),
    )


def guid(request: VerifiedRequest) -> Reference:
    return Reference(guid=text(request.operation, "guid"))


def references(request: VerifiedRequest) -> Sequence[Reference]:
    """GUIDs first, then external identifiers, in the order of the request.

    Raises GatewayError(RULE_BROKEN) when there is none, which the schema cannot say.
    """
    found = [Reference(guid=each) for each in _texts(request.operation, "guid")]
    found += [Reference(external_id=each) for each in _texts(request.operation, "external_id")]
    if not found:
        raise GatewayError(ErrorKind.RULE_BROKEN, "at least one guid or external_id is needed")
    return found


def page(request: VerifiedRequest) -> Page:
    after = text(request.operation, "after_sequence")
    limit = text(request.operation, "limit")
    return Page(int(after) if after else -1, int(limit) if limit else PAGE)


@dataclass(frozen=True, slots=True)
class VerifyAsked:
    """What a Verify brings; `report` is XML, PDF, TEXT or empty."""

    name: str
    content: bytes
    at: datetime | None
    companions: dict[str, bytes]
    report: str
    language: str


def verification(request: VerifiedRequest) -> VerifyAsked:
    """Raises GatewayError(RULE_BROKEN) for two companions of one name."""
    operation, at = request.operation, text(request.operation, "at")
    beside = operation.findall(f"{{{GATEWAY}}}companion")
    companions = {text(each, "name"): _octets(each) for each in beside}
    if len(companions) < len(beside):
        raise GatewayError(ErrorKind.RULE_BROKEN, "two companions of the same name")
    return VerifyAsked(
        name=text(operation, "name") or "content",
        content=_octets(operation),
        at=datetime.fromisoformat(at) if at else None,
        companions=companions,
        report=text(operation, "report"),
        language=text(operation, "language") or "en",
    )


def wanted(request: VerifiedRequest) -> Wanted:
    operation = request.operation
    state, result = text(operation, "state"), text(operation, "result")
    return Wanted(
        received_from=_moment(text(operation, "received_from")),
        received_until=_moment(text(operation, "received_until")),
        state=State(int(state)) if state else None,
        result=Result(int(result)) if result else None,
    )


def contact(request: VerifiedRequest) -> Contact:
    given = request.operation.find(f"{{{GATEWAY}}}contact")
    assert given is not None  # noqa: S101  The schema demands it.
    email, phone = (given.findtext(f"{{{TRANSACTION}}}{name}") or "" for name in ("email", "phone"))
    return Contact(email.strip(), phone.strip())


def position(request: VerifiedRequest) -> int | None:
    """0-based; None when the request names no recipient."""
    stated = text(request.operation, "recipient")
    return int(stated) - 1 if stated else None


def channel(request: VerifiedRequest) -> Channel | None:
    stated = text(request.operation, "channel")
    return Channel(stated) if stated else None


def script(request: VerifiedRequest) -> Script | None:
    stated = text(request.operation, "script")
    return Script(stated) if stated else None


def advance(request: VerifiedRequest) -> Duration | None:
    stated = text(request.operation, "advance")
    return Duration.parse(stated) if stated else None


def cancel_code(request: VerifiedRequest) -> CancelCode | None:
    stated = text(request.operation, "code")
    return CancelCode(stated) if stated else None


def extension(request: VerifiedRequest) -> Duration:
    """The schema lets years and months pass only."""
    return Duration.parse(text(request.operation, "extension"))


def document_kind(request: VerifiedRequest) -> DocumentKind:
    return DocumentKind(text(request.operation, "kind"))


def media_type(request: VerifiedRequest) -> str:
    return PDF if text(request.operation, "format") == "PDF" else XML


def _moment(stated: str) -> datetime | None:
    return datetime.fromisoformat(stated) if stated else None


def _octets(element: etree._Element) -> bytes:
    """The child `content`; the schema has checked that it is Base64."""
    return base64.b64decode(element.findtext(f"{{{GATEWAY}}}content") or "")


def _texts(operation: etree._Element, name: str) -> list[str]:
    return [" ".join((each.text or "").split()) for each in operation.findall(f"{{{GATEWAY}}}{name}")]
