"""Recipients: their progress, found by transaction or by the digest of their link."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from gateway.adapters.storage.comparison import replacement, seen, to
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import recipients
from gateway.adapters.storage.transaction_json import recipient_from_json, recipient_to_json
from gateway.domain.parties import Identity
from gateway.domain.record import RecipientRecord
from gateway.domain.results import RecipientState, Result
from gateway.domain.signing import SignMethod

T = recipients.c
ADD = insert(recipients)
OF = select(recipients).where(T.guid == bindparam("guid")).order_by(T.position)
BY_LINK = select(recipients).where(T.link_digest == bindparam("link_digest"))
# The copies for searches follow from the rest, so they are not compared.
COPIES = ("identity_key", "access_key", "phone_key", "email_key")
KEPT = tuple(column.name for column in T if column.name not in COPIES)
REPLACE = replacement(recipients, compared=KEPT, changed=KEPT + COPIES)


class RecipientStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, records: Iterable[RecipientRecord]) -> None:
        self._session.add(ADD, [_row(record) | _keys(record) for record in records])

    def of(self, guid: str) -> Sequence[RecipientRecord]:
        return [_record(row) for row in self._session.rows(OF, {"guid": guid})]

    def by_link(self, link_digest: bytes) -> RecipientRecord | None:
        row = self._session.first(BY_LINK, {"link_digest": link_digest})
        return None if row is None else _record(row)

    def replace(self, before: RecipientRecord, after: RecipientRecord) -> bool:
        values = seen(_row(before)) | to(_row(after) | _keys(after))
        return self._session.changed(REPLACE, values) == 1


def _row(record: RecipientRecord) -> dict[str, Any]:
    return {
        "guid": record.guid,
        "position": record.position,
        "asked": recipient_to_json(record.asked),
        "sign_method": record.sign_method.value,
        "state": record.state.value,
        "result": int(record.result),
        "link_digest": record.link_digest,
        "failures": record.failures,
        "locked_until": record.locked_until,
        "conditions_at": record.conditions_at,
        "unlocked_at": record.unlocked_at,
        "decided_at": record.decided_at,
        "reason": record.reason,
    }


def _keys(record: RecipientRecord) -> dict[str, str]:
    """What support searches by, in one spelling, cut to the columns' lengths."""
    asked = record.asked
    return {
        "identity_key": _identifier(asked.identity),
        "access_key": _identifier(asked.access_identifier),
        "phone_key": "".join(filter(str.isdigit, asked.phone))[:40],
        "email_key": asked.email.lower()[:320],
    }


def _identifier(identity: Identity | None) -> str:
    return "".join(filter(str.isalnum, identity.value)).upper()[:100] if identity else ""


def _record(row: Any) -> RecipientRecord:
    return RecipientRecord(
        guid=row.guid,
        position=row.position,
        asked=recipient_from_json(row.asked),
        sign_method=SignMethod(row.sign_method),
        state=RecipientState(row.state),
        result=Result(row.result),
        link_digest=row.link_digest,
        failures=row.failures,
        locked_until=row.locked_until,
        conditions_at=row.conditions_at,
        unlocked_at=row.unlocked_at,
        decided_at=row.decided_at,
        reason=row.reason,
    )
