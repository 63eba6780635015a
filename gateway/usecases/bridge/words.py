"""What is said in a bridged call that is under way, and which one somebody means who rings our number.

A caller's number is what the network says it is.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.bridge import CallWay
from gateway.domain.catalogue import Service
from gateway.domain.delivery import Effect, Message, Purpose
from gateway.domain.record import TransactionRecord
from gateway.domain.reports import ReportKind
from gateway.usecases.bridge.outcome import of_call
from gateway.usecases.facts import issuer_of
from gateway.usecases.ports import BridgeTexts, Clock, Database, MessageMark, UnitOfWork

# So many calls that are open at once are looked through.
MOST = 1000


@dataclass(frozen=True, slots=True)
class BridgeWords:
    database: Database
    texts: BridgeTexts
    mark: MessageMark
    clock: Clock

    def __call__(self, call: str) -> Message | None:
        """The call as it was handed over; None for what is no bridged call, or is over."""
        with self.database.read() as uow:
            effect = uow.effects.get(call)
            return self._message(uow, effect) if effect and effect.purpose is Purpose.CALL else None

    def expected(self, caller: str) -> Message | None:
        """The call in which this caller is expected to ring; of several the one whose time ends first."""
        now = self.clock.now()
        with self.database.read() as uow:
            for guid in uow.transactions.awaited(Service.BUROVOZ, now, MOST):
                record = uow.transactions.get(guid)
                if record is not None and _expects(record, caller, now):
                    effect = _waiting(uow, guid)
                    if effect is not None:
                        return self._message(uow, effect)
        return None

    def _message(self, uow: UnitOfWork, effect: Effect) -> Message | None:
        record = uow.transactions.get(effect.guid)
        if record is None or record.state.closed_to_access or record.asked.call is None:
            return None
        issuer, mark = issuer_of(uow, record.issuer), self.mark(effect.id)
        message = self.texts.bridged(effect.id, record, issuer, record.asked.call)
        return replace(message, mark=mark)


def _waiting(uow: UnitOfWork, guid: str) -> Effect | None:
    """The newest attempt, if it neither failed nor was held."""
    calls = [each for each in uow.effects.of(guid) if each.purpose is Purpose.CALL]
    over = {ReportKind.FAILED, ReportKind.HELD}
    if not calls or any(row.report.kind in over for row in of_call(uow, calls[-1])):
        return None
    return calls[-1]


def _expects(record: TransactionRecord, caller: str, now: datetime) -> bool:
    """Whoever really rings is never put through in a test."""
    call = record.asked.call
    if call is None or record.sandbox or record.start_at > now:
        return False
    return call.way is CallWay.CALL_IN and call.caller.phone == caller
