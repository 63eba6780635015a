"""Recipients: their progress, found by transaction or by the digest of their link.

Who they are is sealed; for searches there are keyed hashes, and for the compare-and-set a keyed digest.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from gateway.adapters.storage.comparison import replacement, seen, to
from gateway.adapters.storage.party_json import recipient_from, recipient_to
from gateway.adapters.storage.personal import NO_OBJECT, Personal, PersonalPart, keyed, spelt
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import recipients, transactions
from gateway.domain.record import RecipientRecord
from gateway.domain.results import RecipientState, Result
from gateway.domain.signing import SignMethod

T = recipients.c
# Searches list a person's transactions by their reception, so it stands beside the marks.
RECEIVED = select(transactions.c.received_at).where(transactions.c.guid == bindparam("whose"))
ADD = insert(recipients).values(received_at=RECEIVED.scalar_subquery())
OF = select(recipients).where(T.guid == bindparam("guid")).order_by(T.position)
BY_LINK = keyed(recipients, T.guid).where(T.link_digest == bindparam("link_digest"))
PART = PersonalPart(
    recipients,
    owner="guid",
    place="position",
    emptied={"asked": NO_OBJECT, "reason": ""},
    clear=lambda row: {"asked": json.loads(row.asked), "reason": row.reason},
)
MARKS = ("identity_key", "access_key", "phone_key", "email_key")
SEALED = (*PART.emptied, "personal", "personal_digest", *MARKS)
PROGRESS = tuple(column.name for column in T if column.name not in (*SEALED, "received_at"))
COMPARED = (*PROGRESS, "personal_digest")
# Mostly it is only the progress that changes.
MOVE = replacement(recipients, compared=COMPARED, changed=PROGRESS)
REPLACE = replacement(recipients, compared=COMPARED, changed=PROGRESS + SEALED)
# A row from before revision 0004 is compared as it was written.
IN_CLEAR = (*PROGRESS, *PART.emptied)
REPLACE_CLEAR = replacement(recipients, compared=IN_CLEAR, changed=PROGRESS + SEALED).where(
    T.personal.is_(None)
)


class RecipientStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, records: Iterable[RecipientRecord]) -> None:
        """Raises GatewayError(KEY_DESTROYED) for recipients of a transaction without data key."""
        rows = [
            _row(record) | sealed(self._personal, record, _told(record)) | {"whose": record.guid}
            for record in records
        ]
        self._session.add(ADD, rows)

    def of(self, guid: str) -> Sequence[RecipientRecord]:
        rows = self._session.rows(OF, {"guid": guid})
        return [_record(row, PART.told(self._personal, row)) for row in rows]

    def by_link(self, link_digest: bytes) -> RecipientRecord | None:
        row = self._session.first(BY_LINK, {"link_digest": link_digest})
        return None if row is None else _record(row, PART.told(self._personal, row, keyed=True))

    def replace(self, before: RecipientRecord, after: RecipientRecord) -> bool:
        # Between two statements the upkeep may seal a row, never the other way round.
        return self._replace(before, after) or (
            self._replace_clear(before, after) or self._replace(before, after)
        )

    def _replace(self, before: RecipientRecord, after: RecipientRecord) -> bool:
        kept, coming = _told(before), _told(after)
        digest = self._personal.key(before.guid).digest(kept, PART.context(before))
        compared = seen(_row(before) | {"personal_digest": digest})
        if kept == coming:
            return self._session.changed(MOVE, compared | to(_row(after))) == 1
        return self._session.changed(REPLACE, compared | self._to(after, coming)) == 1

    def _replace_clear(self, before: RecipientRecord, after: RecipientRecord) -> bool:
        clear = {"asked": spelt(recipient_to(before.asked)), "reason": before.reason}
        change = seen(_row(before) | clear) | self._to(after, _told(after))
        return self._session.changed(REPLACE_CLEAR, change) == 1

    def _to(self, record: RecipientRecord, told: dict[str, Any]) -> dict[str, Any]:
        return to(_row(record) | sealed(self._personal, record, told))


def sealed(personal: Personal, row: Any, told: dict[str, Any]) -> dict[str, Any]:
    """The columns that keep what is personal of a recipient, and by which they are found."""
    digest = personal.key(row.guid).digest(told, PART.context(row))
    return PART.sealed(personal, row, told) | {"personal_digest": digest} | _marks(personal, told["asked"])


def _told(record: RecipientRecord) -> dict[str, Any]:
    return {"asked": recipient_to(record.asked), "reason": record.reason}


def _marks(personal: Personal, asked: dict[str, Any]) -> dict[str, str]:
    """What support searches by: keyed hashes of one spelling."""
    return {
        "identity_key": identifier_mark(personal, _identifier(asked["identity"])),
        "access_key": identifier_mark(personal, _identifier(asked["access_identifier"])),
        "phone_key": phone_mark(personal, asked["phone"]),
        "email_key": email_mark(personal, asked["email"]),
    }


def identifier_mark(personal: Personal, text: str) -> str:
    """Letters and digits alone, in capitals."""
    return personal.mark("identifier", "".join(filter(str.isalnum, text)).upper())


def phone_mark(personal: Personal, text: str) -> str:
    """Digits only."""
    return personal.mark("phone", "".join(filter(str.isdigit, text)))


def email_mark(personal: Personal, text: str) -> str:
    return personal.mark("email", text.lower())


def _identifier(identity: dict[str, Any] | None) -> str:
    return str(identity["value"]) if identity else ""


def _row(record: RecipientRecord) -> dict[str, Any]:
    return {
        "guid": record.guid,
        "position": record.position,
        "sign_method": record.sign_method.value,
        "state": record.state.value,
        "result": int(record.result),
        "link_digest": record.link_digest,
        "failures": record.failures,
        "locked_until": record.locked_until,
        "conditions_at": record.conditions_at,
        "unlocked_at": record.unlocked_at,
        "decided_at": record.decided_at,
        "series": record.series,
        "link_version": record.link_version,
        "corrected_at": record.corrected_at,
        "acknowledged_at": record.acknowledged_at,
        "answered_at": record.answered_at,
    }


def _record(row: Any, told: dict[str, Any]) -> RecipientRecord:
    return RecipientRecord(
        guid=row.guid,
        position=row.position,
        asked=recipient_from(told["asked"]),
        sign_method=SignMethod(row.sign_method),
        state=RecipientState(row.state),
        result=Result(row.result),
        link_digest=row.link_digest,
        failures=row.failures,
        locked_until=row.locked_until,
        conditions_at=row.conditions_at,
        unlocked_at=row.unlocked_at,
        decided_at=row.decided_at,
        reason=told["reason"],
        series=row.series,
        link_version=row.link_version,
        corrected_at=row.corrected_at,
        acknowledged_at=row.acknowledged_at,
        answered_at=row.answered_at,
    )
