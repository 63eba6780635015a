"""Reports of channels, each once; what is personal in them is sealed, their raw octets are the vault's."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, select, update

from gateway.adapters.storage.personal import Personal, PersonalPart
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import channel_reports
from gateway.domain.delivery import Channel
from gateway.domain.reports import Failure, Report, ReportKind, ReportRow

T = channel_reports.c
ADD = InsertOnce(channel_reports, ("mark",))
SAME = select(T.id).where(T.mark == bindparam("same"))
OF = select(channel_reports).where(T.owner == bindparam("whose")).order_by(T.happened_at, T.received_at, T.id)
UNMATCHED = select(channel_reports).where(T.matched_at.is_(None))
COUNT = select(func.count().label("many")).select_from(UNMATCHED.subquery())
WAITING = UNMATCHED.where(T.given_up.is_(False)).order_by(T.received_at, T.id).limit(bindparam("most"))
STRAY = UNMATCHED.order_by(T.received_at.desc(), T.id).limit(bindparam("most"))
DROP = delete(channel_reports).where(and_(T.id == bindparam("which"), T.matched_at.is_(None)))
LATE = and_(T.matched_at.is_(None), T.received_at < bindparam("before"))
GIVE_UP = update(channel_reports).where(and_(LATE, T.given_up.is_(False))).values(given_up=True)
ENDED = (
    select(T.id)
    .where(and_(LATE, T.given_up.is_(True)))
    .order_by(T.received_at, T.id)
    .limit(bindparam("most"))
)
PART = PersonalPart(channel_reports, owner="owner", place="id", emptied={}, clear=lambda _row: {})


class ReportStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, row: ReportRow) -> bool:
        """Raises GatewayError(KEY_DESTROYED) when its owner has no data key."""
        return self._session.add_once(ADD, _row(row) | PART.sealed(self._personal, row, _told(row.report)))

    def known(self, row: ReportRow) -> bool:
        return self._session.first(SAME, {"same": _mark(row)}) is not None

    def of(self, owner: str) -> Sequence[ReportRow]:
        return self._read(self._session.rows(OF, {"whose": owner}))

    def waiting(self, limit: int) -> Sequence[ReportRow]:
        return self._read(self._session.rows(WAITING, {"most": limit}))

    def stray(self, limit: int) -> Sequence[ReportRow]:
        return self._read(self._session.rows(STRAY, {"most": limit}))

    def unmatched(self) -> int:
        return int(self._session.rows(COUNT, {})[0].many)

    def drop(self, report: str) -> None:
        self._session.changed(DROP, {"which": report})

    def give_up(self, before: datetime) -> int:
        return self._session.changed(GIVE_UP, {"before": before})

    def ended(self, before: datetime, limit: int) -> Sequence[str]:
        return [row.id for row in self._session.rows(ENDED, {"before": before, "most": limit})]

    def _read(self, rows: Sequence[Any]) -> Sequence[ReportRow]:
        return [_report(row, PART.told(self._personal, row)) for row in rows]


def _mark(row: ReportRow) -> bytes:
    """Of an unmatched one by the name it came with, of another by its message."""
    report = row.report
    about = f"effect {report.effect}" if report.effect else f"reference {report.provider} {report.reference}"
    return sha256("\n".join((report.channel.value, about, report.same)).encode()).digest()


def _told(report: Report) -> dict[str, Any]:
    return {
        "media_type": report.media_type,
        "effect": report.effect,
        "reference": report.reference,
        "provider": report.provider,
        "part": report.part,
        "details": [list(pair) for pair in report.details],
        "key": report.key,
    }


def _row(row: ReportRow) -> dict[str, Any]:
    report = row.report
    return {
        "id": row.id,
        "owner": row.owner,
        "mark": _mark(row),
        "channel": report.channel.value,
        "kind": report.kind.value,
        "failure": report.failure and report.failure.value,
        "happened_at": report.at,
        "received_at": row.received_at,
        "raw_sha256": row.raw_sha256,
        "matched_at": row.matched_at,
        "given_up": row.given_up,
    }


def _report(row: Any, told: dict[str, Any]) -> ReportRow:
    report = Report(
        channel=Channel(row.channel),
        kind=ReportKind(row.kind),
        at=row.happened_at,
        raw=b"",
        media_type=told["media_type"],
        effect=told["effect"],
        reference=told["reference"],
        provider=told["provider"],
        part=told["part"],
        failure=Failure(row.failure) if row.failure else None,
        details=tuple((name, value) for name, value in told["details"]),
        key=told["key"],
    )
    return ReportRow(
        row.id, row.owner, row.received_at, report, row.raw_sha256, row.matched_at, bool(row.given_up)
    )
