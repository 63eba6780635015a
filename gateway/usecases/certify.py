"""The content certificate, generated once at state 12: XML sealed like an evidence, and PDF for people.

The sealed XML and all evidence stand inside the PDF, so there are two intents and two acts: the rendered XML
is stored and noted, then sealed; the PDF with it is stored and noted, then sealed; then both are published.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.certificate import Attachment, Relation
from gateway.domain.record import CertificateRecord, DataKey, EventRecord, Task, TransactionRecord
from gateway.domain.states import State
from gateway.usecases.certificate_facts import CertificateFacts, Proven
from gateway.usecases.copies.tell import queue_telling
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, Postpone, new_task
from gateway.usecases.ports import Clock, Database, Paper, PdfSealer, Sealer, UnitOfWork, Vault

RENDERED, PRINTED, CERTIFIED = "CERTIFICATE_RENDERED", "CERTIFICATE_PRINTED", "CERTIFIED"
XML_FILE = "certificate.xml"
XML = "application/xml"


@dataclass(frozen=True, slots=True)
class Printed:
    """The sealed XML, and the PDF that holds it, not yet sealed."""

    xml: bytes
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Certify:
    """Intent, act, proof: rendered octets are stored and noted before anything is sealed."""

    database: Database
    vault: Vault
    paper: Paper
    sealer: Sealer
    pdf_sealer: PdfSealer
    facts: CertificateFacts
    journal: Journal
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            if record is None or record.state is not State.CLOSED or uow.certificates.get(task.guid):
                return False
            key, events = uow.keys.get(task.guid), uow.events.of(task.guid)
            proven = self.facts(uow, record)
        printed = self._printed(record, key, events) or self._print(record, key, proven)
        certificate = self._certificate(record.guid, key, printed)
        digests = _digests(printed.xml, "xml_sha256") | {"pdf_sha256": certificate.pdf_sha256.hex()}
        with self.database.write() as uow:
            if not uow.certificates.add(certificate) or not uow.tasks.complete(task):
                return False
            if not record.sandbox:
                _deposit(uow, certificate)
            what = Happening(certificate.created_at, details=tuple(digests.items()))
            self.journal.noted(uow, record, CERTIFIED, what)
            queue_telling(uow, record)
            uow.tasks.add(new_task(Kind.PACK, record.guid, certificate.created_at, lane=record.lane))
            uow.commit()
        return True

    def _printed(
        self, record: TransactionRecord, key: DataKey, events: Sequence[EventRecord]
    ) -> Printed | None:
        """What an earlier attempt stored and noted, if one got so far."""
        noted = _first(events, PRINTED)
        return self._kept(record, key, noted) if noted else None

    def _print(self, record: TransactionRecord, key: DataKey, proven: Proven) -> Printed:
        """Seal the XML and store it with the PDF around it; or what another attempt noted meanwhile."""
        sealed = self.sealer.seal(self._intended(record, key, proven))
        early = proven.content.closed_at - sealed.stamped_at
        if early > timedelta():
            # The authority's clock is behind ours: a stamp from before the closing would deny it.
            raise Postpone(self.clock.now() + early)
        xml = sealed.octets
        pdf = self.paper.certificate_pdf(proven.content, list(self._attachments(key, proven, xml)))
        self.vault.put(record.guid, key, [xml, pdf])
        own = _digests(xml, "xml_sha256") | _digests(pdf, "rendered_sha256")
        noted = self._noted(record, PRINTED, own)
        return Printed(xml, pdf) if noted == own else self._kept(record, key, noted)

    def _intended(self, record: TransactionRecord, key: DataKey, proven: Proven) -> bytes:
        """The XML to be sealed: what an earlier attempt stored, or this, stored now."""
        rendered = self.paper.certificate_xml(proven.content)
        self.vault.put(record.guid, key, [rendered])
        own = _digests(rendered, "rendered_sha256")
        noted = self._noted(record, RENDERED, own)
        if noted == own:
            return rendered
        return self.vault.get(record.guid, key, bytes.fromhex(noted["rendered_sha256"]))

    def _noted(self, record: TransactionRecord, kind: str, own: Mapping[str, str]) -> Mapping[str, str]:
        """The details of the first note of this kind: an earlier attempt's, or our own, made now."""
        with self.database.write() as uow:
            uow.transactions.lock(record.guid)
            stored = _first(uow.events.of(record.guid), kind)
            if stored is None:
                self.journal.noted(uow, record, kind, Happening(self.clock.now(), details=tuple(own.items())))
                uow.commit()
        return stored or own

    def _kept(self, record: TransactionRecord, key: DataKey, noted: Mapping[str, str]) -> Printed:
        digests = (bytes.fromhex(noted[name]) for name in ("xml_sha256", "rendered_sha256"))
        return Printed(*(self.vault.get(record.guid, key, sha256) for sha256 in digests))

    def _attachments(self, key: DataKey, proven: Proven, xml: bytes) -> Iterator[Attachment]:
        """The sealed XML certificate, and every sealed evidence that its timeline names."""
        content = proven.content
        yield Attachment(XML_FILE, XML, content.guid, Relation.DATA, xml, content.closed_at)
        for proof, evidence in proven.evidence:
            octets = self.vault.reveal(key, evidence.body, evidence.id)
            yield Attachment(proof.file, XML, proof.evidence_id, Relation.SOURCE, octets, proof.stamped_at)

    def _certificate(self, guid: str, key: DataKey, printed: Printed) -> CertificateRecord:
        pdf = self.pdf_sealer.seal(printed.pdf)
        return CertificateRecord(
            guid=guid,
            xml=self.vault.protect(key, printed.xml, XML_FILE),
            xml_sha256=hashlib.sha256(printed.xml).digest(),
            pdf=self.vault.protect(key, pdf, "certificate.pdf"),
            pdf_sha256=hashlib.sha256(pdf).digest(),
            created_at=self.clock.now(),
        )


def _digests(octets: bytes, name: str) -> dict[str, str]:
    return {name: hashlib.sha256(octets).hexdigest()}


def _first(events: Sequence[EventRecord], kind: str) -> dict[str, str] | None:
    """The details of the first event of a kind."""
    return next((dict(event.details) for event in events if event.kind == kind), None)


def _deposit(uow: UnitOfWork, certificate: CertificateRecord) -> None:
    for name, sha256 in ((XML_FILE, certificate.xml_sha256), ("certificate.pdf", certificate.pdf_sha256)):
        uow.deposit_queue.add(certificate.guid, name, sha256, certificate.created_at)
