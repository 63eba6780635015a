"""WSGI /health: asks each given part whether it works and says so, without internals.

`/health/live`: this process answers. `/health/ready`, and `/health` itself: every part works, and the
process is not about to leave; `/health/ready/<part>` asks one part. 200, or 503; why a part fails stands in
the log alone. Details are shown beside the parts and decide nothing.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

log = logging.getLogger(__name__)
Ping = Callable[[], object]
Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Health:
    """A WSGI application over pings by name: each returns, or raises when its part does not work.

    `leaving` says whether the process was told to stop.
    """

    pings: Mapping[str, Ping]
    details: Mapping[str, Callable[[], object]] = field(default_factory=dict)
    leaving: Callable[[], bool] = lambda: False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0")])
            return [b""]
        status, told = self._answer([word for word in environ.get("PATH_INFO", "").split("/") if word][1:])
        body = json.dumps(told).encode()
        headers = [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
        ]
        start_response(status, headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]

    def _answer(self, path: list[str]) -> tuple[str, Told]:
        match path:
            case ["live"]:
                return "200 OK", {"status": "ok"}
            case [] | ["ready"]:
                return self._ready(self.pings, self.details)
            case ["ready", part] if part in self.pings:
                return self._ready({part: self.pings[part]}, {})
        return "404 Not Found", {"status": "unknown"}

    def _ready(self, pings: Mapping[str, Ping], details: Mapping[str, Ping]) -> tuple[str, Told]:
        if self.leaving():
            return "503 Service Unavailable", {"status": "leaving"}
        parts = {name: _answers(name, ping) for name, ping in pings.items()}
        well = all(parts.values())
        shown = {name: "ok" if works else "failing" for name, works in parts.items()}
        told: Told = {"status": "ok" if well else "failing", "parts": shown}
        # After the pings, for they are what some of the details tell of.
        told |= {name: detail() for name, detail in details.items()}
        return "200 OK" if well else "503 Service Unavailable", told


def _answers(name: str, ping: Ping) -> bool:
    try:
        ping()
    except Exception:
        log.exception("health: %s does not work", name)
        return False
    return True
