"""What was sent: the issuer's own transactions by page, the story of one, its files, and taking it back.

The issuer's data of its own recipients is the issuer's to see; another's transaction does not exist.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.record import DocumentRecord, StoredEvidence, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.usecases.cancel import Cancel
from gateway.usecases.commands import Reference
from gateway.usecases.pack import PackQuery
from gateway.usecases.ports import Database, Listed
from gateway.usecases.queries import Queries, own
from gateway.usecases.results import (
    CertificateFile,
    DocumentFile,
    DocumentKind,
    EvidenceFile,
    PackResult,
    Status,
    Timeline,
)
from gateway.usecases.sender.desk import Asking, issuer_for

GUID = re.compile(r"\d{6}-\d{4}-\d{15}\.par")
PAGE = 25
FIRST = (datetime(9999, 1, 1, tzinfo=UTC), "")
EVER = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Filter:
    """`phase` is OPEN, DONE or empty for both; `before` is the place of the last one of the page before."""

    phase: str = ""
    result: Result | None = None
    not_before: datetime = EVER
    before: tuple[datetime, str] = FIRST


@dataclass(frozen=True, slots=True)
class Page:
    items: Sequence[Status]
    after: tuple[datetime, str] | None


@dataclass(frozen=True, slots=True)
class Story:
    """Everything about one transaction that its issuer may see."""

    status: Status
    timeline: Timeline
    evidence: Sequence[StoredEvidence]
    documents: Sequence[DocumentRecord]
    certified: bool
    packed: bool


@dataclass(frozen=True, slots=True)
class Tracking:
    database: Database
    queries: Queries
    pack_of: PackQuery
    cancel_it: Cancel

    def page(self, asking: Asking, wanted: Filter) -> Page:
        """Newest first. One whose rows do not open any more is left out."""
        bounds = {"OPEN": (0, State.DECIDED - 1), "DONE": (int(State.DECIDED), int(State.CLOSED))}
        with self.database.read() as uow:
            number = issuer_for(uow, asking).number
            result = None if wanted.result is None else int(wanted.result)
            states = bounds.get(wanted.phase, (0, int(State.CLOSED)))
            asked = Listed(number, states, result, wanted.before, wanted.not_before)
            guids = uow.sender.listed(asked, PAGE + 1)
            found = [uow.transactions.get(guid) for guid in guids[:PAGE]]
            records = [record for record in found if record is not None]
            items = [Status(record, tuple(uow.recipients.of(record.guid))) for record in records]
        last = records[-1] if records and len(guids) > PAGE else None
        return Page(items, (last.received_at, last.guid) if last else None)

    def search(self, asking: Asking, words: str) -> str:
        """The GUID of the issuer's transaction with that GUID or identifier; empty: there is none."""
        text = words.strip()
        reference = Reference(guid=text) if GUID.fullmatch(text) else Reference(external_id=text)
        with self.database.read() as uow:
            issuer = issuer_for(uow, asking)
            try:
                return own(uow, self.queries.mark, issuer, reference).guid if text else ""
            except GatewayError as error:
                if error.kind in {ErrorKind.NOT_FOUND, ErrorKind.PURGED}:
                    return ""
                raise

    def story(self, asking: Asking, guid: str) -> Story:
        """Raises GatewayError: NOT_FOUND, also for another issuer's, and PURGED."""
        issuer, reference = self._issuer(asking), Reference(guid)
        status = self.queries.state(issuer, reference)
        with self.database.read() as uow:
            documents, evidences = tuple(uow.documents.of(guid)), tuple(uow.evidences.of(guid))
            certified, packed = uow.certificates.get(guid) is not None, uow.packs.get(guid)
        return Story(
            status,
            self.queries.events(issuer, reference),
            evidences,
            documents,
            certified,
            packed is not None and packed.sha256 is not None,
        )

    def documents(self, asking: Asking, guid: str, kind: DocumentKind) -> Sequence[DocumentFile]:
        return self.queries.documents(self._issuer(asking), Reference(guid), kind)

    def evidence(self, asking: Asking, guid: str, evidence_id: str) -> EvidenceFile:
        """Raises GatewayError(NOT_YET_THERE) while it is not sealed."""
        if not evidence_id:
            raise GatewayError(ErrorKind.NOT_FOUND)
        (found,) = self.queries.evidence(self._issuer(asking), Reference(guid), evidence_id)
        if not found.octets:
            raise GatewayError(ErrorKind.NOT_YET_THERE)
        return found

    def certificate(self, asking: Asking, guid: str, media_type: str) -> CertificateFile:
        return self.queries.certificate(self._issuer(asking), Reference(guid), media_type)

    def pack(self, asking: Asking, guid: str) -> PackResult:
        return self.pack_of(self._issuer(asking), Reference(guid))

    def cancel(self, asking: Asking, guid: str, reason: str) -> TransactionRecord:
        """Raises GatewayError: CLOSED once it is decided, RULE_BROKEN without a reason, NOT_FOUND."""
        text = " ".join(reason.split())[:LONGEST_REASON]
        if not text:
            raise GatewayError(ErrorKind.RULE_BROKEN, "a reason is needed")
        with self.database.write() as uow:
            # Who asked stands in the log before anything happens.
            own(uow, self.queries.mark, issuer_for(uow, asking), Reference(guid))
            uow.audit.append("cancel-asked", guid, person=asking.person.id)
            uow.commit()
        return self.cancel_it(self._issuer(asking), Reference(guid), text)

    def _issuer(self, asking: Asking) -> Issuer:
        with self.database.read() as uow:
            return issuer_for(uow, asking)
