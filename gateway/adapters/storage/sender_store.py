"""Beside the drafts: an issuer's kept templates, its alerts, and the transactions that it looks through.

Alerts are not stored: they are read from the timeline, so that none is lost and none is told twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import (
    events,
    sender_alerts,
    sender_readers,
    sender_templates,
    transactions,
)
from gateway.domain.draft import AlertSettings, KeptTemplate
from gateway.usecases.ports.sender import Alert, Listed

P, A, R, T, E = sender_templates.c, sender_alerts.c, sender_readers.c, transactions.c, events.c
ADD_TEMPLATE = InsertOnce(sender_templates, ("template", "version"))
NEWEST = (
    select(P.template, func.max(P.version).label("version"))
    .where(P.issuer == bindparam("whose"))
    .group_by(P.template)
    .subquery("newest")
)
TEMPLATES = (
    select(sender_templates)
    .join(NEWEST, and_(NEWEST.c.template == P.template, NEWEST.c.version == P.version))
    .where(P.retired_at.is_(None))
    .order_by(P.name, P.template)
    .limit(bindparam("most"))
)
VERSIONS = (
    select(sender_templates)
    .where(and_(P.template == bindparam("which"), P.issuer == bindparam("whose")))
    .order_by(P.version.desc())
)
RETIRE = (
    update(sender_templates)
    .where(and_(P.template == bindparam("which"), P.issuer == bindparam("whose"), P.retired_at.is_(None)))
    .values(retired_at=bindparam("at"))
)
ALERTS_OF = select(sender_alerts).where(A.issuer == bindparam("whose"))
ADD_ALERTS = InsertOnce(sender_alerts, ("issuer",))
SET_ALERTS = (
    update(sender_alerts)
    .where(A.issuer == bindparam("whose"))
    .values(turned_on=bindparam("now_on"), since=bindparam("from_when"))
)
SEEN = select(R.seen_at).where(R.person == bindparam("who"))
ADD_SEEN = InsertOnce(sender_readers, ("person",))
SET_SEEN = update(sender_readers).where(R.person == bindparam("who")).values(seen_at=bindparam("at"))
ALERTED = and_(
    T.issuer == bindparam("whose"),
    or_(*(E.kind == kind for kind in ("RECEIVED", "SEALED", "CERTIFIED"))),
    E.recorded_at > bindparam("since"),
)
ALERTS = (
    select(E.guid, E.sequence, E.kind, E.recorded_at, T.external_id)
    .join(transactions, T.guid == E.guid)
    .where(ALERTED)
    .order_by(E.recorded_at.desc(), E.guid, E.sequence.desc())
    .limit(bindparam("most"))
)
UNREAD = select(func.count(E.id).label("unread")).join(transactions, T.guid == E.guid).where(ALERTED)
LIST = (
    select(T.guid, T.received_at)
    .where(
        and_(
            T.issuer == bindparam("whose"),
            T.state >= bindparam("lowest"),
            T.state <= bindparam("highest"),
            or_(bindparam("result") == -1, T.result == bindparam("result")),
            or_(
                T.received_at < bindparam("before"),
                and_(T.received_at == bindparam("before"), T.guid < bindparam("before_guid")),
            ),
            T.received_at >= bindparam("not_before"),
        )
    )
    .order_by(T.received_at.desc(), T.guid.desc())
    .limit(bindparam("most"))
)


class SenderStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add_template(self, kept: KeptTemplate) -> bool:
        """False when that version is there: somebody else saved first."""
        row = {
            "template": kept.id,
            "version": kept.version,
            "issuer": kept.issuer,
            "name": kept.name,
            "body": kept.text,
            "author": kept.author,
            "created_at": kept.created_at,
            "retired_at": None,
        }
        return self._session.add_once(ADD_TEMPLATE, row)

    def templates(self, issuer: int, limit: int) -> Sequence[KeptTemplate]:
        """The newest version of each that is not retired, by name."""
        asked = {"whose": issuer, "most": limit}
        return [_template(row) for row in self._session.rows(TEMPLATES, asked)]

    def versions(self, issuer: int, template_id: str) -> Sequence[KeptTemplate]:
        """Newest first; none when it is another issuer's, or retired."""
        rows = self._session.rows(VERSIONS, {"which": template_id, "whose": issuer})
        return [] if any(row.retired_at for row in rows) else [_template(row) for row in rows]

    def retire_template(self, issuer: int, template_id: str, at: datetime) -> bool:
        change = {"which": template_id, "whose": issuer, "at": at}
        return self._session.changed(RETIRE, change) > 0

    def alert_settings(self, issuer: int) -> AlertSettings | None:
        row = self._session.first(ALERTS_OF, {"whose": issuer})
        return None if row is None else AlertSettings(row.issuer, row.turned_on, row.since)

    def set_alerts(self, chosen: AlertSettings) -> None:
        row = {"issuer": chosen.issuer, "turned_on": chosen.on, "since": chosen.since}
        if not self._session.add_once(ADD_ALERTS, row):
            change = {"whose": chosen.issuer, "now_on": chosen.on, "from_when": chosen.since}
            self._session.changed(SET_ALERTS, change)

    def seen_at(self, person: str) -> datetime | None:
        row = self._session.first(SEEN, {"who": person})
        return None if row is None else row.seen_at

    def set_seen(self, person: str, at: datetime) -> None:
        if not self._session.add_once(ADD_SEEN, {"person": person, "seen_at": at}):
            self._session.changed(SET_SEEN, {"who": person, "at": at})

    def alerts(self, issuer: int, since: datetime, limit: int) -> Sequence[Alert]:
        """Newest first."""
        rows = self._session.rows(ALERTS, {"whose": issuer, "since": since, "most": limit})
        return [Alert(row.guid, row.external_id, row.kind, row.recorded_at) for row in rows]

    def unread(self, issuer: int, since: datetime) -> int:
        found = self._session.first(UNREAD, {"whose": issuer, "since": since})
        return 0 if found is None else int(found.unread)

    def listed(self, asked: Listed, limit: int) -> Sequence[str]:
        """GUIDs of the issuer's own transactions, newest first, beyond `asked.before`."""
        values = {
            "whose": asked.issuer,
            "lowest": asked.states[0],
            "highest": asked.states[1],
            "result": -1 if asked.result is None else asked.result,
            "before": asked.before[0],
            "before_guid": asked.before[1],
            "not_before": asked.not_before,
            "most": limit,
        }
        return [row.guid for row in self._session.rows(LIST, values)]


def _template(row: Any) -> KeptTemplate:
    return KeptTemplate(row.template, row.version, row.issuer, row.name, row.body, row.author, row.created_at)
