"""Why a transaction is taken back, as a code beside the free text; kept in evidence and certificate."""

from enum import StrEnum

from gateway.domain.errors import Text


class CancelCode(StrEnum):
    """Values are in the contract and in evidence: never rename one."""

    SENT_IN_ERROR = "SENT_IN_ERROR"
    WRONG_RECIPIENT = "WRONG_RECIPIENT"
    WRONG_CONTENT = "WRONG_CONTENT"
    DUPLICATE = "DUPLICATE"
    REPLACED = "REPLACED"
    SETTLED_OTHERWISE = "SETTLED_OTHERWISE"
    RECIPIENT_ASKED = "RECIPIENT_ASKED"
    SUSPECTED_FRAUD = "SUSPECTED_FRAUD"
    LEGAL_ORDER = "LEGAL_ORDER"
    OTHER = "OTHER"


TEXTS: dict[CancelCode, Text] = {
    CancelCode.SENT_IN_ERROR: Text("Sent in error", "Enviada por error"),
    CancelCode.WRONG_RECIPIENT: Text("Wrong recipient", "Destinatario equivocado"),
    CancelCode.WRONG_CONTENT: Text("Wrong content", "Contenido equivocado"),
    CancelCode.DUPLICATE: Text("Sent twice", "Enviada dos veces"),
    CancelCode.REPLACED: Text("Replaced by another transaction", "Sustituida por otra operación"),
    CancelCode.SETTLED_OTHERWISE: Text("Settled otherwise", "Resuelta por otra vía"),
    CancelCode.RECIPIENT_ASKED: Text("The recipient asked for it", "A petición del destinatario"),
    CancelCode.SUSPECTED_FRAUD: Text("Suspected fraud", "Sospecha de fraude"),
    CancelCode.LEGAL_ORDER: Text("By order of an authority", "Por orden de una autoridad"),
    CancelCode.OTHER: Text("Other reason", "Otro motivo"),
}


def details_of(code: CancelCode | None, reason: str) -> tuple[tuple[str, str], ...]:
    """What evidence and event say of it."""
    told = (("reason_code", code.value if code else ""), ("reason", reason))
    return tuple((name, value) for name, value in told if value)
