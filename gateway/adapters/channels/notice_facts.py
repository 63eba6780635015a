"""The words of one language, and the facts that a notice lists: who sent it, when, what, and until when."""

from collections.abc import Sequence

from gateway.adapters.channels.document_names import own_names
from gateway.adapters.channels.notice_lines import line
from gateway.catalogues import say, supported, texts
from gateway.domain.copies import Ending
from gateway.domain.errors import Text
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord, TransactionRecord

PACKAGE = "gateway.adapters.channels"
LABELS = (
    Text("Sent by", "Enviado por"),
    Text("Date", "Fecha"),
    Text("Document", "Documento"),
    Text("Identifier (GUID)", "Identificador (GUID)"),
    Text("Available until", "Disponible hasta"),
)


class Said:
    """The words of one language; `said(key, name=value)` fills the placeholders in."""

    def __init__(self, language: str) -> None:
        self._texts = texts(PACKAGE, supported(language))

    def __call__(self, key: str, **values: object) -> str:
        return self._texts[key].format(**values)


def facts(record: TransactionRecord, who: RecipientRecord, issuer: Issuer) -> Sequence[tuple[str, str]]:
    values = (
        line(issuer.name),
        f"{record.received_at:%Y-%m-%d %H:%M:%S} UTC",
        ", ".join(map(line, own_names(record, who) or [record.subject])),
        record.guid,
        f"{record.close_at:%Y-%m-%d %H:%M:%S} UTC",
    )
    return [(say(label, record.language), value) for label, value in zip(LABELS, values, strict=True)]


def outcome_facts(record: TransactionRecord, issuer: Issuer, ending: Ending) -> Sequence[tuple[str, str]]:
    said = Said(record.language)
    documents = ", ".join(line(name) for name in ending.documents)
    return [
        (said("outcome.sender"), line(issuer.name)),
        *([(said("outcome.documents"), documents)] if documents else []),
        (said("outcome.guid"), record.guid),
        (said("outcome.ended"), f"{ending.ended_at:%Y-%m-%d %H:%M:%S} UTC"),
        (said("outcome.yours"), say(ending.own, record.language)),
        (said("outcome.overall"), say(ending.overall, record.language)),
    ]
