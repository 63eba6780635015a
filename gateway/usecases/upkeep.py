"""Small chores of the alarm clock: leases of dead workers, rows that nobody needs any more."""

from dataclasses import dataclass
from datetime import timedelta

from gateway.usecases.ports import Clock, Database, Wake

# A slice keeps other writers waiting for milliseconds; a round leaves what is more to the next one.
SLICE, SLICES = 500, 200
TICKETS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """`keep_done`: how long tasks that are done stay, counted from when they were due."""

    database: Database
    clock: Clock
    wake: Wake
    keep_done: timedelta

    def reap_leases(self) -> int:
        """Free the leases that ended; how many."""
        with self.database.write() as uow:
            freed = uow.tasks.reap(self.clock.now())
            uow.commit()
        if freed:
            self.wake()
        return freed

    def forget_done(self) -> int:
        """Delete tasks that were done long ago, slice by slice; how many."""
        before, gone = self.clock.now() - self.keep_done, 0
        for _ in range(SLICES):
            with self.database.write(synced=False) as uow:
                some = uow.tasks.forget_done(before, SLICE)
                uow.commit()
            gone += some
            if some < SLICE:
                break
        return gone

    def purge_replays(self) -> int:
        """Forget messages too old to be accepted again, and one-time links that are over; how many."""
        now = self.clock.now()
        with self.database.write() as uow:
            gone = uow.replays.purge(now)
            gone += uow.access_tickets.forget(now - TICKETS_KEPT, SLICE)
            uow.commit()
        return gone
