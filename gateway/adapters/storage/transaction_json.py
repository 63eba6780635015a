"""What the issuer asked for, to JSON values and back, field by field. Document contents never enter it.

Stored rows outlive versions: a field may be added with a default, never renamed or removed here.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from gateway.adapters.storage.call_json import bridged_from, bridged_to
from gateway.adapters.storage.party_json import recipient_from, recipient_to
from gateway.domain.catalogue import Service
from gateway.domain.consents import Consent, Purpose
from gateway.domain.delivery import Channel
from gateway.domain.documents import Document, DocumentGroup, FormField, Template
from gateway.domain.flow import Flow, OnReject
from gateway.domain.letters import LetterKind
from gateway.domain.recordings import CallData, CallDirection
from gateway.domain.retention import Duration
from gateway.domain.signing import SignMethod
from gateway.domain.templates import TemplateUse
from gateway.domain.transaction import Fallback, Reminder, SigningChannel, Transaction

J = dict[str, Any]
A = TypeVar("A")
B = TypeVar("B")


def transaction_to(asked: Transaction) -> J:
    return {
        "service": asked.service.value,
        "external_id": asked.external_id,
        "subject": asked.subject,
        "body": asked.body,
        "language": asked.language,
        "channel": asked.channel.value,
        "send_at": _maybe(datetime.isoformat, asked.send_at),
        "time_to_close": _limit_to(asked.time_to_close),
        "time_to_save": _duration_to(asked.time_to_save),
        "sign_method": _maybe(lambda method: method.value, asked.sign_method),
        "documents": [_document_to(document) for document in asked.documents],
        "groups": [{"id": group.id, "documents": list(group.documents)} for group in asked.groups],
        "forms": [_form_to(form) for form in asked.forms],
        "recipients": [recipient_to(recipient) for recipient in asked.recipients],
        "reminders": [_reminder_to(reminder) for reminder in asked.reminders],
        "fallbacks": [_fallback_to(fallback) for fallback in asked.fallbacks],
        "return_url": asked.return_url,
        "fields": [list(field) for field in asked.fields],
        "flow": _flow_to(asked.flow),
        "consents": [_consent_to(consent) for consent in asked.consents],
        "bridged": _maybe(bridged_to, asked.call),
    }


def transaction_from(stored: J) -> Transaction:
    return Transaction(
        service=Service(stored["service"]),
        external_id=stored["external_id"],
        subject=stored["subject"],
        body=stored["body"],
        language=stored["language"],
        channel=SigningChannel(stored["channel"]),
        send_at=_maybe(datetime.fromisoformat, stored["send_at"]),
        time_to_close=_limit_from(stored["time_to_close"]),
        time_to_save=_duration_from(stored["time_to_save"]),
        sign_method=_maybe(SignMethod, stored["sign_method"]),
        documents=tuple(map(_document_from, stored["documents"])),
        groups=tuple(DocumentGroup(group["id"], tuple(group["documents"])) for group in stored["groups"]),
        forms=tuple(map(_form_from, stored["forms"])),
        recipients=tuple(map(recipient_from, stored["recipients"])),
        reminders=tuple(map(_reminder_from, stored["reminders"])),
        fallbacks=tuple(map(_fallback_from, stored["fallbacks"])),
        return_url=stored["return_url"],
        fields=tuple((name, value) for name, value in stored["fields"]),
        flow=_maybe(_flow_from, stored.get("flow")) or Flow(),
        consents=tuple(map(_consent_from, stored.get("consents", ()))),
        call=_maybe(bridged_from, stored.get("bridged")),
    )


def _document_to(document: Document) -> J:
    template = document.template
    return {
        "id": document.id,
        "name": document.name,
        "media_type": document.media_type,
        "template": _maybe(_template_to, template),
        "sha256": _maybe(bytes.hex, document.sha256),
        "call": _maybe(_call_to, document.call),
        "milliseconds": document.milliseconds,
        "composed": _maybe(_use_to, document.composed),
    }


def _document_from(stored: J) -> Document:
    return Document(
        id=stored["id"],
        name=stored["name"],
        media_type=stored["media_type"],
        template=_maybe(lambda template: Template(**template), stored["template"]),
        sha256=_maybe(bytes.fromhex, stored["sha256"]),
        call=_maybe(_call_from, stored.get("call")),
        milliseconds=stored.get("milliseconds"),
        composed=_maybe(_use_from, stored.get("composed")),
    )


def _template_to(template: Template) -> J:
    return {
        "text": template.text,
        "data": dict(template.data),
        "name": template.name,
        "version": template.version,
    }


def _use_to(use: TemplateUse) -> J:
    return {"name": use.name, "version": use.version, "sha256": use.sha256.hex()}


def _use_from(stored: J) -> TemplateUse:
    return TemplateUse(stored["name"], stored["version"], bytes.fromhex(stored["sha256"]))


def _call_to(call: CallData) -> J:
    return {
        "started_at": call.started_at.isoformat(),
        "ended_at": _maybe(datetime.isoformat, call.ended_at),
        "caller": call.caller,
        "called": call.called,
        "direction": _maybe(lambda direction: direction.value, call.direction),
        "agent": call.agent,
    }


def _call_from(stored: J) -> CallData:
    return CallData(
        started_at=datetime.fromisoformat(stored["started_at"]),
        ended_at=_maybe(datetime.fromisoformat, stored["ended_at"]),
        caller=stored["caller"],
        called=stored["called"],
        direction=_maybe(CallDirection, stored["direction"]),
        agent=stored["agent"],
    )


def _form_to(form: FormField) -> J:
    return {
        "name": form.name,
        "label": form.label,
        "type": form.type,
        "required": form.required,
        "options": list(form.options),
    }


def _form_from(stored: J) -> FormField:
    return FormField(**(stored | {"options": tuple(stored["options"])}))


def _reminder_to(reminder: Reminder) -> J:
    return {
        "after": _duration_to(reminder.after),
        "channel": reminder.channel.value,
        "although_unknown": reminder.although_unknown,
    }


def _reminder_from(stored: J) -> Reminder:
    after, channel = _duration_from(stored["after"]), Channel(stored["channel"])
    return Reminder(after, channel, stored.get("although_unknown", False))


def _fallback_to(fallback: Fallback) -> J:
    return {
        "after": _duration_to(fallback.after),
        "condition": fallback.condition,
        "channel": fallback.channel.value,
        "although_unknown": fallback.although_unknown,
    }


def _fallback_from(stored: J) -> Fallback:
    after, channel = _duration_from(stored["after"]), Channel(stored["channel"])
    return Fallback(after, stored["condition"], channel, stored.get("although_unknown", False))


def _flow_to(flow: Flow) -> J | None:
    """None for what most say: nothing."""
    if flow == Flow():
        return None
    return {
        "must_scroll": flow.must_scroll,
        "send_copy": flow.send_copy,
        "on_reject": flow.on_reject.value,
        "reject_reasons": list(flow.reject_reasons),
        "spoken_acceptance": flow.spoken_acceptance,
        "letter": flow.letter.value,
    }


def _flow_from(stored: J) -> Flow:
    return Flow(
        must_scroll=stored["must_scroll"],
        send_copy=stored["send_copy"],
        on_reject=OnReject(stored["on_reject"]),
        reject_reasons=tuple(stored["reject_reasons"]),
        spoken_acceptance=stored["spoken_acceptance"],
        letter=LetterKind(stored.get("letter", LetterKind.REGISTERED.value)),
    )


def _consent_to(consent: Consent) -> J:
    return {
        "id": consent.id,
        "purpose": consent.purpose.value,
        "version": consent.version,
        "text": consent.text,
        "mandatory": consent.mandatory,
    }


def _consent_from(stored: J) -> Consent:
    return Consent(**(stored | {"purpose": Purpose(stored["purpose"])}))


def _duration_to(duration: Duration) -> J:
    return {"months": duration.months, "seconds": duration.seconds}


def _duration_from(stored: J) -> Duration:
    return Duration(stored["months"], stored["seconds"])


def _limit_to(limit: datetime | Duration | None) -> J | str | None:
    return _duration_to(limit) if isinstance(limit, Duration) else _maybe(datetime.isoformat, limit)


def _limit_from(stored: J | str | None) -> datetime | Duration | None:
    if isinstance(stored, str):
        return datetime.fromisoformat(stored)
    return _maybe(_duration_from, stored)


def _maybe(convert: Callable[[A], B], value: A | None) -> B | None:
    return None if value is None else convert(value)
