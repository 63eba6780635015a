"""What an operation asks for, read from its verified and valid element. It decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.retention import Duration
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
        transaction=operations.read(element),
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


def extension(request: VerifiedRequest) -> Duration:
    """The schema lets years and months pass only."""
    return Duration.parse(text(request.operation, "extension"))


def document_kind(request: VerifiedRequest) -> DocumentKind:
    return DocumentKind(text(request.operation, "kind"))


def media_type(request: VerifiedRequest) -> str:
    return PDF if text(request.operation, "format") == "PDF" else XML


def _texts(operation: etree._Element, name: str) -> list[str]:
    return [" ".join((each.text or "").split()) for each in operation.findall(f"{{{GATEWAY}}}{name}")]
