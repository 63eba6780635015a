"""/health and /metrics: true, terse, and without internals."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client

from gateway.adapters.telemetry.metrics import Metrics
from gateway.entrypoints.ops.health import Health
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
