"""What may still be said in a call that is under way: never its code, which nobody has any more.

A callback names its call by the message's mark, which nobody can guess.
"""

from dataclasses import dataclass

from gateway.domain.delivery import Channel, Message, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.bridge.words import BridgeWords
from gateway.usecases.facts import issuer_of
from gateway.usecases.ports import Clock, Database, Notices
from gateway.usecases.send_code import challenge_of
from gateway.usecases.speech import statement_of
from gateway.usecases.visit import visit_if_open


@dataclass(frozen=True, slots=True)
class CallWords:
    database: Database
    notices: Notices
    bridged: BridgeWords
    clock: Clock

    def call_of(self, mark: str) -> str:
        """Our id of the call. Raises GatewayError(CALL_UNKNOWN)."""
        with self.database.read() as uow:
            named = uow.message_parts.find(Channel.VOICE, mark)
        if named is None or named.part:
            raise GatewayError(ErrorKind.CALL_UNKNOWN)
        return named.effect

    def __call__(self, call: str) -> Message | None:
        """The question of a code's call and its farewell, without the code; None for any other call, and
        once everything is decided. Of a bridged call, what both its ends hear."""
        with self.database.read() as uow:
            effect = uow.effects.get(call)
        if effect is not None and effect.purpose is Purpose.CALL:
            return self.bridged(call)
        with self.database.read() as uow:
            if effect is None or effect.purpose is not Purpose.CODE or effect.position is None:
                return None
            code = uow.challenges.get(challenge_of(effect))
            here = visit_if_open(uow, effect.guid, effect.position, self.clock, lock=False)
            if code is None or here is None:
                return None
            issuer = issuer_of(uow, here.record.issuer)
        said = statement_of(code)
        return self.notices.code(call, here.record, here.recipient, issuer, Channel.VOICE, "", said)
