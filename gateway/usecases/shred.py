"""Makes old backups forget: destroys the key-encryption keys (KEKs) that wrapped purged data keys.

Survivors of the same cohort are wrapped anew under the newest KEK first. It never destroys the newest, nor
one that still wraps a data key.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import CondemnedKek, DataKey
from gateway.usecases.ports import Audit, Clock, Database, KekCustody, UnitOfWork

BATCH = 500
# Longer than any submission or reader keeps a wrapped data key in hand.
GRACE = timedelta(days=1)
DELAY = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Shredded:
    """How many data keys were wrapped anew, which KEKs are no more, and which wait for a later round."""

    rewrapped: int = 0
    destroyed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shred:
    """One round brings each condemned KEK as far as it may go; call it again until nothing waits.

    A purge needs not call it: `uow.keys.destroy(owner)` condemns the KEK in its own unit of work, and the job
    `shred` calls `due()`, which waits `delay` from the first purge of a cohort, so that the cohort's others
    are purged too and survivors are wrapped anew once, not daily. Call it with ids for an order that does not
    wait (erasure by court): then only two rounds `grace` apart are needed, and a newer KEK (`keys rotate`).

    A round stops short of the newest KEK, and of one whose last survivor was wrapped anew within `grace`:
    readers may hold the old wrapping, and submissions under way a data key that it wrapped, which the look
    before the end finds. Every step is compare-and-set, so processes may run it at once, and what a crash
    interrupts the next round goes on with.
    """

    database: Database
    keks: KekCustody
    clock: Clock
    audit: Audit
    delay: timedelta = DELAY
    grace: timedelta = GRACE

    def __call__(self, kek_ids: Iterable[str]) -> Shredded:
        """Shred these without `delay`. Raises GatewayError(INTERNAL), naming an owner, for a data key that
        does not open: its KEK stays."""
        asked = frozenset(kek_ids)
        with self.database.write() as uow:
            for kek_id in sorted(asked):
                uow.keks.condemn(kek_id)
            uow.commit()
        return self._round([kek for kek in self._pending() if kek.kek_id in asked], timedelta())

    def due(self) -> Shredded:
        """Shred every condemned KEK whose delay is over."""
        return self._round(self._pending(), self.delay)

    def _pending(self) -> list[CondemnedKek]:
        with self.database.read() as uow:
            return list(uow.keks.pending())

    def _round(self, condemned: Iterable[CondemnedKek], delay: timedelta) -> Shredded:
        rewrapped = 0
        destroyed: list[str] = []
        waiting: list[str] = []
        failures: list[GatewayError] = []
        for kek in condemned:
            try:
                moved, gone = self._step(kek, delay)
            except GatewayError as error:
                # The other cohorts have to be forgotten all the same.
                failures.append(error)
                continue
            rewrapped += moved
            (destroyed if gone else waiting).append(kek.kek_id)
        if failures:
            raise failures[0]
        return Shredded(rewrapped, tuple(destroyed), tuple(waiting))

    def _step(self, kek: CondemnedKek, delay: timedelta) -> tuple[int, bool]:
        now = self.clock.now()
        if self.keks.is_destroyed(kek.kek_id):
            # A crash, or a backup of the database, came between the file and its row.
            return 0, self._destroy(kek.kek_id, now)
        if kek.seen_at is None:
            self._noted(lambda uow: uow.keks.seen(kek.kek_id, now))
            kek = replace(kek, seen_at=now)
        if kek.kek_id >= self.keks.newest() or now - (kek.seen_at or now) < delay:
            return 0, False
        moved = self._rewrap(kek.kek_id)
        if moved or kek.emptied_at is None:
            self._noted(lambda uow: uow.keks.emptied(kek.kek_id, now))
            return moved, False
        return moved, now - kek.emptied_at >= self.grace and self._destroy(kek.kek_id, now)

    def _rewrap(self, kek_id: str) -> int:
        """Wrap every survivor anew, in batches; how many."""
        moved = 0
        while True:
            with self.database.write() as uow:
                batch = uow.keys.wrapped_by(kek_id, BATCH)
                if not batch:
                    return moved
                for owner, key in batch:
                    moved += uow.keys.rewrap(owner, key, self._anew(owner, key))
                uow.commit()

    def _anew(self, owner: str, key: DataKey) -> DataKey:
        try:
            return self.keks.rewrap(key)
        except GatewayError as error:
            raise GatewayError(ErrorKind.INTERNAL, f"the data key of {owner} does not open") from error

    def _destroy(self, kek_id: str, now: datetime) -> bool:
        """The tombstone beside the keys is the intent; audit and row say that it was done."""
        self.keks.destroy(kek_id, now)
        self.audit("kek-destroyed", kek_id)
        self._noted(lambda uow: uow.keks.destroyed(kek_id, now))
        return True

    def _noted(self, change: Callable[[UnitOfWork], object]) -> None:
        with self.database.write() as uow:
            change(uow)
            uow.commit()
