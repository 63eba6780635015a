"""The worker's part of an operation code: drawn, its keyed hash committed with the intent, handed over.

The code lives in the memory of the worker that sends it, by SMS or dictated in a call, and is never stored,
queued or logged. A code whose hand-over is UNKNOWN is void, and nothing is sent again by itself.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.delivery import Channel, Effect, Message, Outcome, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from gateway.domain.signing import Challenge, ChallengeState, CodePolicy, SignMethod
from gateway.domain.voice import Call
from gateway.usecases.deliver import Deliver, Delivered, finished
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Codes, Database, Notices, UnitOfWork
from gateway.usecases.speech import statement_of
from gateway.usecases.visit import visit_if_open

TOLD = {ChallengeState.HANDED_OVER: "CODE_SENT", ChallengeState.UNKNOWN: "CODE_UNKNOWN"}
FATE = {
    Outcome.ACCEPTED: ChallengeState.HANDED_OVER,
    Outcome.DELIVERED: ChallengeState.HANDED_OVER,
    Outcome.REFUSED: ChallengeState.VOID,
    Outcome.UNKNOWN: ChallengeState.UNKNOWN,
    Outcome.NOT_SENT: ChallengeState.REQUESTED,
}


def series_of(guid: str, position: int, challenge: str) -> str:
    """The name that the effects of sending one code begin with; an attempt's number follows."""
    return f"code-{guid}-{position}-{challenge}"


def challenge_of(effect: Effect) -> str:
    """Which code an effect was to send; "" for any other effect."""
    series, _, _attempt = effect.id.rpartition(".")
    begin = series_of(effect.guid, effect.position or 0, "")
    return series.removeprefix(begin) if series.startswith(begin) else ""


@dataclass(frozen=True, slots=True)
class SendCode:
    """The handler of SEND_CODE tasks; their subject is the challenge's id."""

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
        """None when the code is not wanted any more, because its life is over or everything is decided, and
        nobody who worked here before may have handed it over."""
        with self.database.read() as uow:
            here = visit_if_open(uow, challenge.guid, challenge.position, self.clock, lock=False)
            issuer = issuer_of(uow, here.record.issuer) if here else None
        if here is None or issuer is None or here.at >= challenge.requested_at + self.policy.life:
            begun = self.deliver.left_open(series_of(challenge.guid, challenge.position, challenge.id))
            return begun[1] if begun else None
        code, recipient = self.codes.draw(), here.recipient
        intent = Effect(
            id=series_of(challenge.guid, challenge.position, challenge.id),
            guid=challenge.guid,
            position=challenge.position,
            channel=challenge.channel,
            purpose=Purpose.CODE,
            address=recipient.asked.phone,
            intended_at=self.clock.now(),
        )

        def compose(effect_id: str) -> Message:
            by, statement = challenge.channel, statement_of(challenge)
            return self.notices.code(effect_id, here.record, recipient, issuer, by, code, statement)

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
            if done and not done.stored and not finished(uow, done):
                return
            fate = FATE[done.receipt.outcome] if done else ChallengeState.VOID
            at = done.receipt.at if done else self.clock.now()
            uow.challenges.replace(current, _after_sending(current, fate, at))
            details = (("challenge", challenge.id), ("act", challenge.act.value), ("fate", fate.value))
            what = Happening(at, challenge.position, details=(*details, *_reference(done)))
            self.journal.noted(uow, record, TOLD.get(fate, "CODE_NOT_SENT"), what)
            self._follow(uow, current, done, at)
            uow.commit()

    def _follow(self, uow: UnitOfWork, code: Challenge, done: Delivered | None, at: datetime) -> None:
        """What comes after: a call is asked after, and an SMS that brings nobody here makes way for a call.

        Of an SMS whose fate is UNKNOWN nothing follows by itself; the recipient may ask.
        """
        if done is None or code.state is not ChallengeState.REQUESTED:
            return
        fate = FATE[done.receipt.outcome]
        if code.channel is Channel.VOICE and fate in {ChallengeState.HANDED_OVER, ChallengeState.UNKNOWN}:
            uow.tasks.add(new_task(Kind.FOLLOW_CALL, code.guid, at, done.effect_id))
        elif code.channel is Channel.SMS and code.method is SignMethod.SMS_VOICE:
            if fate is ChallengeState.HANDED_OVER:
                due = at + self.policy.call_after
                uow.tasks.add(new_task(Kind.CALL_INSTEAD, code.guid, due, code.id))
            elif fate is ChallengeState.VOID:
                uow.tasks.add(new_task(Kind.CALL_INSTEAD, code.guid, at, code.id))


def _after_sending(code: Challenge, fate: ChallengeState, at: datetime) -> Challenge:
    """A code that a newer one voided while it was leaving stays void, but that it left is kept."""
    left = fate is ChallengeState.HANDED_OVER
    return replace(
        code,
        state=fate if code.state is ChallengeState.REQUESTED else code.state,
        handed_over_at=at if left else code.handed_over_at,
        call=code.call or Call() if left and code.channel is Channel.VOICE else code.call,
    )


def _reference(done: Delivered | None) -> tuple[tuple[str, str], ...]:
    return (("effect", done.effect_id), ("reference", done.receipt.reference)) if done else ()
