"""Background re-verification: everything stored is decrypted and digested again once in a period.

Each owner's row says when it is due and who has it, so that processes share the work and a restart goes on
where it stopped. What is wrong is told (row, alarm, audit) and never repaired.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.fixity import (
    FixityCheck,
    FixityClaim,
    FixityFailure,
    FixityProblem,
    FixityRow,
    FixityTotals,
)
from gateway.usecases.fixity_objects import FixityObjects, differences
from gateway.usecases.ports import Clock, Database, FixityAlarm, UnitOfWork

LEASE = timedelta(minutes=15)
# A round of the alarm clock ends soon, so that a process can be stopped.
WINDOW = timedelta(seconds=8)
ENROLLED = 1000
PAGE = 500


@dataclass(slots=True)
class Pace:
    """Spreads octets over time: `rate` a second on average, whatever the size of one owner's.

    `sleep` takes seconds. One a process; only one thread may use it at a time.
    """

    rate: int
    clock: Clock
    sleep: Callable[[float], object]
    free_at: datetime | None = field(default=None, init=False)

    def wait(self, until: datetime) -> bool:
        """Wait until the octets so far are paid for; False, at once, when that is only after `until`."""
        now = self.clock.now()
        if self.free_at is None or self.free_at <= now:
            return True
        if self.free_at > until:
            return False
        self.sleep((self.free_at - now).total_seconds())
        return True

    def spend(self, octets: int) -> None:
        start = max(self.free_at or self.clock.now(), self.clock.now())
        self.free_at = start + timedelta(seconds=octets / self.rate)


@dataclass(frozen=True, slots=True)
class Fixity:
    """`period`: in this time everything is verified once."""

    database: Database
    objects: FixityObjects
    clock: Clock
    alarm: FixityAlarm
    pace: Pace
    period: timedelta

    def __call__(self) -> int:
        """One round of the alarm clock, at the configured rate; how many owners were checked."""
        return sum(1 for _ in self.rounds(self.clock.now() + WINDOW, self.pace))

    def everything(self, *, paced: bool) -> tuple[int, Iterator[FixityCheck]]:
        """How many are due when all are, and their checks as they are made; other processes help."""
        self.enrol()
        with self.database.write() as uow:
            due = uow.fixity.all_due(self.clock.now())
            uow.commit()
        return due, self.rounds(
            datetime.max.replace(tzinfo=self.clock.now().tzinfo), self.pace if paced else None
        )

    def enrol(self) -> int:
        """Take up owners that are new since the last time, in batches; how many."""
        enrolled, last = 0, ""
        while True:
            # Looked for without keeping writers out: it passes by all that are enrolled.
            with self.database.read() as uow:
                owners = uow.fixity.unenrolled(last, ENROLLED)
            if not owners:
                return enrolled
            last = owners[-1]
            with self.database.write() as uow:
                enrolled += uow.fixity.enrol(owners, self.clock.now())
                uow.commit()

    def rounds(self, until: datetime, pace: Pace | None) -> Iterator[FixityCheck]:
        """Check what is due until nothing is, or the time is over."""
        while self.clock.now() < until and (pace is None or pace.wait(until)):
            claim = self._claim()
            if claim is None:
                return
            check = self._checked(claim)
            if check is None:
                continue
            if pace is not None:
                pace.spend(check.octets)
            yield check

    def totals(self) -> FixityTotals:
        with self.database.read() as uow:
            return uow.fixity.totals(self.clock.now())

    def failures(self) -> Sequence[FixityFailure]:
        """Everything that is wrong now."""
        with self.database.read() as uow:
            return uow.fixity.open_failures()

    def rows(self) -> Iterator[FixityRow]:
        """The last check of every owner, in constant memory."""
        last = ""
        while True:
            with self.database.read() as uow:
                page = uow.fixity.page(last, PAGE)
            yield from page
            if len(page) < PAGE:
                return
            last = page[-1].owner

    def _claim(self) -> FixityClaim | None:
        now = self.clock.now()
        with self.database.write(synced=False) as uow:
            claim = uow.fixity.claim(now, now + LEASE)
            uow.commit()
        return claim

    def _checked(self, claim: FixityClaim) -> FixityCheck | None:
        """None for an owner that was purged meanwhile."""
        try:
            check = self.objects.check(claim.owner)
        except GatewayError as error:
            if error.kind is not ErrorKind.NOT_FOUND:
                raise
            with self.database.write() as uow:
                uow.fixity.drop(claim.owner)
                uow.commit()
            return None
        now = self.clock.now()
        # A power cut may undo that all was well: then it is checked again. A failure is kept at once.
        with self.database.write(synced=bool(check.failures)) as uow:
            if not uow.fixity.finish(claim, check, now, now + self.period):
                return check
            new = self._noted(uow, check, now)
            for failure in new:
                uow.audit.append("fixity-failed", f"{failure.owner}:{failure.problem.value}")
            uow.commit()
        for failure in new:
            self.alarm(failure)
        return check

    def _noted(self, uow: UnitOfWork, check: FixityCheck, now: datetime) -> list[FixityFailure]:
        """Rows for what is new, an end for what is whole again; the new ones."""
        known: list[tuple[str, FixityProblem]] = [
            (failure.object, failure.problem) for failure in uow.fixity.open_failures(check.owner)
        ]
        for name, _problem in differences(check.failures, known):
            uow.fixity.mend(check.owner, name, now)
        new = [
            FixityFailure(check.owner, name, problem, now)
            for name, problem in differences(known, check.failures)
        ]
        for failure in new:
            uow.fixity.fail(failure)
        return new
