"""Which door answers which path; each request is named, counted, timed and traced on its way there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from gateway.adapters.telemetry import logs
from gateway.adapters.telemetry.metrics import Metrics
from gateway.adapters.telemetry.traces import Traces

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Router:
    """By the first segment of the path; whatever has no door of its own is the portal's to answer.

    Each request gets the id that its log records bear.
    """

    doors: dict[str, Wsgi]
    portal: Wsgi
    metrics: Metrics
    traces: Traces

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        first = environ.get("PATH_INFO", "").lstrip("/").partition("/")[0]
        # Addresses hold secrets, and anybody may make them up: labels and spans know the door's name alone.
        name = first if first in self.doors else PORTAL
        request_id, parent = uuid4().hex, environ.get("HTTP_TRACEPARENT", "")

        def started(status: str, *more: Any) -> Any:
            self.metrics.answered(name, status[:3])
            return start_response(status, *more)

        with (
            logs.request(request_id),
            self.traces.span(f"HTTP {name}", parent, request=request_id),
            self.metrics.timed(f"http {name}"),
        ):
            return self.doors.get(first, self.portal)(environ, started)
