"""What operators watch besides what happens: how much waits and since when, what will end, what room is left.

It is looked up when the metrics' page is drawn, at most once every few seconds, and never stops the page.
"""

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509

from gateway.adapters.storage.unit_of_work import SqlUnitOfWork
from gateway.adapters.telemetry.metrics import Reading
from gateway.bootstrap.technology import Technology, certificates
from gateway.settings import Settings

log = logging.getLogger(__name__)
FRESH_SECONDS = 10.0
DAY = 86400
Taken = Callable[[Settings, Technology, datetime], Iterator[Reading]]


@dataclass
class Watch:
    """The readings of this installation; safe across threads, for the last one to come wins."""

    settings: Settings
    tech: Technology
    _taken_at: float = -FRESH_SECONDS
    _taken: Sequence[Reading] = field(default_factory=tuple)

    def __call__(self) -> Sequence[Reading]:
        now = time.monotonic()
        if now - self._taken_at >= FRESH_SECONDS:
            self._taken_at = now
            self._taken = [reading for take in SOURCES for reading in self._safely(take)]
        return self._taken

    def _safely(self, take: Taken) -> Sequence[Reading]:
        """What cannot be looked up is missing from the page, which is an alarm by itself."""
        try:
            return list(take(self.settings, self.tech, self.tech.clock.now()))
        except Exception:
            log.exception("metrics: a reading failed")
            return ()


def rows(settings: Settings, tech: Technology, now: datetime) -> Iterator[Reading]:
    with tech.database.read() as uow:
        for each in uow.backlog.waiting():
            labels = {"kind": each.kind, "state": each.state}
            yield Reading("tasks_waiting", "Tasks by kind and state", each.count, labels)
        overdue = uow.backlog.overdue_since(now)
        yield Reading("oldest_task_seconds", "Since when the oldest due task waits", _seconds(overdue, now))
        told = uow.feedback.oldest()
        yield Reading("feedback_oldest_seconds", "Since when an issuer waits to be told", _seconds(told, now))
        for phase, count in uow.feedback.unanswered().items():
            yield Reading("feedback_unanswered", "Notifications by phase", count, {"phase": phase.value})
        resting = uow.subscriptions.resting(now)
        yield Reading("feedback_resting", "Addresses of issuers that fail and are left alone", resting)
        yield Reading(
            "messages_unknown", "Messages of which nobody knows whether they left", uow.overviews.unknowns()
        )
        yield Reading("reports_unmatched", "Reports of messages that nobody knows", uow.reports.unmatched())
        yield Reading(
            "deposit_overdue_seconds",
            "How long a deposit should have been made",
            deposit_late(uow, settings, now),
        )


def deposit_late(uow: SqlUnitOfWork, settings: Settings, now: datetime) -> float:
    """Counted from the end of the period in which the oldest file that is not deposited was queued."""
    oldest = uow.deposit_queue.oldest()
    return 0 if oldest is None else max((now - oldest - 2 * settings.deposit.period).total_seconds(), 0)


def ends(settings: Settings, tech: Technology, now: datetime) -> Iterator[Reading]:
    for use, files in (
        ("seal", (settings.pki.seal_chain,)),
        ("anchors", (settings.pki.anchors,)),
        ("issuer anchors", (settings.pki.issuer_anchors,)),
        ("tsa", (settings.pki.tsa_chain,) if tech.authority is not None else ()),
    ):
        if files:
            yield _days(use, min(each.not_valid_after_utc for each in certificates(files)), now)
    lists = {*settings.revocation.lists, *settings.pki.issuer_crls}
    ends = [x509.load_pem_x509_crl(file.read_bytes()).next_update_utc for file in lists]
    if stated := [end for end in ends if end is not None]:
        yield _days("revocation lists", min(stated), now)


def _days(use: str, end: datetime, now: datetime) -> Reading:
    left = (end - now) / timedelta(seconds=DAY)
    return Reading("days_left", "Until the first certificate or list of this use ends", left, {"use": use})


def room(settings: Settings, _tech: Technology, _now: datetime) -> Iterator[Reading]:
    free = shutil.disk_usage(settings.gateway.data).free
    yield Reading("disk_free_bytes", "Room left on the data folder's disk", free)


def lines(_settings: Settings, tech: Technology, _now: datetime) -> Iterator[Reading]:
    """Of this process: each has a session of its own."""
    if tech.smpp is not None:
        yield Reading("smsc_bound", "Whether the session with the SMSC is bound", float(tech.smpp.bound))


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0 if since is None else max((now - since).total_seconds(), 0)


SOURCES: tuple[Taken, ...] = (rows, ends, room, lines)
