"""What is written of a slice: one unit of work for all its items, and rivals that are met in it.

A rival is somebody who inserted or reserved an item's external id after it was looked up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.usecases.batches.items import Judge, Judged, Slice
from gateway.usecases.ports import BatchFiles, Clock, Database, UnitOfWork


class RivalError(Exception):
    """This item cannot be written as it was judged; with an error, it is refused for that."""

    def __init__(self, judged: Judged, error: GatewayError | None = None, *, answered: bool = False) -> None:
        super().__init__("rival")
        self.judged, self.error, self.answered = judged, error, answered


@dataclass(frozen=True, slots=True)
class SliceWriter:
    database: Database
    files: BatchFiles
    judge: Judge
    clock: Clock

    def __call__(self, work: Slice, judged: Sequence[Judged], also: Callable[[UnitOfWork], None]) -> None:
        """Write everything, and `also` what the caller adds, in one commit."""
        pending = list(judged)
        while True:
            try:
                with self.database.write() as uow:
                    self._write(uow, work, pending)
                    also(uow)
                    uow.commit()
                return
            except RivalError as rival:
                pending = [each for each in pending if each is not rival.judged]
                if not rival.answered:
                    pending.append(self._again(work, rival))

    def _again(self, work: Slice, rival: RivalError) -> Judged:
        """A refusal, or one to be claimed anew, which will meet what the rival left."""
        item = rival.judged.item
        if rival.error is None:
            return Judged(item)
        with self.files.open(work.batch) as opened:
            return self.judge.refused(work, item, opened.read(item), rival.error)

    def _write(self, uow: UnitOfWork, work: Slice, judged: Sequence[Judged]) -> None:
        if work.checking:
            uow.reservations.lock(work.batch.issuer)
        for each in judged:
            self._one(uow, work, each)
        new = sum(each.accepted is not None for each in judged)
        limit = work.issuer.daily_limit
        if limit and new and not uow.quotas.take(work.issuer.number, day_of(self.clock), new, limit):
            # Other slices filled the day meanwhile: these items are claimed again when there is room.
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    def _one(self, uow: UnitOfWork, work: Slice, each: Judged) -> None:
        if each.command is None and each.kept is None:
            uow.batch_items.free(each.item)
            return
        if work.checking and each.command is not None:
            self._reserve(uow, work, each)
        if each.accepted is not None:
            self._store(uow, each)
        if each.kept is not None:
            self.judge.reject.store(uow, each.kept)
        if not uow.batch_items.answer(each.answered(), each.item.status):
            # Its lease had ended, and another worker answered it.
            raise RivalError(each, answered=True)

    def _store(self, uow: UnitOfWork, each: Judged) -> None:
        assert each.accepted is not None  # noqa: S101  The caller looked.
        try:
            stored = self.judge.submit.store(uow, each.accepted)
        except GatewayError as error:
            raise _rival(each, error) from error
        if not stored:
            raise RivalError(each)

    def _reserve(self, uow: UnitOfWork, work: Slice, each: Judged) -> None:
        """Looked up again, now that none of the issuer's transactions can be inserted elsewhere."""
        command = each.command
        assert command is not None  # noqa: S101  The caller looked.
        issuer, external_id = command.issuer.number, command.transaction.external_id
        try:
            if self.judge.submit.known(uow, command) is not None:
                return
        except GatewayError as error:
            raise _rival(each, error) from error
        if uow.reservations.add(issuer, external_id, work.batch.id, command.content_digest):
            return
        holder = uow.reservations.holder(issuer, external_id)
        if holder is None or holder[0] != work.batch.id:
            raise RivalError(each, GatewayError(ErrorKind.EXTERNAL_ID_RESERVED, external_id))
        if holder[1] != command.content_digest:
            raise RivalError(each, GatewayError(ErrorKind.DUPLICATE_EXTERNAL_ID, external_id))


def _rival(each: Judged, error: GatewayError) -> Exception:
    return error if error.kind.blame is Blame.RECEIVER else RivalError(each, error)


def day_of(clock: Clock) -> str:
    """The day by UTC that daily limits count."""
    return clock.now().date().isoformat()
