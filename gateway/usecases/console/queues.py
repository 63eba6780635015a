"""Queues and health: what waits and since when, what is dead, who works, what is late. It only looks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.deposit import Deposit
from gateway.domain.feedback import Queued
from gateway.domain.record import Task
from gateway.domain.reports import ReportRow
from gateway.domain.staff import Permission, Person
from gateway.usecases.console.masking import Mask
from gateway.usecases.console.permitted import allow
from gateway.usecases.ports import Clock, Database
from gateway.usecases.ports.console import Heap, Leases, UnknownEffect

# Nobody needs to know how many more than so many wait.
COUNTED, LISTED = 10_000, 50


@dataclass(frozen=True, slots=True)
class Probe:
    """What the technology says of itself: a name, a word for its state, and whether that is well."""

    name: str
    state: str
    well: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DepositState:
    """`oldest` waits since then; `overdue` is since when a deposit should have been made, if it should."""

    newest: Deposit | None
    oldest: datetime | None
    overdue: datetime | None


@dataclass(frozen=True, slots=True)
class DeadTask:
    """`error` is scrubbed of what it may tell of people."""

    id: str
    kind: str
    guid: str
    due_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class StrayReport:
    """What a channel told of a message that nobody knows; `given_up`: it is not looked for any more."""

    id: str
    channel: str
    kind: str
    failure: str
    provider: str
    received_at: datetime
    given_up: bool


@dataclass(frozen=True, slots=True)
class Health:
    now: datetime
    heaps: tuple[Heap, ...]
    leases: Leases
    dead: tuple[DeadTask, ...]
    unanswered: tuple[Queued, ...]
    told_since: datetime | None
    deposits: DepositState
    probes: tuple[Probe, ...]
    unknown: tuple[UnknownEffect, ...] = ()
    strays: tuple[StrayReport, ...] = ()


@dataclass(frozen=True, slots=True)
class WatchQueues:
    """`probes` ask nobody outside: they tell what this process has seen."""

    database: Database
    clock: Clock
    period: timedelta
    probes: Callable[[], Sequence[Probe]]

    def __call__(self, person: Person) -> Health:
        allow(person, Permission.READ)
        now = self.clock.now()
        with self.database.read() as uow:
            oldest = uow.deposit_queue.oldest()
            # What was queued in one period is deposited when the next one ends, at the latest.
            late = oldest + 2 * self.period if oldest else None
            return Health(
                now=now,
                heaps=tuple(uow.overviews.heaps(COUNTED)),
                leases=uow.overviews.leases(now, COUNTED),
                dead=tuple(map(_dead, uow.tasks.dead(LISTED))),
                unanswered=tuple(uow.feedback.dead(LISTED)),
                told_since=uow.feedback.oldest(),
                deposits=DepositState(uow.deposits.newest(), oldest, late if late and late < now else None),
                probes=tuple(self.probes()),
                unknown=tuple(uow.overviews.unknown(LISTED)),
                strays=tuple(map(_stray, uow.reports.stray(LISTED))),
            )


def _stray(row: ReportRow) -> StrayReport:
    report = row.report
    failure = report.failure.value if report.failure else ""
    return StrayReport(
        row.id,
        report.channel.value,
        report.kind.value,
        failure,
        report.provider,
        row.received_at,
        row.given_up,
    )


def _dead(task: Task) -> DeadTask:
    error = Mask((), clear=False).spoken(task.last_error)
    return DeadTask(task.id, task.kind, task.guid, task.due_at, task.attempts, error)
