"""The end of custody of refused submissions: message, row, evidence and data key go; the audit log says so.

No tombstone is left, for nobody asks by request id: the entry names request, fault code and commitment. It
decides nothing about transactions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.custody import commitment
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import EvidenceStatus, Rejection
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault
from gateway.usecases.purge import Candidate, Obstacle

PAGE = 100


@dataclass(frozen=True, slots=True)
class EndRefusals:
    """`kept`: how long after it was received; `offset`: how far clocks may differ, waited besides."""

    database: Database
    vault: Vault
    clock: Clock
    kept: timedelta
    offset: timedelta

    def __call__(self) -> int:
        """End what is due, each in its own commit; how many. One that fails keeps no other."""
        ended, failures = 0, list[Exception]()
        for candidate in self.candidates():
            try:
                if candidate.obstacle is Obstacle.KEY_DESTROYED:
                    self._erase_again(candidate.guid)
                ended += candidate.obstacle is None and self._end(candidate.guid)
            except Exception as error:
                failures.append(error)
        if failures:
            raise failures[0]
        return ended

    def candidates(self) -> Iterator[Candidate]:
        """Everything refused whose time is over, by request id, oldest first and in constant memory."""
        last: tuple[datetime, str] | None = None
        while True:
            with self.database.read() as uow:
                page = uow.rejections.ended(self._before(), last, PAGE)
                found = [self._candidate(uow, received_at, each) for received_at, each in page]
            # None: somebody else ended it between the two looks.
            yield from (each for each in found if each is not None)
            if len(page) < PAGE:
                return
            last = page[-1]

    def _before(self) -> datetime:
        return self.clock.now() - self.kept - self.offset

    def _candidate(self, uow: UnitOfWork, received_at: datetime, request_id: str) -> Candidate | None:
        until = received_at + self.kept
        try:
            rejection = uow.rejections.get(request_id)
        except GatewayError as error:
            if error.kind is ErrorKind.KEY_DESTROYED:
                return Candidate(request_id, until, Obstacle.KEY_DESTROYED)
            raise
        if rejection is None:
            return None
        return Candidate(request_id, until, self._obstacle(uow, rejection))

    def _obstacle(self, uow: UnitOfWork, rejection: Rejection) -> Obstacle | None:
        owner = rejection.request_id
        if rejection.received_at >= self._before():
            return Obstacle.IN_CUSTODY
        evidences = uow.evidences.of(owner)
        sealed = bool(evidences) and all(each.status is EvidenceStatus.SEALED for each in evidences)
        if not sealed or uow.tombstones.has_work(owner):
            return Obstacle.NOT_SEALED
        return Obstacle.NOT_DEPOSITED if uow.tombstones.undeposited(owner) else None

    def _end(self, request_id: str) -> bool:
        """False when something stands in the way, or somebody else was first."""
        with self.database.write() as uow:
            rejection = uow.rejections.get(request_id)
            # Whoever deletes the row has the rest to itself; leaving without a commit brings it back.
            if rejection is None or not uow.rejections.remove(request_id):
                return False
            if self._obstacle(uow, rejection) is not None:
                return False
            proof = _commitment(uow, rejection).hex()
            _erase(uow, request_id)
            uow.audit.append("refusal-ended", request_id, code=rejection.code, commitment=proof)
            uow.commit()
        self.vault.forget(request_id)
        return True

    def _erase_again(self, request_id: str) -> None:
        """What a restored backup brought back, and nothing opens: away with it.

        A row without any data key is no such thing, and stays.
        """
        with self.database.write() as uow:
            if uow.keys.find(request_id) is None or not uow.rejections.remove(request_id):
                return
            _erase(uow, request_id)
            uow.audit.append("refusal-erased-again", request_id)
            uow.commit()
        self.vault.forget(request_id)


def _commitment(uow: UnitOfWork, rejection: Rejection) -> bytes:
    """Over message and evidence, salted by the sealed evidence, which holds a signature nobody can guess."""
    sealed = [each.sealed_sha256 for each in uow.evidences.of(rejection.request_id) if each.sealed_sha256]
    return commitment(sealed[0], [rejection.raw_sha256, *sealed])


def _erase(uow: UnitOfWork, request_id: str) -> None:
    """Everything that hangs on the refusal's row, and its data key."""
    uow.tombstones.erase(request_id)
    uow.keys.destroy(request_id)
