"""What a draft says, to JSON values and back, field by field: the sealed part of its rows.

Stored rows outlive versions: a field may be added with a default, never renamed or removed here.
"""

from typing import Any

from gateway.adapters.storage.party_json import recipient_from, recipient_to
from gateway.domain.catalogue import Service
from gateway.domain.draft import Addressee, Composition, DraftDocument, DraftTemplate

J = dict[str, Any]


def composition_to(said: Composition) -> J:
    return {
        "service": said.service.value,
        "subject": said.subject,
        "body": said.body,
        "language": said.language,
        "closing_days": said.closing_days,
        "saving_years": said.saving_years,
        "document": _document_to(said.document) if said.document else None,
        "template": _template_to(said.template) if said.template else None,
    }


def composition_from(stored: J) -> Composition:
    return Composition(
        service=Service(stored["service"]),
        subject=stored["subject"],
        body=stored["body"],
        language=stored["language"],
        closing_days=stored["closing_days"],
        saving_years=stored["saving_years"],
        document=_document_from(stored["document"]) if stored["document"] else None,
        template=_template_from(stored["template"]) if stored["template"] else None,
    )


def addressee_to(addressee: Addressee) -> J:
    return {"recipient": recipient_to(addressee.recipient), "data": _pairs_to(addressee.data)}


def addressee_from(stored: J) -> Addressee:
    return Addressee(recipient_from(stored["recipient"]), _pairs_from(stored["data"]))


def _document_to(document: DraftDocument) -> J:
    return {
        "name": document.name,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256.hex(),
        "pages": document.pages,
    }


def _document_from(stored: J) -> DraftDocument:
    return DraftDocument(**(stored | {"sha256": bytes.fromhex(stored["sha256"])}))


def _template_to(template: DraftTemplate) -> J:
    return {
        "id": template.id,
        "version": template.version,
        "name": template.name,
        "text": template.text,
        "data": _pairs_to(template.data),
    }


def _template_from(stored: J) -> DraftTemplate:
    return DraftTemplate(**(stored | {"data": _pairs_from(stored["data"])}))


def _pairs_to(pairs: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [list(pair) for pair in pairs]


def _pairs_from(stored: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in stored)
