"""What the commands print, one fact a line and tab-separated, and the files that `evidence` writes."""

from collections.abc import Sequence
from pathlib import Path

from gateway.domain.parties import Issuer
from gateway.domain.record import EvidenceStatus, Task
from gateway.entrypoints.cli.actions import Desk
from gateway.entrypoints.cli.printing import line as _line
from gateway.entrypoints.cli.printing import progress
from gateway.entrypoints.cli.printing import time as _time
from gateway.usecases.commands import Reference

EXTENSIONS = {"application/pdf": "pdf", "application/xml": "xml"}


def state(desk: Desk, reference: Reference) -> None:
    status = desk.state(reference)
    record = status.record
    _line("guid", record.guid)
    _line("external_id", record.external_id)
    _line("service", record.service.value)
    _line("state", str(int(record.state)), record.state.name)
    _line("result", str(int(record.result)), record.result.name)
    _line("received_at", _time(record.received_at))
    _line("updated_at", _time(record.updated_at))
    _line("close_at", _time(record.close_at))
    for recipient in status.recipients:
        _line("recipient", str(recipient.position + 1), recipient.asked.full_name, recipient.state.value)


def events(desk: Desk, reference: Reference) -> None:
    for event in desk.events(reference).events:
        who = "" if event.position is None else str(event.position + 1)
        details = " ".join(f"{name}={value}" for name, value in event.details)
        _line(str(event.sequence), _time(event.at), str(int(event.state)), event.kind, who, details)


def issuers(found: Sequence[Issuer]) -> None:
    for issuer in found:
        _line(
            f"{issuer.number:04d}",
            issuer.name,
            issuer.identifier,
            "active" if issuer.active else "disabled",
            "sandbox" if issuer.sandbox else "live",
            "integrated" if issuer.integrated else "web sender",
        )


def tasks(found: Sequence[Task]) -> None:
    for task in found:
        _line(task.id, task.kind, task.guid, str(task.attempts), task.last_error)


def write_proof(desk: Desk, reference: Reference, folder: Path) -> int:
    """Evidence, certificate and records (once made), stamped documents, and those that recipients signed;
    returns how many files."""
    files: list[tuple[Path, bytes]] = []
    for number, file in enumerate(desk.evidence(reference), 1):
        if file.evidence.status is EvidenceStatus.SEALED:
            event = file.evidence.event.rpartition("/")[2].rpartition(":")[2]
            files.append((folder / "evidence" / f"{number:02d}-{event}.xml", file.octets))
    for certificate in desk.certificates(reference):
        files.append((folder / f"certificate.{EXTENSIONS[certificate.media_type]}", certificate.octets))
    for document in desk.stamped(reference):
        name = f"{document.document.position + 1:02d}-{_safe(document.document.name)}.pdf"
        files.append((folder / "stamped" / name, document.octets))
    for copy in desk.signed(reference):
        name = f"{copy.document.position + 1:02d}-{(copy.recipient or 0) + 1:02d}-{_safe(copy.document.name)}"
        files.append((folder / "signed" / f"{name}.{EXTENSIONS[copy.media_type]}", copy.octets))
    for record in desk.records(reference):
        name = f"evidence-record-{record.deposit:06d}.xml"
        files.append((folder / "records" / name, record.octets))
    for path, octets in progress(files, "evidence"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    return len(files)


def _safe(name: str) -> str:
    """The issuer's name of a document as part of a file name: no separators, no leading dots."""
    stem = name.removesuffix(".pdf")
    return "".join(each if each.isalnum() or each in "-_." else "_" for each in stem).lstrip(".")[:80]
