"""WSGI /health: asks each given part whether it works and says so, without internals.

200 when all answer, 503 otherwise; why a part fails stands in the log alone. Details are shown beside the
parts and decide nothing.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger(__name__)
Ping = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Health:
    """A WSGI application over pings by name: each returns, or raises when its part does not work."""

    pings: Mapping[str, Ping]
    details: Mapping[str, Callable[[], object]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0")])
            return [b""]
        parts = {name: _answers(name, ping) for name, ping in self.pings.items()}
        well = all(parts.values())
        told = {name: detail() for name, detail in self.details.items()}
        shown = {name: "ok" if works else "failing" for name, works in parts.items()}
        body = json.dumps({"status": "ok" if well else "failing", "parts": shown} | told).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        start_response("200 OK" if well else "503 Service Unavailable", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


def _answers(name: str, ping: Ping) -> bool:
    try:
        ping()
    except Exception:
        log.exception("health: %s does not work", name)
        return False
    return True
