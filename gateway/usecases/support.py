"""What the operator's own people may do: look at any transaction, mend dead tasks, keep the registry."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import Task
from gateway.usecases.commands import Reference
from gateway.usecases.evidence_records import EvidenceRecords, RecordFile
from gateway.usecases.facts import issuer_of
from gateway.usecases.pack import PackQuery
from gateway.usecases.ports import Clock, Database, UnitOfWork, Wake
from gateway.usecases.queries import Queries
from gateway.usecases.results import (
    CertificateFile,
    DocumentFile,
    DocumentKind,
    EvidenceFile,
    PackResult,
    Status,
    Timeline,
)

XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Support:
    """`issuer` says whose external ids are meant; a GUID needs none. `approve` raises unless two persons have
    approved an issuer's certificate (DER)."""

    database: Database
    queries: Queries
    clock: Clock
    wake: Wake
    deposited: EvidenceRecords
    issuer: int | None = None
    approve: Callable[[UnitOfWork, int, bytes], None] = lambda _uow, _issuer, _der: None

    def state(self, reference: Reference) -> Status:
        return self.queries.state(self._owner(reference), reference)

    def events(self, reference: Reference) -> Timeline:
        return self.queries.events(self._owner(reference), reference)

    def evidence(self, reference: Reference) -> Sequence[EvidenceFile]:
        return self.queries.evidence(self._owner(reference), reference, "")

    def stamped(self, reference: Reference) -> Sequence[DocumentFile]:
        return self.queries.documents(self._owner(reference), reference, DocumentKind.STAMPED)

    def signed(self, reference: Reference) -> Sequence[DocumentFile]:
        """Copies that recipients signed; empty where nobody signs by a method that makes them."""
        try:
            return self.queries.documents(self._owner(reference), reference, DocumentKind.SIGNED)
        except GatewayError as error:
            if error.kind is ErrorKind.NOT_YET_THERE:
                return []
            raise

    def certificates(self, reference: Reference) -> Sequence[CertificateFile]:
        """XML and PDF; empty before they are made."""
        owner = self._owner(reference)
        try:
            return [self.queries.certificate(owner, reference, media) for media in (XML, PDF)]
        except GatewayError as error:
            if error.kind is ErrorKind.NOT_YET_THERE:
                return []
            raise

    def pack(self, reference: Reference) -> PackResult:
        """Raises GatewayError(NOT_YET_THERE) before it is made."""
        owner = self._owner(reference)
        return PackQuery(self.database, self.queries.vault, self.queries.mark)(owner, reference)

    def records(self, reference: Reference) -> Sequence[RecordFile]:
        """Evidence records, one for each deposit; empty before the first."""
        try:
            return self.deposited.own(self._owner(reference), reference)
        except GatewayError as error:
            if error.kind is ErrorKind.NOT_YET_THERE:
                return []
            raise

    def issuers(self) -> Sequence[Issuer]:
        with self.database.read() as uow:
            return uow.issuers.all()

    def add_issuer(self, issuer: Issuer, certificate: bytes) -> None:
        """Register the issuer, or only a further certificate (DER) of one that is there.

        Raises GatewayError: RULE_BROKEN for a certificate of another active issuer (it would name neither),
        APPROVAL_MISSING where two persons have to approve it first.
        """
        sha256 = hashlib.sha256(certificate).digest()
        with self.database.write() as uow:
            owner = uow.issuers.by_certificate(sha256)
            if owner is not None and owner.number != issuer.number:
                raise GatewayError(ErrorKind.RULE_BROKEN, f"issuer {owner.number} has that certificate")
            self.approve(uow, issuer.number, certificate)
            if uow.issuers.get(issuer.number) is None:
                uow.issuers.add(issuer)
            uow.issuers.add_certificate(issuer.number, sha256, certificate, self.clock.now())
            uow.audit.append("issuer-certificate-added", f"{issuer.number:04d}:{sha256.hex()}")
            uow.commit()

    def set_profile(self, number: int, changes: Mapping[str, Any]) -> Issuer:
        """Change fields of the issuer's profile by name. Raises GatewayError(RULE_BROKEN): there is none."""
        with self.database.write() as uow:
            known = uow.issuers.get(number)
            if known is None:
                raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no issuer {number}")
            issuer = replace(known, **changes)
            uow.issuers.set_profile(issuer)
            told = {name: str(getattr(issuer, name)) for name in sorted(changes)}
            uow.audit.append("issuer-profile-set", f"{number:04d}", **told)
            uow.commit()
        return issuer

    def disable_issuer(self, number: int) -> bool:
        with self.database.write() as uow:
            done = uow.issuers.set_active(number, False)
            uow.audit.append("issuer-disabled" if done else "issuer-not-found", f"{number:04d}")
            uow.commit()
        return done

    def dead_tasks(self, limit: int) -> Sequence[Task]:
        with self.database.read() as uow:
            return uow.tasks.dead(limit)

    def revive_task(self, task_id: str) -> bool:
        with self.database.write() as uow:
            done = uow.tasks.revive(task_id, self.clock.now())
            if done:
                uow.audit.append("task-revived", task_id)
            uow.commit()
        self.wake()
        return done

    def _owner(self, reference: Reference) -> Issuer:
        with self.database.read() as uow:
            if not reference.guid:
                return issuer_of(uow, 1 if self.issuer is None else self.issuer)
            record = uow.transactions.get(reference.guid)
            purged = uow.tombstones.get(reference.guid) if record is None else None
            found = record or purged
            if found is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            return issuer_of(uow, found.issuer)
