"""Unmasking: one person, one transaction, a few minutes, and a row of the audit log that says why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Permission
from gateway.usecases.desk.staff import audit, demand
from gateway.usecases.ports import Clock, Database

LIFE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Unmask:
    database: Database
    clock: Clock

    def __call__(self, acting: Acting, guid: str) -> datetime:
        """Until when. Raises GatewayError: ACCESS_DENIED, RULE_BROKEN without a reason, NOT_FOUND."""
        demand(acting, Permission.UNMASK)
        with self.database.write() as uow:
            if uow.searches.get(guid) is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            audit(uow, acting, "personal-data-unmasked", guid)
            uow.commit()
        return self.clock.now() + LIFE
