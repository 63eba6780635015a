"""Counting, timing and tracing around use cases, so that neither they nor the adapters know it.

What is logged meanwhile bears the transaction's GUID.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Concatenate, ParamSpec, TypeVar

from gateway.adapters.crypto.tsa import TsaStatus
from gateway.adapters.crypto.tsa_health import TsaState
from gateway.adapters.telemetry import logs
from gateway.adapters.telemetry.metrics import Metrics
from gateway.adapters.telemetry.traces import NoTraces, Traces
from gateway.domain.delivery import Message, Receipt
from gateway.domain.errors import GatewayError, UnavailableUntil
from gateway.domain.record import Task
from gateway.domain.reports import Report, Taken
from gateway.usecases import commands
from gateway.usecases.commands import Session
from gateway.usecases.outbox import BatchHandler, Handler, Kind, Postpone
from gateway.usecases.ports import Courier, Wake
from gateway.usecases.reports.receive import ReceiveReport
from gateway.usecases.results import SubmitReceipt

log = logging.getLogger(__name__)
Asked = ParamSpec("Asked")
Answered = TypeVar("Answered")


def handler(kind: str, run: Handler, metrics: Metrics, wake: Wake, traces: Traces | None = None) -> Handler:
    """The handler, timed and counted; one that takes several tasks at once still does."""
    traced = traces or NoTraces()
    if isinstance(run, BatchHandler):
        return ObservedBatchHandler(kind, run, metrics, wake, traced, run)
    return ObservedHandler(kind, run, metrics, wake, traced)


def handlers(
    sets: Sequence[Mapping[Kind, Handler]], metrics: Metrics, wake: Wake, traces: Traces | None = None
) -> dict[str, Handler]:
    """All of them, by the words that tasks bear."""
    runs = {kind: run for each in sets for kind, run in each.items()}
    return {kind.value: handler(kind.value, run, metrics, wake, traces) for kind, run in runs.items()}


@dataclass(frozen=True, slots=True)
class ObservedHandler:
    """Most tasks leave another one behind: workers look again at once."""

    kind: str
    run: Handler
    metrics: Metrics
    wake: Wake
    traces: Traces

    def __call__(self, task: Task) -> bool:
        with logs.request(task.id), logs.about(task.guid):
            return self._observed(task)

    def _observed(self, task: Task) -> bool:
        outcome = "failed"
        try:
            with (
                self.traces.span(f"task {self.kind}", guid=task.guid),
                self.metrics.timed(f"task {self.kind}"),
            ):
                completed = self.run(task)
            outcome = "done"
        except Postpone:
            outcome = "postponed"
            raise
        except UnavailableUntil:
            outcome = "held"
            raise
        finally:
            self.metrics.task_ended(self.kind, outcome)
        self.wake()
        return completed


@dataclass(frozen=True, slots=True)
class ObservedBatchHandler(ObservedHandler):
    """Tasks that a batch leaves over are counted when they are run alone."""

    batch: BatchHandler

    def run_many(self, tasks: Sequence[Task]) -> frozenset[str]:
        with self.traces.span(f"tasks {self.kind}"), self.metrics.timed(f"tasks {self.kind}"):
            completed = self.batch.run_many(tasks)
        for _ in completed:
            self.metrics.task_ended(self.kind, "done")
        self.wake()
        return completed


def submit(
    run: Callable[[commands.Submit], SubmitReceipt], metrics: Metrics
) -> Callable[[commands.Submit], SubmitReceipt]:
    def observed(command: commands.Submit) -> SubmitReceipt:
        try:
            with metrics.timed("submit"):
                receipt = run(command)
        except GatewayError as error:
            metrics.refused(error.kind.code)
            raise
        metrics.submitted(command.transaction.service.value)
        with logs.about(receipt.guid):
            log.info("accepted for issuer %04d", command.issuer.number)
        return receipt

    return observed


@dataclass(frozen=True, slots=True)
class AuthorityGauges:
    """Shows how each time-stamping authority is, and how far our clock is from its."""

    metrics: Metrics

    def __call__(self, status: TsaStatus) -> None:
        ahead = None if status.offset is None else status.offset.middle.total_seconds()
        self.metrics.authority(status.name, status.state is TsaState.WELL, ahead)


@dataclass(frozen=True, slots=True)
class ObservedCourier(Courier):
    """A channel whose outcomes are counted."""

    courier: Courier
    metrics: Metrics

    def prepared(self, message: Message) -> Message:
        return self.courier.prepared(message)

    def send(self, message: Message) -> Receipt:
        receipt = self.courier.send(message)
        self.metrics.handed_over(message.channel.value, receipt.outcome.value)
        return receipt

    def find(self, message_id: str) -> Receipt | None:
        return self.courier.find(message_id)


@dataclass(frozen=True, slots=True)
class ObservedReports(ReceiveReport):
    """The door of reports, with what comes in counted."""

    metrics: Metrics

    def __call__(self, report: Report) -> Taken:
        # A class with slots is made anew, which `super()` without arguments does not survive.
        taken = ReceiveReport.__call__(self, report)
        self.metrics.told(report.channel.value, report.kind.value, taken.value)
        return taken


def of_session(
    run: Callable[Concatenate[Session, Asked], Answered],
) -> Callable[Concatenate[Session, Asked], Answered]:
    """A use case of the portal, whose log records tell which transaction the recipient is at."""

    def observed(session: Session, /, *asked: Asked.args, **named: Asked.kwargs) -> Answered:
        with logs.about(session.guid):
            return run(session, *asked, **named)

    return observed
