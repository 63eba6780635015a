"""What has to be done once when a backup was put back, for what happened after it is not known any more."""

from dataclasses import dataclass

from gateway.usecases.outbox import Kind
from gateway.usecases.ports import Clock, Database

# More than any installation gives out between two backups; fifteen digits bear it a thousand million times.
LEAP = 1_000_000
# What leaves the house, and is paid for: nobody knows whether it left after the backup was made. What would
# queue it by itself is held as well: transactions before their first notice, those whose end is being sealed
# (each recipient is told of it, and perhaps was, with another certificate), notifications whose reader makes
# way for the next one, and batches and drafts that were being taken, which would become transactions anew,
# under other GUIDs.
OUTWARD = (
    Kind.NOTIFY,
    Kind.CIRCUIT,
    Kind.SEND_CODE,
    Kind.CALL_INSTEAD,
    Kind.PLACE_CALL,
    Kind.FINISH_READING,
    Kind.CLOSE,
    Kind.CERTIFY,
    Kind.TELL_OUTCOME,
    Kind.SEND_COPY,
    Kind.ALERT,
    Kind.STAMP,
    Kind.SEAL,
    Kind.READ_BATCH,
    Kind.TAKE_BATCH,
    Kind.SEND_DRAFT,
)
WHY = "a backup was put back: this may have been done already, and sent; revive it to do it (again)"


@dataclass(frozen=True, slots=True)
class Resumed:
    """`issuers` whose GUIDs go on beyond the leap, and `held` tasks that wait for a person."""

    issuers: int
    held: int


@dataclass(frozen=True, slots=True)
class AfterRestore:
    database: Database
    clock: Clock

    def __call__(self) -> Resumed:
        """No GUID is given twice, and nothing is sent twice by itself. Doing it again only leaps again."""
        now = self.clock.now()
        with self.database.write() as uow:
            # Who signed out since, or lost their account, would be signed in again.
            uow.staff_sessions.end_old(now, now)
            issuers = uow.guid_blocks.skip(LEAP)
            held = sum(uow.tasks.bury_all(kind.value, WHY) for kind in OUTWARD)
            uow.audit.append("backup-restored", f"issuers:{issuers}", held=str(held))
            uow.commit()
        return Resumed(issuers, held)
