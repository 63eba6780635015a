"""The port `Paper`: everything that is done to documents, under the configured limits."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.adapters.documents.certificate_pdf import render as render_pdf
from gateway.adapters.documents.certificate_xml import render as render_xml
from gateway.adapters.documents.compose import compose
from gateway.adapters.documents.cover import CoverSheet, cover
from gateway.adapters.documents.inspect import inspect, is_pdf
from gateway.adapters.documents.recording import milliseconds
from gateway.adapters.documents.stamp import StampMark, stamp
from gateway.domain.certificate import Attachment, CertificateContent
from gateway.domain.documents import Template
from gateway.domain.record import DocumentRecord, TransactionRecord


@dataclass(frozen=True, slots=True)
class DocumentPaper:
    """`max_octets` and `max_pages` bound one document."""

    max_octets: int
    max_pages: int

    def inspect(self, octets: bytes, media_type: str) -> tuple[int | None, bool]:
        found = inspect(octets, media_type, self.max_octets, self.max_pages)
        return found.pages, found.signed

    def milliseconds(self, octets: bytes, media_type: str) -> int:
        return milliseconds(octets, media_type)

    def compose(self, template: Template, title: str) -> bytes:
        return compose(template.text, template.data, title)

    def stamp(self, record: TransactionRecord, document: DocumentRecord, octets: bytes) -> bytes:
        if is_pdf(document.media_type):
            return stamp(octets, StampMark(record.guid, record.received_at, test=record.sandbox))
        sheet = CoverSheet(
            name=document.name,
            media_type=document.media_type,
            size=document.size,
            sha256=document.original_sha256,
            guid=record.guid,
            received_at=record.received_at,
            language=record.language,
            test=record.sandbox,
        )
        return cover(sheet)

    def certificate_pdf(self, content: CertificateContent, attachments: Sequence[Attachment]) -> bytes:
        return render_pdf(content, attachments)

    def certificate_xml(self, content: CertificateContent) -> bytes:
        return render_xml(content)
