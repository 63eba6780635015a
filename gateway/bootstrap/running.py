"""Processes: `serve` (doors, workers and alarm clock) and `worker` (workers and alarm clock only)."""

import gc
import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from gateway.adapters.storage import migrate
from gateway.adapters.storage.protect import protect
from gateway.adapters.telemetry import logs
from gateway.adapters.vault import kek_files
from gateway.bootstrap import approved, channels, feedback, keys
from gateway.bootstrap.doors import ops_doors, wsgi
from gateway.bootstrap.http_server import http_server
from gateway.bootstrap.processes import Supervisor
from gateway.bootstrap.system import System, system
from gateway.bootstrap.technology import Technology, technology
from gateway.bootstrap.vaults import sweeper
from gateway.bootstrap.watching import Watch
from gateway.bootstrap.workers import Workforce
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.jobs.scheduler import Scheduler
from gateway.entrypoints.ops.listener import by_first_segment, listening
from gateway.settings import Settings

log = logging.getLogger(__name__)
STOP_SECONDS = 20.0
BACKLOG = 1024


def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; requests under way and tasks begun are finished first."""
    listener = _listener(settings.http.host, settings.http.port)
    print(f"serving on {settings.http.host}:{settings.http.port}", flush=True)
    if settings.http.processes == 1:
        return _serve_on(listener, settings)
    return Supervisor(settings.http.processes, lambda place: _serve_on(listener, settings, place)).run()


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), backlog=BACKLOG)
    except OSError as error:
        # Whoever reads the refusal must know which address it was.
        error.filename = f"{host}:{port}"
        raise


def _serve_on(listener: socket.socket, settings: Settings, place: int = 0) -> int:
    leaving = threading.Event()
    with (
        _running(settings, settings.worker.threads) as (tech, use_cases),
        _telling(settings, tech, leaving, place),
    ):
        application = wsgi(settings, tech, use_cases, keys.session_key(settings), leaving.is_set)
        server = http_server(application, listener, settings.http)
        _on_stop(lambda: _leave_soon(leaving, settings.ops.drain.total_seconds()))
        # Waitress ends its loop on SystemExit, when the requests under way are answered.
        server.run()
        server.close()
    return 0


def work(settings: Settings) -> int:
    """Work until SIGTERM or SIGINT. Any number of these processes may share one database."""
    if settings.worker.processes == 1:
        return _work(settings)
    return Supervisor(settings.worker.processes, lambda place: _work(settings, place)).run()


def _work(settings: Settings, place: int = 0) -> int:
    stopping = threading.Event()
    with (
        _running(settings, max(settings.worker.threads, 1)) as (tech, _),
        _telling(settings, tech, stopping, place),
    ):
        _on_stop(stopping.set)
        print("working", flush=True)
        stopping.wait()
    return 0


@contextmanager
def _telling(settings: Settings, tech: Technology, leaving: threading.Event, place: int) -> Iterator[None]:
    """Health and metrics on the port of this process, if one is set, until the block is left."""
    if not settings.ops.port:
        yield
        return
    app = by_first_segment(ops_doors(settings, tech, leaving.is_set))
    with listening(settings.ops.host, settings.ops.port + place, app):
        yield


@contextmanager
def _running(settings: Settings, threads: int) -> Iterator[tuple[Technology, System]]:
    """Adapters, use cases, `threads` workers and the alarm clock, until the block is left."""
    logs.configure(settings.log.level, settings.log.format)
    chosen = {settings.email.channel, settings.sms.channel}
    if settings.gateway.base_url.startswith("https:") and "console" in chosen:
        log.warning("a development console stands in for a channel: its messages reach nobody")
    loaded = approved.contents(settings)
    tech = technology(settings)
    _require_schema(tech)
    approved.enforce(settings, tech.database, tech.clock, loaded)
    tech.metrics.watch(Watch(settings, tech))
    workforce = Workforce(settings, tech)
    use_cases = system(settings, tech, workforce.wake)
    workforce.start(use_cases.handlers, threads)
    callers = feedback.threads(settings, use_cases.feedback)
    callers.start()
    alarms = Scheduler(_jobs(settings, tech, use_cases))
    alarms.start()
    beside = channels.listeners(settings, tech, use_cases.channels.receive)
    for each in beside:
        each.start()
    # Everything built so far stays for good: the collector need not walk it again and again.
    gc.collect()
    gc.freeze()
    try:
        yield tech, use_cases
    finally:
        for each in beside:
            each.stop(STOP_SECONDS)
        alarms.stop()
        workforce.stop(STOP_SECONDS)
        callers.stop(STOP_SECONDS)
        tech.traces.close()
        tech.database.close()


def _require_schema(tech: Technology) -> None:
    if migrate.current(tech.database.engine) != migrate.newest():
        raise GatewayError(ErrorKind.CONFIGURATION, "the database is not migrated: fehaciente db upgrade")


def _jobs(settings: Settings, tech: Technology, use_cases: System) -> dict[str, Callable[[], object]]:
    """What the timetable's names stand for."""
    return {
        "expire": use_cases.expire_due,
        "check_clock": lambda: tech.timestamper.measure(settings.tsa.check),
        "reap_leases": use_cases.upkeep.reap_leases,
        "purge_replays": use_cases.upkeep.purge_replays,
        "forget_done": use_cases.upkeep.forget_done,
        "extend_by_contract": use_cases.extend_custody.by_contract,
        "protect": lambda: protect(tech.database),
        "rotate_keks": lambda: kek_files.rotate(settings.vault.keys, tech.clock.now(), settings.vault.cohort),
        "shred": use_cases.shred.due,
        "fixity": use_cases.fixity,
        "enrol_fixity": use_cases.fixity.enrol,
        "purge": use_cases.purge if settings.custody.purge else _nothing,
        "end_refusals": use_cases.end_refusals if settings.custody.purge else _nothing,
        "forget_drafts": use_cases.sender.drafts.forget_expired,
        "deposit": use_cases.deposits.daily,
        "renew_records": use_cases.deposits.renew,
        "end_sessions": use_cases.accounts.sessions.end_old,
        "roll_up": use_cases.console.roll_up,
        "end_exports": use_cases.console.take.end,
        "sweep_orphans": sweeper(settings, tech.vault, tech.database, tech.clock),
        "expire_uploads": use_cases.batches.uploads.expire,
        "drop": use_cases.batches.drop,
        "forget_batches": use_cases.batches.forget if settings.custody.purge else _nothing,
        "match_reports": use_cases.channels.receive.match,
        "sweep_spool": lambda: use_cases.batches.spool.sweep(tech.clock.now()),
    }


def _nothing() -> None:
    """A job that the settings leave to the operator."""


def _leave_soon(leaving: threading.Event, seconds: float) -> None:
    """`ready` says no from now on; serving ends when no balancer sends anybody here any more."""
    leaving.set()
    signal.signal(signal.SIGALRM, _leave)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def _leave(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit


def _on_stop(stop: Callable[[], None]) -> None:
    def stopped(_signal: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, stopped)
    signal.signal(signal.SIGINT, stopped)
