"""Ends of custody: the compare-and-set that moves one, its record, contracts, and what ends soon."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, not_, or_, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import (
    certificates,
    custody_contracts,
    custody_extensions,
    custody_holds,
    custody_imports,
    import_records,
    transactions,
)
from gateway.domain.archive import ImportedRecord
from gateway.domain.custody import Cause, CustodyContract, Extension

T, E, C, H = transactions.c, custody_extensions.c, custody_contracts.c, custody_holds.c
MOVE_END = (
    update(transactions)
    .where(and_(T.guid == bindparam("whose"), T.custody_until == bindparam("seen")))
    .values(custody_until=bindparam("new_end"))
)
ADD_EXTENSION = insert(custody_extensions)
EXTENSIONS = select(custody_extensions).where(E.guid == bindparam("guid")).order_by(E.ordinal)
ADD_CONTRACT = insert(custody_contracts)
DROP_CONTRACT = delete(custody_contracts).where(C.issuer == bindparam("whose"))
CONTRACT = select(custody_contracts).where(C.issuer == bindparam("whose"))
CONTRACTS = select(custody_contracts).order_by(C.issuer)
ENDING = (
    select(T.custody_until, T.guid)
    .where(
        and_(
            T.issuer == bindparam("whose"),
            T.custody_until < bindparam("before"),
            # Said twice, for the index serves this part only.
            T.custody_until >= bindparam("after_end"),
            or_(T.custody_until > bindparam("after_end"), T.guid > bindparam("after_guid")),
        )
    )
    .order_by(T.custody_until, T.guid)
    .limit(bindparam("most"))
)
ADD_IMPORT = insert(custody_imports)
ADD_RECORD = insert(import_records)
RECORDS = (
    select(import_records)
    .where(import_records.c.guid == bindparam("guid"))
    .order_by(import_records.c.position)
)
CERTIFIED = T.guid == certificates.c.guid
CLOSED = (
    select(T.guid)
    .join(certificates, CERTIFIED)
    .where(and_(T.issuer == bindparam("whose"), T.guid > bindparam("after_guid")))
    .order_by(T.guid)
    .limit(bindparam("most"))
)
COUNT_ALL = select(func.count(T.guid).label("how_many")).where(T.issuer == bindparam("whose"))
COUNT_CLOSED = COUNT_ALL.join(certificates, CERTIFIED)
HELD = exists().where(and_(H.guid == T.guid, H.released_at.is_(None)))
ENDED = (
    select(T.guid)
    .where(and_(T.custody_until < bindparam("before"), T.guid > bindparam("after_guid"), not_(HELD)))
    .order_by(T.guid)
    .limit(bindparam("most"))
)


class SqlCustodyStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def extend(self, extension: Extension) -> bool:
        change = {"whose": extension.guid, "seen": extension.old_end, "new_end": extension.new_end}
        if self._session.changed(MOVE_END, change) != 1:
            return False
        self.keep(extension)
        return True

    def keep(self, extension: Extension) -> None:
        row = {
            "guid": extension.guid,
            "old_end": extension.old_end,
            "new_end": extension.new_end,
            "months": extension.months,
            "cause": extension.cause.value,
            "token": extension.token,
            "extended_at": extension.at,
        }
        self._session.add(ADD_EXTENSION, [row])

    def extensions(self, guid: str) -> Sequence[Extension]:
        return [_extension(row) for row in self._session.rows(EXTENSIONS, {"guid": guid})]

    def set_contract(self, contract: CustodyContract) -> None:
        self.end_contract(contract.issuer)
        row = {
            "issuer": contract.issuer,
            "months": contract.months,
            "until": contract.until,
            "set_at": contract.set_at,
        }
        self._session.add(ADD_CONTRACT, [row])

    def end_contract(self, issuer: int) -> bool:
        return self._session.changed(DROP_CONTRACT, {"whose": issuer}) == 1

    def contract(self, issuer: int) -> CustodyContract | None:
        row = self._session.first(CONTRACT, {"whose": issuer})
        return None if row is None else _contract(row)

    def contracts(self) -> Sequence[CustodyContract]:
        return [_contract(row) for row in self._session.rows(CONTRACTS)]

    def ending(
        self, issuer: int, before: datetime, after: tuple[datetime, str], limit: int
    ) -> Sequence[tuple[datetime, str]]:
        end, guid = after
        asked = {"whose": issuer, "before": before, "after_end": end, "after_guid": guid, "most": limit}
        return [(row.custody_until, row.guid) for row in self._session.rows(ENDING, asked)]

    def closed(self, issuer: int, after_guid: str, limit: int) -> Sequence[str]:
        asked = {"whose": issuer, "after_guid": after_guid, "most": limit}
        return [row.guid for row in self._session.rows(CLOSED, asked)]

    def counts(self, issuer: int) -> tuple[int, int]:
        [closed] = self._session.rows(COUNT_CLOSED, {"whose": issuer})
        [every] = self._session.rows(COUNT_ALL, {"whose": issuer})
        return closed.how_many, every.how_many - closed.how_many

    def imported(self, guid: str, export_id: str, sha256: bytes, at: datetime) -> None:
        row = {"guid": guid, "export_id": export_id, "archived_sha256": sha256, "imported_at": at}
        self._session.add(ADD_IMPORT, [row])

    def add_record(self, record: ImportedRecord) -> None:
        row = {
            "guid": record.guid,
            "position": record.position,
            "record_sha256": record.record_sha256,
            "leaf_sha256": record.leaf_sha256,
        }
        self._session.add(ADD_RECORD, [row])

    def records(self, guid: str) -> Sequence[ImportedRecord]:
        rows = self._session.rows(RECORDS, {"guid": guid})
        return [ImportedRecord(row.guid, row.position, row.record_sha256, row.leaf_sha256) for row in rows]

    def ended(self, before: datetime, after_guid: str, limit: int) -> Sequence[str]:
        asked = {"before": before, "after_guid": after_guid, "most": limit}
        return [row.guid for row in self._session.rows(ENDED, asked)]


def _extension(row: Any) -> Extension:
    return Extension(
        row.guid, row.old_end, row.new_end, row.months, Cause(row.cause), row.extended_at, row.token
    )


def _contract(row: Any) -> CustodyContract:
    return CustodyContract(row.issuer, row.months, row.until, row.set_at)
