"""Small chores of the alarm clock: leases of dead workers, replay rows that can refuse nothing any more."""

from dataclasses import dataclass

from gateway.usecases.ports import Clock, Database, Wake


@dataclass(frozen=True, slots=True)
class Upkeep:
    database: Database
    clock: Clock
    wake: Wake

    def reap_leases(self) -> int:
        """Free the leases that ended; how many."""
        with self.database.write() as uow:
            freed = uow.tasks.reap(self.clock.now())
            uow.commit()
        if freed:
            self.wake()
        return freed

    def purge_replays(self) -> int:
        """Forget messages too old to be accepted again; how many."""
        with self.database.write() as uow:
            gone = uow.replays.purge(self.clock.now())
            uow.commit()
        return gone
