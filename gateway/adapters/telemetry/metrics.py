"""Counters and timings, in a registry of this installation's own; the page is drawn on demand.

Labels hold catalogued words only (codes, kinds, outcomes), never a GUID, an issuer's or a person's data.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True, slots=True)
class Reading:
    """One present value that is looked up when the page is drawn; its unit ends `name`."""

    name: str
    meaning: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


class Watched(Collector):
    """Readings that somebody takes when they are asked for."""

    def __init__(self, take: Callable[[], Iterable[Reading]]) -> None:
        self._take = take

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for reading in self._take():
            family = families.get(reading.name)
            if family is None:
                name, labels = f"fehaciente_{reading.name}", list(reading.labels)
                family = families[reading.name] = GaugeMetricFamily(name, reading.meaning, labels=labels)
            family.add_metric(list(reading.labels.values()), reading.value)
        return families.values()

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing beforehand: a registry that asked would look everything up at the start."""
        return ()


class Metrics:
    """What operators watch. One instance a process; threads share it."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._submissions = self._counter("submissions", "Transactions accepted", "service")
        self._refusals = self._counter("refusals", "Requests refused, by catalogued code", "code")
        self._seals = self._counter("evidence_seals", "Evidence sealed, by event", "event")
        self._tasks = self._counter("tasks", "Tasks ended, by kind and outcome", "kind", "outcome")
        self._calls = self._counter(
            "calls", "Calls to other workers that tasks are due, by outcome", "outcome"
        )
        self._messages = self._counter("messages", "Messages handed to channels", "channel", "outcome")
        self._reports = self._counter(
            "reports", "What channels told afterwards, and what became of it", "channel", "kind", "taken"
        )
        self._rows_sent = self._counter("drafts_sent", "Transactions sent by the web sender")
        self._sign_ins = self._counter("sign_ins", "Steps of signing in, by outcome", "outcome")
        self._fixity_checks = self._counter("fixity_checks", "Owners re-verified, by result", "result")
        self._fixity_failures = self._counter("fixity_failures", "Stored objects found wrong", "problem")
        self._fixity_octets = self._counter("fixity_octets", "Stored octets re-verified")
        self._authority_well = self._gauge("tsa_well", "Whether the authority answers (1) or rests (0)")
        self._clock_ahead = self._gauge("clock_ahead_seconds", "Our clock minus the authority's, about")
        self._feedback = self._counter("feedback", "Calls to issuers, by way and outcome", "kind", "outcome")
        self._answers = self._counter(
            "http_answers", "Requests answered, by door and status", "door", "status"
        )
        self._seconds = Histogram(
            "fehaciente_seconds", "Durations in seconds", ["what"], buckets=SECONDS, registry=self.registry
        )

    def submitted(self, service: str) -> None:
        self._submissions.labels(service).inc()

    def refused(self, code: str) -> None:
        self._refusals.labels(code).inc()

    def answered(self, door: str, status: str) -> None:
        self._answers.labels(door, status).inc()

    def sealed(self, event: str) -> None:
        self._seals.labels(event).inc()

    def task_ended(self, kind: str, outcome: str) -> None:
        self._tasks.labels(kind, outcome).inc()

    def call(self, outcome: str) -> None:
        """`rung` or `lost`: what is lost costs time only."""
        self._calls.labels(outcome).inc()

    def rows_sent(self, rows: int) -> None:
        self._rows_sent.inc(rows)

    def signed_in(self, outcome: str) -> None:
        self._sign_ins.labels(outcome).inc()

    def fixity_failed(self, problem: str) -> None:
        self._fixity_failures.labels(problem).inc()

    def fixity_checked(self, result: str, octets: int) -> None:
        self._fixity_checks.labels(result).inc()
        self._fixity_octets.inc(octets)

    def authority(self, name: str, well: bool, ahead: float | None) -> None:
        """How a time-stamping authority is, by its configured name; `ahead` in seconds, None: never told."""
        self._authority_well.labels(name).set(well)
        if ahead is not None:
            self._clock_ahead.labels(name).set(ahead)

    def handed_over(self, channel: str, outcome: str) -> None:
        self._messages.labels(channel, outcome).inc()

    def told(self, channel: str, kind: str, taken: str) -> None:
        self._reports.labels(channel, kind, taken).inc()

    def watch(self, take: Callable[[], Iterable[Reading]]) -> None:
        """Show what `take` gives, each time that the page is drawn."""
        self.registry.register(Watched(take))

    def fed_back(self, kind: str, outcome: str, seconds: float) -> None:
        self._feedback.labels(kind, outcome).inc()
        self._seconds.labels(f"feedback {kind}").observe(seconds)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Observe how long the block takes, however it ends."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self._seconds.labels(what).observe(time.perf_counter() - start)

    def page(self) -> bytes:
        """The present values in the Prometheus text format."""
        return generate_latest(self.registry)

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"fehaciente_{name}", meaning, ["authority"], registry=self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"fehaciente_{name}", meaning, labels, registry=self.registry)
