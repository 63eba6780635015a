"""Traces by OpenTelemetry: spans of requests and tasks, sent by OTLP over HTTP.

Off unless an endpoint is set. A span bears catalogued words and GUIDs, never personal data. The libraries
are the extra `otel`.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

from gateway.domain.errors import ErrorKind, GatewayError

PARENT = "traceparent"


class Traces(Protocol):
    def span(self, name: str, parent: str = "", **attributes: str) -> AbstractContextManager[None]:
        """A span around the block; `parent` is a W3C traceparent. An exception marks it, by class alone."""

    def close(self) -> None:
        """Send what was not sent yet."""


class NoTraces:
    def span(self, *_: str, **__: str) -> AbstractContextManager[None]:
        return nullcontext()

    def close(self) -> None:
        pass


class OtelTraces:
    """`resource` names this installation and node."""

    def __init__(self, endpoint: str, ratio: float, resource: Mapping[str, str]) -> None:
        """Raises GatewayError(CONFIGURATION) without the libraries."""
        try:
            from opentelemetry import trace
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
        except ImportError:
            detail = "traces need the extra `otel` (pip install fehaciente[otel])"
            raise GatewayError(ErrorKind.CONFIGURATION, detail) from None
        sampler = ParentBased(TraceIdRatioBased(ratio))
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": "fehaciente", **resource}), sampler=sampler
        )
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("gateway")
        self._propagator: Any = TraceContextTextMapPropagator()
        self._failed = trace.StatusCode.ERROR

    @contextmanager
    def span(self, name: str, parent: str = "", **attributes: str) -> Iterator[None]:
        context = self._propagator.extract({PARENT: parent}) if parent else None
        with self._tracer.start_as_current_span(
            name,
            context,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield
            except Exception as error:
                # Messages may hold anything; the class, or the catalogued code, is enough.
                told = error.kind.code if isinstance(error, GatewayError) else type(error).__name__
                span.set_status(self._failed, told)
                raise

    def close(self) -> None:
        self._provider.shutdown()
