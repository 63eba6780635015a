"""/health and /metrics: true, terse, and without internals."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import requests
from werkzeug.test import Client

from gateway.adapters.telemetry.metrics import Metrics, Reading
from gateway.entrypoints.ops.health import Health
from gateway.entrypoints.ops.listener import by_first_segment, listening
from gateway.entrypoints.ops.metrics import MetricsPage


def works() -> bool:
    return True


def fails() -> None:
    raise ConnectionError("password=hunter2 at db.internal")


@pytest.mark.parametrize(("vault", "status"), [(works, 200), (fails, 503)])
def test_health_asks_every_part(
    vault: Callable[[], Any], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """One failing part makes 503; the reason is in the log and not in the answer."""
    with caplog.at_level(logging.ERROR):
        answer = Client(Health({"database": works, "vault": vault})).get("/health")
    assert answer.status_code == status
    word = "ok" if status == 200 else "failing"
    assert json.loads(answer.data) == {"status": word, "parts": {"database": "ok", "vault": word}}
    assert b"hunter2" not in answer.data
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("vault does not work" in caplog.text) == (status == 503)


def test_metrics_count_and_time() -> None:
    """Every counter shows on the page with its labels; instances share nothing."""
    metrics = Metrics()
    metrics.submitted("CONTRACT")
    metrics.refused("E000403")
    metrics.sealed("Signed")
    metrics.sealed("Signed")
    metrics.task_ended("notify", "done")
    metrics.handed_over("SMS", "DELIVERED")
    with pytest.raises(KeyError), metrics.timed("seal"):
        raise KeyError
    page = Client(MetricsPage(metrics.page, metrics.content_type)).get("/metrics")
    assert page.status_code == 200
    for line in (
        'fehaciente_submissions_total{service="CONTRACT"} 1.0',
        'fehaciente_refusals_total{code="E000403"} 1.0',
        'fehaciente_evidence_seals_total{event="Signed"} 2.0',
        'fehaciente_tasks_total{kind="notify",outcome="done"} 1.0',
        'fehaciente_messages_total{channel="SMS",outcome="DELIVERED"} 1.0',
        'fehaciente_seconds_count{what="seal"} 1.0',
    ):
        assert line in page.text.splitlines()
    assert b"CONTRACT" not in Metrics().page()


@pytest.mark.parametrize("app", [Health({}), MetricsPage(lambda: b"x", "text/plain")])
def test_only_reading_is_answered(app: Any) -> None:
    """POST is 405; HEAD has the headers alone."""
    client = Client(app)
    assert client.post("/").status_code == 405
    head = client.head("/")
    assert (head.status_code, head.data) == (200, b"")


def test_live_asks_nobody_and_ready_asks_all() -> None:
    """A process whose database is down is alive and not ready; each part can be asked alone."""
    client = Client(Health({"database": fails, "vault": works}))
    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/ready/database").status_code == 503
    vault = client.get("/health/ready/vault")
    assert (vault.status_code, vault.json) == (200, {"status": "ok", "parts": {"vault": "ok"}})
    assert client.get("/health/ready/other").status_code == 404
    assert client.get("/health/other").status_code == 404


def test_who_leaves_is_not_ready() -> None:
    """After the order to stop a balancer is sent away while the process still answers."""
    client = Client(Health({"vault": works}, leaving=lambda: True))
    assert client.get("/health/ready").json == {"status": "leaving"}
    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_a_port_of_its_own() -> None:
    """Health and metrics are answered there over HTTP, and nothing else is."""
    app = by_first_segment(
        {"health": Health({"vault": works}), "metrics": MetricsPage(lambda: b"x", "text/plain")}
    )
    with listening("127.0.0.1", 0, app) as port:
        for path, status in (("/health/live", 200), ("/metrics", 200), ("/soap", 404), ("/", 404)):
            assert requests.get(f"http://127.0.0.1:{port}{path}", timeout=10).status_code == status
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/health/live", timeout=10)


def test_each_process_of_a_machine_finds_a_port() -> None:
    """One settings file serves `serve` and its workers: whoever comes later takes the next free port."""
    app = by_first_segment({"health": Health({"vault": works})})
    with listening("127.0.0.1", 0, app) as first, listening("127.0.0.1", first, app) as second:
        assert second > first
        for port in (first, second):
            assert requests.get(f"http://127.0.0.1:{port}/health/live", timeout=10).status_code == 200


def test_watched_values_are_taken_when_they_are_asked_for() -> None:
    """A reading shows its present value, with its labels."""
    metrics, values = Metrics(), iter([1.0, 2.0])
    metrics.watch(lambda: [Reading("tasks_waiting", "Tasks", next(values), {"kind": "seal"})])
    for value in ("1.0", "2.0"):
        assert f'fehaciente_tasks_waiting{{kind="seal"}} {value}' in metrics.page().decode().splitlines()
