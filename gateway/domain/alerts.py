"""The issuer's own alerts: generated, processed, finished; all of them or none.

Their subjects are public and frozen: issuers' mailboxes have rules for them.
"""

import re
from enum import Enum

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import MAILTO, Issuer
from gateway.domain.record import TransactionRecord

MAILBOX = re.compile(r"[^@\s<>,;:\"()\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")
MOST_ADDRESSES = 20


class AlertKind(Enum):
    """The value is the timeline's word for what is told of."""

    GENERATED = "RECEIVED"
    PROCESSED = "SEALED"
    FINISHED = "CERTIFIED"


# In the words of the trade, whatever anybody's language.
SUBJECTS = {
    AlertKind.GENERATED: "Envío Generado – Identificador: {external_id}",
    AlertKind.PROCESSED: "Envío Tramitado. Guid: {guid}",
    AlertKind.FINISHED: "Envío Finalizado. Guid: {guid}",
}


def subject_of(kind: AlertKind, record: TransactionRecord) -> str:
    return SUBJECTS[kind].format(external_id=record.external_id, guid=record.guid)


def checked_mailbox(text: str) -> str:
    """Raises GatewayError(ALERT_ADDRESS)."""
    address = text.strip()
    if not MAILBOX.fullmatch(address):
        raise GatewayError(ErrorKind.ALERT_ADDRESS, "it is written name@domain")
    return address


def contact_mailbox(issuer: Issuer) -> str:
    """The mailbox that the issuer was registered with; "" when its contact is a page or a telephone."""
    contact = issuer.contact.strip()
    address = issuer.reachable_at if contact.lower().startswith(MAILTO) else ""
    return address if MAILBOX.fullmatch(address) else ""
