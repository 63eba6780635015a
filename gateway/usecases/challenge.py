"""Operation codes asked for by the recipient, by SMS or by call, and checked once; a worker sends them.

What is kept is a keyed hash. A newer code voids an earlier one, whatever the channel of either; limits count
both. A code whose hand-over is UNKNOWN is void; the recipient may ask for another.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from gateway.domain.contact import masked_phone
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord
from gateway.domain.results import RecipientState
from gateway.domain.signing import Challenge, ChallengeState, CodedAct, CodePolicy
from gateway.domain.states import Event
from gateway.usecases.commands import Session
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork, Wake
from gateway.usecases.preparation import require_prepared
from gateway.usecases.results import CodeStatus, Stage
from gateway.usecases.speech import bound_for, first_channel, speech_state, wants_speech
from gateway.usecases.stages import ready_to_act, stage_of
from gateway.usecases.visit import Visit, visit_of

ACT_AT = {Stage.UNLOCK: CodedAct.DOWNLOAD, Stage.DOCUMENTS: CodedAct.SIGN, Stage.SIGN: CodedAct.SIGN}
WAITING = frozenset({ChallengeState.REQUESTED, ChallengeState.HANDED_OVER})


def coded_act(here: Visit) -> CodedAct:
    """Which act the recipient needs a code for now; raises GatewayError(STEP_OUT_OF_ORDER) for none.

    The documents must have been shown before a signature is asked for.
    """
    stage = stage_of(here.record, here.recipient)
    early = stage is Stage.DOCUMENTS and not ready_to_act(here.record, here.recipient)
    if stage not in ACT_AT or early or not here.recipient.sign_method.coded:
        raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
    return ACT_AT[stage]


def codes_for(uow: UnitOfWork, here: Visit, act: CodedAct) -> Sequence[Challenge]:
    """The codes asked for this act so far, oldest first; after a correction it begins anew."""
    recipient, since = here.recipient, here.recipient.corrected_at
    return [
        code
        for code in uow.challenges.of(recipient.guid, recipient.position)
        if code.act is act and (since is None or code.requested_at >= since)
    ]


def sends_of(codes: Sequence[Challenge]) -> int:
    """How many count against the limit: all but those that certainly never left."""
    return sum(code.state is not ChallengeState.VOID or code.handed_over_at is not None for code in codes)


@dataclass(frozen=True, slots=True)
class RequestCode:
    database: Database
    journal: Journal
    policy: CodePolicy
    clock: Clock
    wake: Wake

    def __call__(self, session: Session, *, call: bool = False) -> None:
        """Ask for a code by the method's channel, or by `call`; a worker sends it. Raises GatewayError:
        STEP_OUT_OF_ORDER (also where the method knows no calls), PAGES_UNSEEN, CLOSED,
        CODE_RESENDS_EXCEEDED, and TOO_MANY_ATTEMPTS within the pause after the last one."""
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            act, method = coded_act(here), here.recipient.sign_method
            if call and not method.by_call:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            if act is CodedAct.SIGN:
                require_prepared(uow, here)
            codes = codes_for(uow, here, act)
            if codes and here.at < codes[-1].requested_at + self.policy.pause:
                raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
            channel = Channel.VOICE if call else first_channel(here.record, method, act)
            self.anew(uow, here, act, channel)
            uow.commit()
        self.wake()

    def by_call(self, session: Session) -> None:
        """Ask to be called, in place of an SMS. Raises as above."""
        self(session, call=True)

    def anew(self, uow: UnitOfWork, here: Visit, act: CodedAct, channel: Channel) -> None:
        """Void what went before and queue another code, in the caller's unit of work.

        Raises GatewayError(CODE_RESENDS_EXCEEDED).
        """
        self._void_earlier(uow, codes_for(uow, here, act))
        challenge = self._challenge(here.recipient, act, channel, here.at)
        challenge = replace(challenge, bound_sha256=bound_for(uow, here, act, channel))
        uow.challenges.add(challenge)
        uow.tasks.add(new_task(Kind.SEND_CODE, here.record.guid, here.at, challenge.id))
        self._record(uow, here, challenge)

    def status(self, session: Session) -> CodeStatus:
        """How the last code of the present act stands, for the page that waits for it."""
        with self.database.read() as uow:
            here = visit_of(uow, session, self.clock, lock=False)
            act = coded_act(here)
            codes = codes_for(uow, here, act)
        last, method = codes[-1] if codes else None, here.recipient.sign_method
        channel = last.channel if last else first_channel(here.record, method, act)
        left = self.policy.sends - sends_of(codes)
        return CodeStatus(
            requested=last is not None,
            sent=last is not None and last.live(here.at),
            failed=last is not None and last.state not in WAITING,
            masked_phone=masked_phone(here.recipient.asked.phone),
            sends_left=left,
            attempts_left=self.policy.attempts - last.attempts if last else self.policy.attempts,
            expires_at=last.expires_at if last else None,
            channel=channel,
            call=last.call if last else None,
            can_call=method.by_call and channel is not Channel.VOICE and last is not None and left > 0,
            spoken=method.by_call and wants_speech(here.record, act),
            speech=speech_state(here.record, last, here.at),
        )

    def _void_earlier(self, uow: UnitOfWork, codes: Sequence[Challenge]) -> None:
        if sends_of(codes) >= self.policy.sends:
            raise GatewayError(ErrorKind.CODE_RESENDS_EXCEEDED)
        for code in codes:
            if code.state in WAITING:
                uow.challenges.replace(code, replace(code, state=ChallengeState.VOID))

    def _challenge(
        self, recipient: RecipientRecord, act: CodedAct, channel: Channel, now: datetime
    ) -> Challenge:
        return Challenge(
            id=str(uuid4()),
            guid=recipient.guid,
            position=recipient.position,
            act=act,
            method=recipient.sign_method,
            state=ChallengeState.REQUESTED,
            requested_at=now,
            expires_at=now + self.policy.life,
            channel=channel,
        )

    def _record(self, uow: UnitOfWork, here: Visit, challenge: Challenge) -> None:
        by = (("channel", challenge.channel.value),) if challenge.channel is not Channel.SMS else ()
        details = (("challenge", challenge.id), ("act", challenge.act.value), *by)
        what = Happening(here.at, challenge.position, details=details)
        if challenge.act is CodedAct.SIGN and stage_of(here.record, here.recipient) is Stage.DOCUMENTS:
            here.after(uow, replace(here.recipient, state=RecipientState.CHALLENGED))
            self.journal.moved(uow, here.record, Event.CHALLENGED, what)
        else:
            self.journal.noted(uow, here.record, "CODE_REQUESTED", what)


def is_right(codes: Codes, challenge: Challenge, typed: str) -> bool:
    """Whether `typed` (spaces ignored) is this challenge's code, in constant time."""
    digits = "".join(typed.split())
    return hmac.compare_digest(codes.digest(challenge.key_id, challenge.id, digits), challenge.digest)
