"""What `fehaciente clock` does: every authority is asked now, whatever else this installation can do."""

from pathlib import Path

from gateway.adapters.crypto.tsa import TsaStatus
from gateway.bootstrap.configured import load
from gateway.bootstrap.stamping import embedded, timestamper
from gateway.bootstrap.technology import SystemClock
from gateway.domain.errors import UnavailableUntil
from gateway.entrypoints.cli.clock import ClockReport, Reading


def check(config: Path | None) -> ClockReport:
    settings, clock = load(config), SystemClock()
    client = timestamper(settings, clock, embedded(settings, clock))
    readings = [_reading(status) for status in client.measure()]
    try:
        client.watch.check()
        wrong = False
    except UnavailableUntil:
        wrong = True
    return ClockReport(readings, settings.tsa.max_offset.total_seconds(), wrong)


def _reading(status: TsaStatus) -> Reading:
    if status.offset is None:
        return Reading(status.name, status.state.value)
    least, most = status.offset.least.total_seconds(), status.offset.most.total_seconds()
    return Reading(status.name, status.state.value, least, most)
