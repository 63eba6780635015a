"""What the commands call, as the bootstrap provides it: nothing here knows a database or a key."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gateway.domain.parties import Issuer
from gateway.domain.record import Task
from gateway.entrypoints.cli import (
    approvals,
    audit,
    batch,
    branding,
    circuits,
    clock,
    consents,
    custody,
    deposit,
    feedback,
    issuer_alerts,
    issuer_keys,
    issuer_origins,
    staff,
    templates,
)
from gateway.entrypoints.cli.augment import Augment
from gateway.entrypoints.cli.doctor import Examine
from gateway.entrypoints.cli.keys import OpenKeys
from gateway.entrypoints.cli.verify import Verification
from gateway.usecases.after_restore import Resumed
from gateway.usecases.commands import Reference
from gateway.usecases.evidence_records import RecordFile
from gateway.usecases.results import CertificateFile, DocumentFile, EvidenceFile, PackResult, Status, Timeline


class Desk(Protocol):
    """An installation as its operator sees it: every issuer's transactions, and the registry."""

    def state(self, reference: Reference) -> Status: ...
    def events(self, reference: Reference) -> Timeline: ...
    def evidence(self, reference: Reference) -> Sequence[EvidenceFile]: ...
    def stamped(self, reference: Reference) -> Sequence[DocumentFile]: ...
    def signed(self, reference: Reference) -> Sequence[DocumentFile]: ...
    def certificates(self, reference: Reference) -> Sequence[CertificateFile]:
        """XML and PDF; empty before they are made."""

    def pack(self, reference: Reference) -> PackResult: ...

    def records(self, reference: Reference) -> Sequence[RecordFile]:
        """Evidence records, one for each deposit that the transaction is in."""

    def issuers(self) -> Sequence[Issuer]: ...
    def add_issuer(self, issuer: Issuer, certificate: bytes) -> None:
        """Register, or add a certificate (DER) to an issuer that is there (rotation)."""

    def set_profile(self, number: int, changes: Mapping[str, Any]) -> Issuer: ...
    def disable_issuer(self, number: int) -> bool: ...
    def dead_tasks(self, limit: int) -> Sequence[Task]: ...
    def revive_task(self, task_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Actions:
    """`config` is the settings file, or None for the embedded defaults in the working folder.

    `submit` takes URL, key, certificate and the transaction's octets, and gives GUID and state;
    `pki_init` makes the development PKI and this installation's keys; `pki_renew` writes its next
    revocation lists, revoking what the given files certify; `pki_issuer` gives a new
    issuer's certificate and key (PEM); `certificate` turns a PEM file into the leaf's DER; `desk`
    looks external ids up for the given issuer; `access_url` takes URL, key, certificate, and
    GUID, recipient and return address, and gives a one-time link and its end.
    """

    serve: Callable[[Path | None], int]
    worker: Callable[[Path | None], int]
    pki_init: Callable[[Path | None, Sequence[str]], Path]
    pki_renew: Callable[[Path | None, Sequence[Path]], Sequence[Path]]
    pki_issuer: Callable[[Path | None, str], tuple[bytes, bytes]]
    certificate: Callable[[bytes], bytes]
    db_upgrade: Callable[[Path | None], str]
    db_restored: Callable[[Path | None], Resumed]
    keys: OpenKeys
    issuer_keys: issuer_keys.Open
    alerts: issuer_alerts.Open
    templates: templates.Open
    origins: Callable[[Path | None], AbstractContextManager[issuer_origins.OriginDesk]]
    consents: Callable[[Path | None], AbstractContextManager[consents.ConsentDesk]]
    circuits: circuits.Open
    access_url: Callable[[str, Path, Path, tuple[str, int, str]], tuple[str, str]]
    set_look: branding.SetLook
    desk: Callable[[Path | None, int | None], AbstractContextManager[Desk]]
    submit: Callable[[str, Path, Path, bytes], tuple[str, int]]
    batch: batch.Open
    augment: Augment
    verify: Verification
    custody: custody.Open
    deposit: deposit.DepositActions
    feedback: feedback.Open
    audit: audit.Open
    staff: staff.Open
    approvals: approvals.Open
    clock: clock.Check
    doctor: Examine
