"""Consents that were given. The identity is a keyed mark, as beside the recipient; it is never read back."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, select, update

from gateway.adapters.storage.personal import Personal
from gateway.adapters.storage.recipient_store import identifier_mark
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import consents
from gateway.domain.consents import GivenConsent, Purpose

C = consents.c
ADD = insert(consents)
OF = (
    select(consents)
    .where(and_(C.identity_key == bindparam("mark"), C.issuer == bindparam("whom")))
    .order_by(C.given_at, C.guid, C.position, C.consent)
)
WITHDRAW = (
    update(consents)
    .where(
        and_(
            C.guid == bindparam("whose"),
            C.position == bindparam("place"),
            C.consent == bindparam("which"),
            C.withdrawn_at.is_(None),
        )
    )
    .values(withdrawn_at=bindparam("at"))
)


class ConsentStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, identity: str, given: Iterable[GivenConsent]) -> None:
        mark = identifier_mark(self._personal, identity)
        if rows := [_row(each) | {"identity_key": mark} for each in given]:
            self._session.add(ADD, rows)

    def of(self, issuer: int, identity: str) -> Sequence[GivenConsent]:
        mark = identifier_mark(self._personal, identity)
        rows = self._session.rows(OF, {"mark": mark, "whom": issuer}) if mark else []
        return [_consent(row) for row in rows]

    def withdraw(self, consent: GivenConsent, at: datetime) -> bool:
        which = {"whose": consent.guid, "place": consent.position, "which": consent.consent}
        return self._session.changed(WITHDRAW, which | {"at": at}) == 1


def _row(given: GivenConsent) -> dict[str, Any]:
    return {
        "guid": given.guid,
        "position": given.position,
        "consent": given.consent,
        "issuer": given.issuer,
        "purpose": given.purpose.value,
        "version": given.version,
        "text_sha256": given.text_sha256,
        "given_at": given.given_at,
        "withdrawn_at": given.withdrawn_at,
    }


def _consent(row: Any) -> GivenConsent:
    return GivenConsent(
        issuer=row.issuer,
        guid=row.guid,
        position=row.position,
        consent=row.consent,
        purpose=Purpose(row.purpose),
        version=row.version,
        text_sha256=row.text_sha256,
        given_at=row.given_at,
        withdrawn_at=row.withdrawn_at,
    )
