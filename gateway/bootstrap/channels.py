"""Channels: what receives their reports, and what listens beside the workers and at `/inbound`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from gateway.bootstrap import alerts, bridging
from gateway.bootstrap.bounces import returned_mail
from gateway.bootstrap.circuits import advance
from gateway.bootstrap.observed import ObservedReports
from gateway.bootstrap.post import postal_statuses
from gateway.bootstrap.sms import sms_door, sms_receipts
from gateway.bootstrap.technology import Technology
from gateway.bootstrap.voice_door import voice_door
from gateway.settings import Settings
from gateway.usecases.journal import Journal
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.ports import Wake
from gateway.usecases.reports.fate import Fate
from gateway.usecases.reports.receive import ReceiveReport
from gateway.usecases.voice_events import VoiceEvents

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Listener(Protocol):
    """Something that runs beside the workers of a process: a session with an operator, a port, a folder."""

    def start(self) -> None: ...
    def stop(self, timeout: float) -> None:
        """Let nothing new in, and wait so many seconds at most for what is under way."""


@dataclass(frozen=True, slots=True)
class Channels:
    """`receive` is what every report reaches; `handlers` run what channels leave to be done."""

    receive: ReceiveReport
    fate: Fate
    handlers: Mapping[Kind, Handler] = field(default_factory=dict)


def channels(settings: Settings, tech: Technology, journal: Journal, wake: Wake) -> Channels:
    circuit = advance(settings, tech, journal)
    fate = Fate(journal, circuit.onward)
    receive = ObservedReports(tech.database, tech.vault, journal, fate, tech.clock, wake, tech.metrics)
    handlers: dict[Kind, Handler] = {
        **alerts.handlers(settings, tech, journal),
        **bridging.handlers(settings, tech, journal, receive),
        Kind.CIRCUIT: circuit,
    }
    return Channels(receive, fate, handlers)


def listeners(settings: Settings, tech: Technology, receive: ReceiveReport) -> Sequence[Listener]:
    """What `running` starts and stops, by the settings."""
    return (
        *postal_statuses(settings, tech.clock, receive),
        *sms_receipts(tech.smpp, receive),
        *returned_mail(settings, tech, receive),
    )


def doors(
    settings: Settings, tech: Technology, receive: ReceiveReport, calls: VoiceEvents
) -> dict[str, Wsgi]:
    """Callbacks of providers, by the second segment of `/inbound/...`."""
    found: dict[str, Wsgi | None] = {
        "sms": sms_door(settings, tech.clock, receive),
        "voice": voice_door(settings, tech, receive, calls),
    }
    return {name: door for name, door in found.items() if door is not None}


@dataclass(frozen=True, slots=True)
class Inbound:
    """WSGI: `/inbound/<door>/...`; there is nothing else."""

    doors: dict[str, Wsgi]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        name = environ.get("PATH_INFO", "").removeprefix("/inbound/").partition("/")[0]
        if name not in self.doors:
            start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        return self.doors[name](environ, start_response)
