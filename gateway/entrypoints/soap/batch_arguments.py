"""What the operations on batches ask for, read from their verified and valid element."""

import base64
import re
from dataclasses import dataclass

from lxml import etree

from gateway.domain.batch import BatchPolicy, SpooledFile
from gateway.domain.parties import Issuer
from gateway.entrypoints.soap.arguments import PAGE, text
from gateway.entrypoints.soap.attachments import Attachments
from gateway.entrypoints.soap.names import GATEWAY, TRANSACTION
from gateway.entrypoints.soap.ports import BatchOperations
from gateway.entrypoints.soap.request import VerifiedRequest
from gateway.usecases.batches.queries import BatchView

OCTETS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """Which items are wanted: those beyond a position, how many at most, and whether as CSV."""

    after: int
    limit: int
    as_csv: bool


def batch_file(request: VerifiedRequest, batches: BatchOperations) -> SpooledFile:
    """The file in the spool, wherever it came from; from here on it is the use case's.

    Raises GatewayError: UPLOAD_UNKNOWN, UPLOAD_REFUSED, and what the spool raises.
    """
    file = request.operation.find(f"{{{GATEWAY}}}file")
    assert file is not None  # noqa: S101  The schema demands it.
    if handle := text(file, "upload"):
        return batches.uploaded(request.issuer, handle, text(request.operation, "external_id"))
    came = _inside_or_attached(file, request.attachments)
    # Should the books be in doubt after a failure, the sweep decides, and nothing acknowledged is lost.
    request.attachments.keep(came)
    return came


def _inside_or_attached(file: etree._Element, attachments: Attachments) -> SpooledFile:
    href = file.findtext(f"{{{GATEWAY}}}attachment/{{{TRANSACTION}}}href")
    if href is not None:
        return attachments.file(href.strip())
    content = OCTETS.sub("", file.findtext(f"{{{GATEWAY}}}content") or "")
    return attachments.add(base64.b64decode(content))


def policy(request: VerifiedRequest) -> BatchPolicy:
    return BatchPolicy(text(request.operation, "policy") or BatchPolicy.BEST_EFFORT.value)


def view(request: VerifiedRequest, batches: BatchOperations) -> BatchView:
    """By the gateway's identifier, or by the issuer's own. Raises GatewayError(BATCH_NOT_FOUND)."""
    if batch_id := text(request.operation, "batch_id"):
        return batches.get(request.issuer, batch_id)
    return batches.by_external_id(request.issuer, text(request.operation, "external_id"))


def report_asked(request: VerifiedRequest) -> ReportAsked:
    after, limit = text(request.operation, "after_position"), text(request.operation, "limit")
    as_csv = text(request.operation, "format") == "CSV"
    return ReportAsked(int(after or 0), int(limit or PAGE), as_csv)


def announced(request: VerifiedRequest) -> tuple[Issuer, int, bytes]:
    """Issuer, size and SHA-256 of what will be uploaded."""
    size, sha256 = text(request.operation, "size"), text(request.operation, "sha256")
    return request.issuer, int(size), bytes.fromhex(sha256)
