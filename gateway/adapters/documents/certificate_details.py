"""An event's details in words for people: their names, and those of their values that are codes.

What nobody wrote words for is printed as it is; the XML has everything in its own words.
"""

import re
from datetime import datetime

from gateway.adapters.documents import certificate_words as words
from gateway.adapters.documents.certificate_speech import Speech, moment
from gateway.domain import cancellation
from gateway.domain.errors import Text

LONGEST = 96  # Characters of a detail; the XML has it whole.
# Names for machines: what they point at is in the XML, and the reader of a page has no use for them.
UNPRINTED = frozenset(
    {"raw_sha256", "signer_sha256", "effect", "reference", "challenge", "conditions_sha256"}
)
NAMES: dict[str, Text] = {
    "accepted_document": Text("accepted document", "documento aceptado"),
    "act": Text("purpose", "fin"),
    "answers": Text("answers", "respuestas"),
    "attempt": Text("try", "intento"),
    "attempts": Text("tries", "intentos"),
    "by": Text("by", "por"),
    "call_answered_at": Text("call answered", "llamada atendida"),
    "call_ended_at": Text("call ended", "llamada terminada"),
    "call_outcome": Text("call", "llamada"),
    "call_seconds": Text("seconds of the call", "segundos de llamada"),
    "channel": Text("channel", "canal"),
    "code_channel": Text("code by", "código por"),
    "changed": Text("changed", "cambiadas"),
    "conditions_version": Text("conditions, version", "condiciones, versión"),
    "first_shown_at": Text("first page shown", "primera página mostrada"),
    "form_answered_at": Text("form filled in", "formulario rellenado"),
    "last_shown_at": Text("last page shown", "última página mostrada"),
    "pages": Text("pages", "páginas"),
    "pages_shown": Text("pages shown", "páginas mostradas"),
    "code_requested_at": Text("code asked for", "código solicitado"),
    "code_sent_at": Text("code sent", "código enviado"),
    "contact": Text("contact", "contacto"),
    "detail": Text("detail", "detalle"),
    "document": Text("document", "documento"),
    "failures": Text("failures", "fallos"),
    "fate": Text("fate", "suerte"),
    "identified_by": Text("identified by", "identificado por"),
    "language": Text("language", "idioma"),
    "left_out_document": Text("document left out", "documento no elegido"),
    "new_email": Text("new e-mail", "nuevo correo"),
    "new_phone": Text("new telephone", "nuevo teléfono"),
    "old_email": Text("former e-mail", "correo anterior"),
    "old_phone": Text("former telephone", "teléfono anterior"),
    "outcome": Text("outcome", "resultado"),
    "phone": Text("telephone", "teléfono"),
    "read": Text("content read", "contenido leído"),
    "read_document": Text("document read", "documento leído"),
    "reason": Text("reason", "motivo"),
    "reason_code": Text("cause", "causa"),
    "scope": Text("in force", "vigente"),
    "close_at": Text("closes", "cierra"),
    "simulated_seconds": Text("simulated seconds", "segundos simulados"),
    "sha256": Text("SHA-256", "SHA-256"),
    "sign_method": Text("sign method", "método de firma"),
    "signed_document": Text("signed document", "documento firmado"),
    "seconds": Text("seconds", "segundos"),
    "speech_cms_sha256": Text("SHA-256 of the sealed recording", "SHA-256 de la grabación cifrada"),
    "speech_sha256": Text("SHA-256 of the recording", "SHA-256 de la grabación"),
    "spent": Text("tries used up", "intentos agotados"),
    "time_stamp": Text("time-stamp", "sello de tiempo"),
    "tsa": Text("authority", "autoridad"),
}
FATES: dict[str, Text] = {
    "ACCEPTED": Text("accepted", "aceptado"),
    "DELIVERED": Text("delivered", "entregado"),
    "HANDED_OVER": Text("handed over", "entregado al canal"),
    "NOT_SENT": Text("not sent", "no enviado"),
    "REFUSED": Text("refused", "rechazado"),
    "REQUESTED": Text("not sent yet", "aún no enviado"),
    "UNKNOWN": Text("unknown", "desconocido"),
    "VOID": Text("void", "anulado"),
}
CALLS: dict[str, Text] = {
    "PLACED": Text("placed", "realizada"),
    "ANSWERED": Text("answered", "atendida"),
    "ENDED": Text("answered and ended", "atendida y terminada"),
}
VALUES: dict[str, dict[str, Text]] = {
    "act": words.ACTS,
    "call_outcome": CALLS,
    "code_channel": words.CHANNELS,
    "channel": words.CHANNELS,
    "fate": FATES,
    "identified_by": {"OTHER": Text("other", "otro")},
    "outcome": FATES,
    "reason_code": {code.value: text for code, text in cancellation.TEXTS.items()},
    "scope": {
        "EVERYWHERE": Text("in every transaction", "en todas las operaciones"),
        "TRANSACTION": Text("in this transaction", "en esta operación"),
    },
    "sign_method": words.METHODS,
    "changed": {"yes": Text("yes", "sí"), "no": Text("no", "no")},
    "read": {"yes": Text("yes", "sí"), "no": Text("no", "no")},
    "spent": {"yes": Text("yes", "sí")},
}
# What is told of each document is named by its place, from 1.
PLACE = re.compile("(.+_document)_([0-9]+)")
MOMENTS = frozenset(
    {
        "call_answered_at",
        "call_ended_at",
        "close_at",
        "code_requested_at",
        "code_sent_at",
        "first_shown_at",
        "form_answered_at",
        "last_shown_at",
        "time_stamp",
    }
)


def told(speech: Speech, name: str, value: str) -> str:
    """One detail as a line of text in both languages; empty for what is not printed."""
    if name in UNPRINTED:
        return ""
    kind, place = parted(name)
    named = speech.joined(words.word(NAMES, _short(kind)))
    return f"{named}{place and ' ' + place}: {_short(_value(speech, name, value))}"


def parted(name: str) -> tuple[str, str]:
    """A detail's name without the document's place, and that place; "" for what is of no document."""
    of_document = PLACE.fullmatch(name)
    return (of_document[1], of_document[2]) if of_document else (name, "")


def _value(speech: Speech, name: str, value: str) -> str:
    if name in VALUES:
        return speech.joined(words.word(VALUES[name], value))
    return _moment(value) if name in MOMENTS else value


def _moment(value: str) -> str:
    try:
        return f"{moment(datetime.fromisoformat(value))} UTC"
    except ValueError:
        return value


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
