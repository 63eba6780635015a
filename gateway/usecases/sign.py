"""The act: the right code, within its life and before `time_to_close`, decides; a wrong one is counted.

The compare-and-set row of the recipient is the act; its time is the injected clock's inside that commit.
"""

from dataclasses import dataclass, replace

from gateway.domain.contact import masked_phone
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.results import RecipientState, Result
from gateway.domain.signing import Challenge, ChallengeState, CodedAct, CodePolicy
from gateway.domain.voice import Call
from gateway.usecases.acts import perform
from gateway.usecases.challenge import codes_for, is_right, sends_of
from gateway.usecases.code_audit import SPENT
from gateway.usecases.commands import Session
from gateway.usecases.decide import Outcome, settle
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork, Wake
from gateway.usecases.results import Stage
from gateway.usecases.speech import require_speech
from gateway.usecases.stages import stage_of
from gateway.usecases.visit import Visit, visit_of


@dataclass(frozen=True, slots=True)
class Sign:
    database: Database
    codes: Codes
    journal: Journal
    policy: CodePolicy
    clock: Clock
    wake: Wake

    def unlock(self, session: Session, typed: str) -> None:
        """CONTRACT's first code opens the documents. Raises as `sign`."""
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            if stage_of(here.record, here.recipient) is not Stage.UNLOCK:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            used = self._use(uow, here, CodedAct.DOWNLOAD, typed)
            if used:
                here.after(uow, replace(here.recipient, unlocked_at=here.at))
                what = Happening(here.at, session.position, details=_audit(here, used))
                self.journal.noted(uow, here.record, "DOCUMENTS_UNLOCKED", what)
            uow.commit()
        self._answer(used)

    def sign(self, session: Session, typed: str) -> str:
        """Sign with the code; returns the issuer's return URL. Raises GatewayError: CODE_WRONG,
        CODE_EXPIRED, SPEECH_AWAITED and SPEECH_MISSING (which cost no attempt), STEP_OUT_OF_ORDER, CLOSED."""
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            if stage_of(here.record, here.recipient) is not Stage.SIGN:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            used = self._use(uow, here, CodedAct.SIGN, typed)
            if used:
                perform(uow, self.journal, here, _audit(here, used))
            uow.commit()
        self._answer(used)
        return here.record.asked.return_url

    def _answer(self, used: Challenge | None) -> None:
        self.wake()
        if used is None:
            raise GatewayError(ErrorKind.CODE_WRONG)

    def _use(self, uow: UnitOfWork, here: Visit, act: CodedAct, typed: str) -> Challenge | None:
        """Redeem the live code once; None (to be committed) when what was typed is wrong."""
        codes = codes_for(uow, here, act)
        if not codes or not codes[-1].live(here.at):
            raise GatewayError(ErrorKind.CODE_EXPIRED)
        live = codes[-1]
        require_speech(uow, here, live)
        if is_right(self.codes, live, typed):
            used = replace(live, state=ChallengeState.USED, attempts=live.attempts + 1)
            if not uow.challenges.replace(live, used):
                raise GatewayError(ErrorKind.CODE_EXPIRED)
            return used
        self._wrong(uow, here, live, last=sends_of(codes) >= self.policy.sends)
        return None

    def _wrong(self, uow: UnitOfWork, here: Visit, live: Challenge, *, last: bool) -> None:
        attempts = live.attempts + 1
        spent = attempts >= self.policy.attempts
        state = ChallengeState.VOID if spent else live.state
        uow.challenges.replace(live, replace(live, attempts=attempts, state=state))
        details = (("challenge", live.id), ("act", live.act.value), ("attempt", str(attempts)))
        what = Happening(here.at, live.position, details=(*details, SPENT) if spent else details)
        self.journal.noted(uow, here.record, "CODE_WRONG", what)
        if spent and last:
            evidence, result = ErdsEvent.CODE_ATTEMPTS_EXCEEDED, Result.CODE_ATTEMPTS_EXCEEDED
            settle(uow, self.journal, here, Outcome(RecipientState.EXPIRED, result, evidence))


def _audit(here: Visit, used: Challenge) -> tuple[tuple[str, str], ...]:
    """What the evidence says of the code: how it was sent, when, and after how many tries it was right."""
    handed_over = used.handed_over_at or used.requested_at
    return (
        ("sign_method", used.method.value),
        ("phone", masked_phone(here.recipient.asked.phone)),
        ("challenge", used.id),
        ("code_requested_at", used.requested_at.isoformat()),
        ("code_sent_at", handed_over.isoformat()),
        ("attempts", str(used.attempts)),
        *_call_audit(used),
    )


def _call_audit(used: Challenge) -> tuple[tuple[str, str], ...]:
    """How the call that dictated it went, as far as the provider had told by then."""
    if used.channel is not Channel.VOICE:
        return ()
    call = used.call or Call()
    known = (
        ("call_answered_at", call.answered_at.isoformat() if call.answered_at else ""),
        ("call_ended_at", call.ended_at.isoformat() if call.ended_at else ""),
        ("call_seconds", str(call.seconds) if call.seconds else ""),
        ("speech_cms_sha256", call.speech_sha256.hex()),
        ("bound_sha256", used.bound_sha256.hex()),
    )
    return (
        ("code_channel", used.channel.value),
        ("call_outcome", call.state.value),
        *((name, value) for name, value in known if value),
    )
