"""Reports of channels about messages that nobody knows: looked for on a person's word."""

from dataclasses import dataclass

from gateway.domain.staff import Acting, Permission
from gateway.usecases.desk import staff
from gateway.usecases.ports import Database
from gateway.usecases.reports.receive import ReceiveReport


@dataclass(frozen=True, slots=True)
class MatchReports:
    database: Database
    receive: ReceiveReport

    def __call__(self, acting: Acting) -> int:
        """How many found their message now. Raises GatewayError: ACCESS_DENIED, RULE_BROKEN."""
        staff.demand(acting, Permission.ACT)
        matched = self.receive.match()
        with self.database.write() as uow:
            staff.audit(uow, acting, "reports-matched", str(matched))
            uow.commit()
        return matched
