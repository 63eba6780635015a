"""The issuer's alerts in its own pages: generated, processed, finished; all of them or none.

They are read from the timeline: what was committed is told, once, from the moment that they were turned on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.draft import AlertSettings
from gateway.usecases.ports import Alert, Clock, Database, UnitOfWork
from gateway.usecases.sender.desk import Asking, issuer_for

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Inbox:
    """Newest first; `read_until` is when this person last looked."""

    on: bool
    alerts: Sequence[Alert]
    read_until: datetime | None


@dataclass(frozen=True, slots=True)
class Alerts:
    database: Database
    clock: Clock

    def turn(self, asking: Asking, on: bool) -> None:
        """On from now on; turning on what is on changes nothing."""
        with self.database.write() as uow:
            issuer = issuer_for(uow, asking).number
            known = uow.sender.alert_settings(issuer)
            if known is not None and known.on == on:
                return
            uow.sender.set_alerts(AlertSettings(issuer, on, self.clock.now()))
            uow.audit.append("alerts-on" if on else "alerts-off", f"{issuer:04d}", person=asking.person.id)
            uow.commit()

    def unread(self, asking: Asking) -> int | None:
        """None while they are off."""
        with self.database.read() as uow:
            chosen = uow.sender.alert_settings(issuer_for(uow, asking).number)
            if chosen is None or not chosen.on:
                return None
            return uow.sender.unread(chosen.issuer, self._from(uow, asking, chosen))

    def inbox(self, asking: Asking) -> Inbox:
        with self.database.read() as uow:
            issuer = issuer_for(uow, asking).number
            chosen = uow.sender.alert_settings(issuer)
            seen = uow.sender.seen_at(asking.person.id)
            if chosen is None or not chosen.on:
                return Inbox(False, (), seen)
            return Inbox(True, uow.sender.alerts(issuer, chosen.since, SHOWN), seen)

    def mark_read(self, asking: Asking) -> None:
        """Everything that was told until now."""
        with self.database.write() as uow:
            issuer_for(uow, asking)
            uow.sender.set_seen(asking.person.id, self.clock.now())
            uow.commit()

    def _from(self, uow: UnitOfWork, asking: Asking, chosen: AlertSettings) -> datetime:
        seen = uow.sender.seen_at(asking.person.id)
        return max(chosen.since, seen) if seen else chosen.since
