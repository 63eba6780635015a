"""What the console has done behind its pages: exports, and the counting of each day."""

from dataclasses import dataclass

from gateway.bootstrap.technology import Technology
from gateway.usecases.console.exports import AskExport, TakeExport
from gateway.usecases.console.figures import RollUp
from gateway.usecases.console.write_export import WriteExport
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.ports import Spool, Wake


@dataclass(frozen=True, slots=True)
class ConsoleWork:
    ask: AskExport
    take: TakeExport
    roll_up: RollUp


def console_work(tech: Technology, spool: Spool, wake: Wake) -> ConsoleWork:
    database, clock = tech.database, tech.clock
    return ConsoleWork(
        ask=AskExport(database, clock, wake),
        take=TakeExport(database, spool, clock),
        roll_up=RollUp(database, clock),
    )


def console_handlers(tech: Technology, spool: Spool) -> dict[Kind, Handler]:
    """What workers do for it."""
    return {Kind.EXPORT: WriteExport(tech.database, spool, tech.clock)}
