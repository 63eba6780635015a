"""Traces reach a collector that speaks OTLP over HTTP, and tell nothing of people."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from gateway.adapters.telemetry.traces import NoTraces, OtelTraces
from gateway.domain.errors import ErrorKind, GatewayError

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@contextmanager
def collector() -> Iterator[tuple[str, list[Span]]]:
    """A collector's address and what it got, read by OpenTelemetry's own protocol."""
    spans: list[Span] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            octets = self.rfile.read(int(self.headers["Content-Length"]))
            message = ExportTraceServiceRequest.FromString(octets)
            for resource in message.resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()
    server.server_close()
    thread.join()


def test_spans_arrive_under_their_parent() -> None:
    """A request's span continues the caller's trace, and a task's within it is its child."""
    with collector() as (address, spans):
        traces = OtelTraces(address, 1.0, {"service.instance.id": "node1"})
        with traces.span("POST /soap", PARENT, request="r-1"), traces.span("task seal", guid="g-1"):
            pass
        traces.close()
    task, request = spans
    assert (task.name, request.name) == ("task seal", "POST /soap")
    assert request.trace_id.hex() == PARENT[3:35]
    assert request.parent_span_id.hex() == PARENT[36:52]
    assert task.parent_span_id == request.span_id
    assert {each.key: each.value.string_value for each in task.attributes} == {"guid": "g-1"}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("Ana García, +34600000123"), "ValueError"),
        (GatewayError(ErrorKind.CLOSED, "Ana"), "E000101"),
    ],
)
def test_an_exception_marks_its_span_by_class_alone(error: Exception, told: str) -> None:
    """Whatever the message holds stays at home."""
    with collector() as (address, spans):
        traces = OtelTraces(address, 1.0, {})
        with pytest.raises(type(error)), traces.span("task seal"):
            raise error
        traces.close()
    assert spans[0].status.code == 2
    assert spans[0].status.message == told
    assert b"Ana" not in spans[0].SerializeToString()


def test_a_ratio_of_none_sends_nothing() -> None:
    """What is not sampled costs no message; without an endpoint there is no span at all."""
    with collector() as (address, spans):
        traces = OtelTraces(address, 0.0, {})
        with traces.span("POST /soap"), NoTraces().span("x", guid="y"):
            pass
        traces.close()
    assert spans == []
