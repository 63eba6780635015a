"""Counting and timing around use cases, so that neither they nor the adapters know that they are watched."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.adapters.crypto.tsa import TsaStatus
from gateway.adapters.crypto.tsa_health import TsaState
from gateway.adapters.telemetry.metrics import Metrics
from gateway.domain.delivery import Message, Receipt
from gateway.domain.errors import GatewayError, UnavailableUntil
from gateway.domain.record import Task
from gateway.usecases import commands
from gateway.usecases.outbox import BatchHandler, Handler, Postpone
from gateway.usecases.ports import Courier, Wake
from gateway.usecases.results import SubmitReceipt


def handler(kind: str, run: Handler, metrics: Metrics, wake: Wake) -> Handler:
    """The handler, timed and counted; one that takes several tasks at once still does."""
    if isinstance(run, BatchHandler):
        return ObservedBatchHandler(kind, run, metrics, wake, run)
    return ObservedHandler(kind, run, metrics, wake)


@dataclass(frozen=True, slots=True)
class ObservedHandler:
    """Most tasks leave another one behind: workers look again at once."""

    kind: str
    run: Handler
    metrics: Metrics
    wake: Wake

    def __call__(self, task: Task) -> bool:
        outcome = "failed"
        try:
            with self.metrics.timed(f"task {self.kind}"):
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
        with self.metrics.timed(f"tasks {self.kind}"):
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
class ObservedCourier:
    """A channel whose outcomes are counted."""

    courier: Courier
    metrics: Metrics

    def send(self, message: Message) -> Receipt:
        receipt = self.courier.send(message)
        self.metrics.handed_over(message.channel.value, receipt.outcome.value)
        return receipt

    def find(self, message_id: str) -> Receipt | None:
        return self.courier.find(message_id)
