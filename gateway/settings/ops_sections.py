"""The sections of operation: where health and metrics are told, and where traces go."""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta

from gateway.settings import values as v
from gateway.settings.values import key


@dataclass(frozen=True, slots=True)
class OpsSection:
    """Health and metrics on a port of their own, of `serve` and of `worker`."""

    host: str = key("127.0.0.1", v.text, "Address to listen on.")
    port: int = key(
        "0", v.integer(0, 65535), "Port of the first process, the next free one for each other; 0: none."
    )
    drain: timedelta = key(
        "50ms",
        v.duration_within("1ms", "10m"),
        "After SIGTERM `ready` says no so long, then serving ends.",
    )


@dataclass(frozen=True, slots=True)
class TraceSection:
    """Traces by OpenTelemetry (`pip install 'fehaciente[otel]'`)."""

    endpoint: str = key("", v.optional_text, "OTLP over HTTP, as http://localhost:4318; empty: none.")
    ratio: int = key("100", v.integer(0, 100), "Requests in a hundred that are traced.")
