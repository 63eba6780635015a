"""Operation codes: asked for by the recipient, drawn and handed over by a worker, checked once.

The code lives in the memory of the worker that sends it. What is kept is its keyed hash, committed with
the intent to send it. A code whose hand-over is UNKNOWN is void; the recipient may ask for another.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from gateway.domain.contact import masked_phone
from gateway.domain.delivery import Channel, Effect, Message, Outcome, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord, Task
from gateway.domain.results import RecipientState
from gateway.domain.signing import Challenge, ChallengeState, CodedAct, CodePolicy
from gateway.domain.states import Event
from gateway.usecases.commands import Session
from gateway.usecases.deliver import Deliver, Delivered
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Codes, Database, Notices, UnitOfWork, Wake
from gateway.usecases.results import CodeStatus, Stage
from gateway.usecases.stages import ready_to_act, stage_of
from gateway.usecases.visit import Visit, visit_if_open, visit_of

ACT_AT = {Stage.UNLOCK: CodedAct.DOWNLOAD, Stage.DOCUMENTS: CodedAct.SIGN, Stage.SIGN: CodedAct.SIGN}
WAITING = frozenset({ChallengeState.REQUESTED, ChallengeState.HANDED_OVER})
TOLD = {ChallengeState.HANDED_OVER: "CODE_SENT", ChallengeState.UNKNOWN: "CODE_UNKNOWN"}
FATE = {
    Outcome.ACCEPTED: ChallengeState.HANDED_OVER,
    Outcome.DELIVERED: ChallengeState.HANDED_OVER,
    Outcome.REFUSED: ChallengeState.VOID,
    Outcome.UNKNOWN: ChallengeState.UNKNOWN,
    Outcome.NOT_SENT: ChallengeState.REQUESTED,
}


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

    def __call__(self, session: Session) -> None:
        """Ask for a code; a worker sends it. Raises GatewayError: STEP_OUT_OF_ORDER, CLOSED,
        CODE_RESENDS_EXCEEDED, and TOO_MANY_ATTEMPTS within the pause after the last one."""
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            act = coded_act(here)
            self._void_earlier(uow, codes_for(uow, here, act), here.at)
            challenge = self._challenge(here.recipient, act, here.at)
            uow.challenges.add(challenge)
            uow.tasks.add(new_task(Kind.SEND_CODE, session.guid, here.at, challenge.id))
            self._record(uow, here, challenge)
            uow.commit()
        self.wake()

    def status(self, session: Session) -> CodeStatus:
        """How the last code of the present act stands, for the page that waits for it."""
        with self.database.read() as uow:
            here = visit_of(uow, session, self.clock, lock=False)
            codes = codes_for(uow, here, coded_act(here))
        last = codes[-1] if codes else None
        return CodeStatus(
            requested=last is not None,
            sent=last is not None and last.live(here.at),
            failed=last is not None and last.state not in WAITING,
            masked_phone=masked_phone(here.recipient.asked.phone),
            sends_left=self.policy.sends - sends_of(codes),
            attempts_left=self.policy.attempts - last.attempts if last else self.policy.attempts,
            expires_at=last.expires_at if last else None,
        )

    def _void_earlier(self, uow: UnitOfWork, codes: Sequence[Challenge], now: datetime) -> None:
        if sends_of(codes) >= self.policy.sends:
            raise GatewayError(ErrorKind.CODE_RESENDS_EXCEEDED)
        if codes and now < codes[-1].requested_at + self.policy.pause:
            raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
        for code in codes:
            if code.state in WAITING:
                uow.challenges.replace(code, replace(code, state=ChallengeState.VOID))

    def _challenge(self, recipient: RecipientRecord, act: CodedAct, now: datetime) -> Challenge:
        return Challenge(
            id=str(uuid4()),
            guid=recipient.guid,
            position=recipient.position,
            act=act,
            method=recipient.sign_method,
            state=ChallengeState.REQUESTED,
            requested_at=now,
            expires_at=now + self.policy.life,
        )

    def _record(self, uow: UnitOfWork, here: Visit, challenge: Challenge) -> None:
        details = (("challenge", challenge.id), ("act", challenge.act.value))
        what = Happening(here.at, challenge.position, details=details)
        if challenge.act is CodedAct.SIGN and stage_of(here.record, here.recipient) is Stage.DOCUMENTS:
            here.after(uow, replace(here.recipient, state=RecipientState.CHALLENGED))
            self.journal.moved(uow, here.record, Event.CHALLENGED, what)
        else:
            self.journal.noted(uow, here.record, "CODE_REQUESTED", what)


@dataclass(frozen=True, slots=True)
class SendCode:
    """The worker's part: draw, commit the keyed hash with the intent, hand over from memory."""

    database: Database
    deliver: Deliver
    notices: Notices
    codes: Codes
    journal: Journal
    policy: CodePolicy
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            challenge = uow.challenges.get(task.subject)
        if challenge is None or challenge.state is not ChallengeState.REQUESTED:
            return False
        done = self._hand_over(challenge)
        self._finish(challenge, done)
        if done and done.receipt.outcome is Outcome.NOT_SENT:
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        return False

    def _hand_over(self, challenge: Challenge) -> Delivered | None:
        """None when the code is not wanted any more: its life is over, or everything is decided."""
        with self.database.read() as uow:
            here = visit_if_open(uow, challenge.guid, challenge.position, self.clock, lock=False)
            if here is None or here.at >= challenge.requested_at + self.policy.life:
                return None
            issuer = issuer_of(uow, here.record.issuer)
        code, recipient = self.codes.draw(), here.recipient
        intent = Effect(
            id=f"code-{challenge.guid}-{challenge.position}-{challenge.id}",
            guid=challenge.guid,
            position=challenge.position,
            channel=Channel.SMS,
            purpose=Purpose.CODE,
            address=recipient.asked.phone,
            intended_at=self.clock.now(),
        )

        def compose(effect_id: str) -> Message:
            return self.notices.code(effect_id, here.record, recipient, issuer, Channel.SMS, code)

        return self.deliver(intent, compose, lambda uow: self._keep_hash(uow, challenge, code))

    def _keep_hash(self, uow: UnitOfWork, challenge: Challenge, code: str) -> None:
        key_id, expires_at = self.codes.key_id(), self.clock.now() + self.policy.life
        digest = self.codes.digest(key_id, challenge.id, code)
        current = uow.challenges.get(challenge.id)
        if current and current.state is ChallengeState.REQUESTED:
            changed = replace(current, key_id=key_id, digest=digest, expires_at=expires_at)
            if uow.challenges.replace(current, changed):
                return
        # Another code was asked for meanwhile; this one must not leave.
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    def _finish(self, challenge: Challenge, done: Delivered | None) -> None:
        """Store what became of the code; without `done` it never leaves."""
        with self.database.write() as uow:
            record = uow.transactions.lock(challenge.guid)
            current = uow.challenges.get(challenge.id)
            if record is None or current is None:
                return
            if done and not done.stored and not uow.effects.finish(done.effect_id, done.receipt):
                return
            fate = FATE[done.receipt.outcome] if done else ChallengeState.VOID
            at = done.receipt.at if done else self.clock.now()
            uow.challenges.replace(current, _after_sending(current, fate, at))
            details = (("challenge", challenge.id), ("act", challenge.act.value), ("fate", fate.value))
            what = Happening(at, challenge.position, details=(*details, *_reference(done)))
            self.journal.noted(uow, record, TOLD.get(fate, "CODE_NOT_SENT"), what)
            uow.commit()


def _after_sending(code: Challenge, fate: ChallengeState, at: datetime) -> Challenge:
    """A code that a newer one voided while it was leaving stays void, but that it left is kept."""
    left_at = at if fate is ChallengeState.HANDED_OVER else code.handed_over_at
    return replace(
        code, state=fate if code.state is ChallengeState.REQUESTED else code.state, handed_over_at=left_at
    )


def _reference(done: Delivered | None) -> tuple[tuple[str, str], ...]:
    return (("effect", done.effect_id), ("reference", done.receipt.reference)) if done else ()


def is_right(codes: Codes, challenge: Challenge, typed: str) -> bool:
    """Whether `typed` (spaces ignored) is this challenge's code, in constant time."""
    digits = "".join(typed.split())
    return hmac.compare_digest(codes.digest(challenge.key_id, challenge.id, digits), challenge.digest)
