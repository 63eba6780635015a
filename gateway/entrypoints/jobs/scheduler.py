"""APScheduler as an alarm clock of this process, in memory: it wakes use cases up and owns no work.

Two processes may ring at once: database claims decide who acts. A job that fails is logged and rings again.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from gateway.entrypoints.jobs.timetable import TIMETABLE, Job

log = logging.getLogger(__name__)
Action = Callable[[], object]


class Scheduler:
    """Starts the alarms of a timetable. Raises KeyError when an action that it names is not brought."""

    def __init__(self, actions: Mapping[str, Action], timetable: Iterable[Job] = TIMETABLE) -> None:
        self._clock = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(4)},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
        )
        for position, job in enumerate(timetable):
            self._clock.add_job(
                _guarded(job.name, actions[job.action]),
                "interval",
                seconds=job.seconds,
                id=job.name,
                # The first round comes soon after the start, one job after the other.
                next_run_time=datetime.now(UTC) + timedelta(seconds=position),
            )

    def start(self) -> None:
        self._clock.start()

    def stop(self) -> None:
        """Ring no more, and wait for the jobs that run."""
        self._clock.shutdown(wait=True)


def _guarded(name: str, action: Action) -> Callable[[], None]:
    def run() -> None:
        try:
            action()
        except Exception:
            log.exception("job failed: %s", name)

    return run
