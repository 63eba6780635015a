"""Legal holds: a transaction on hold is never purged, whatever its custody says, until all are released.

Reasons and names are opaque words, kept with their instants and told to the audit trail.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.custody import WORD, Hold
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Clock, Database


@dataclass(frozen=True, slots=True)
class LegalHolds:
    database: Database
    clock: Clock

    def place(self, guid: str, reason: str, by: str) -> bool:
        """False when that hold is there already. Raises GatewayError NOT_FOUND, or RULE_BROKEN for a word
        that is none."""
        _check_words(reason, by)
        with self.database.write() as uow:
            if uow.transactions.lock(guid) is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            if any(hold.reason == reason for hold in _active(uow.holds.of(guid))):
                return False
            uow.holds.place(Hold(guid, reason, self.clock.now(), by))
            uow.audit.append("custody-hold-placed", f"{guid}:{reason}:{by}")
            uow.commit()
        return True

    def release(self, guid: str, reason: str, by: str) -> bool:
        """Release the hold of that reason; without a reason, the only one. False when there is none.

        Raises GatewayError(RULE_BROKEN) when there are several and no reason says which.
        """
        _check_words(reason or by, by)
        with self.database.write() as uow:
            if uow.transactions.lock(guid) is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            active = _active(uow.holds.of(guid))
            if not reason and len(active) > 1:
                raise GatewayError(ErrorKind.RULE_BROKEN, "several holds are in force: say the reason")
            chosen = reason or next((hold.reason for hold in active), "")
            if not uow.holds.release(guid, chosen, self.clock.now(), by):
                return False
            uow.audit.append("custody-hold-released", f"{guid}:{chosen}:{by}")
            uow.commit()
        return True

    def of(self, guid: str) -> Sequence[Hold]:
        """All of a transaction, or all that are in force when no GUID is given."""
        with self.database.read() as uow:
            return uow.holds.of(guid) if guid else uow.holds.active()


def _active(holds: Sequence[Hold]) -> list[Hold]:
    return [hold for hold in holds if hold.released_at is None]


def _check_words(*words: str) -> None:
    if not all(WORD.fullmatch(word) for word in words):
        raise GatewayError(
            ErrorKind.RULE_BROKEN, "reasons and names are words of A-Z a-z 0-9 . _ - (40 at most)"
        )
