"""What a provider tells of a call, by callback or when asked: late, twice, in any order, or after the end.

Each report is kept once as an event of the transaction and never moves anything back. A call that nobody
heard voids its code. Recordings are only noted here; another task fetches and seals them.
"""

from dataclasses import dataclass, replace

from gateway.domain.delivery import Channel, Effect
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import TransactionRecord
from gateway.domain.signing import Challenge, ChallengeState
from gateway.domain.voice import Call, CallEvent, told
from gateway.usecases.challenge import WAITING
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, UnitOfWork, Wake
from gateway.usecases.send_code import challenge_of

RECORDED = "CALL_RECORDED"


@dataclass(frozen=True, slots=True)
class VoiceEvents:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake

    def __call__(self, event: CallEvent) -> bool:
        """Whether it was news. Raises GatewayError(CALL_UNKNOWN) for a call that was never ours."""
        with self.database.write() as uow:
            effect = uow.effects.get(event.call)
            record = uow.transactions.lock(effect.guid) if effect else None
            if effect is None or record is None or effect.channel is not Channel.VOICE:
                raise GatewayError(ErrorKind.CALL_UNKNOWN)
            code = uow.challenges.get(challenge_of(effect))
            if code is None:
                raise GatewayError(ErrorKind.CALL_UNKNOWN)
            news = self._take(uow, record, effect, code, event)
            uow.commit()
        if news:
            self.wake()
        return news

    def _take(
        self,
        uow: UnitOfWork,
        record: TransactionRecord,
        effect: Effect,
        code: Challenge,
        event: CallEvent,
    ) -> bool:
        kind = f"CALL_{event.state.value}" if event.state else RECORDED
        if event.recording and not code.bound_sha256:
            # Nobody was asked to speak: what was recorded nevertheless is none of ours.
            event = replace(event, recording="")
        if _kept(uow, effect, kind) or (event.state is None and not event.recording):
            return False
        before = code.call or Call()
        after = told(before, event)
        fate = ChallengeState.VOID if after.state.unheard and code.state in WAITING else code.state
        if not uow.challenges.replace(code, replace(code, call=after, state=fate)):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        if after.recording != before.recording:
            uow.tasks.add(new_task(Kind.KEEP_RECORDING, record.guid, self.clock.now(), effect.id))
        seconds = (("seconds", str(event.seconds)),) if event.seconds else ()
        details = (("challenge", code.id), ("effect", effect.id), *seconds)
        self.journal.noted(uow, record, kind, Happening(event.at, effect.position, details=details))
        return True


def _kept(uow: UnitOfWork, effect: Effect, kind: str) -> bool:
    """The same report, of the same call, before."""
    mark = ("effect", effect.id)
    return any(event.kind == kind and mark in event.details for event in uow.events.of(effect.guid))
