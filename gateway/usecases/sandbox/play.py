"""The recipient of a sandbox transaction acts: link, identifier, conditions, documents, codes, decision.

Each message that reaches them wakes them (`SandboxCourier`), and they go on from where they are; a step that
cannot be done yet waits for the next message. They do nothing that a person could not do in the portal.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.catalogue import Act
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord, Task, TransactionRecord
from gateway.domain.results import RecipientState
from gateway.domain.sandbox import Script, act_of
from gateway.domain.signing import Challenge, ChallengeState, CodedAct, CodePolicy
from gateway.domain.states import State
from gateway.domain.voice import CallState
from gateway.usecases.access import Access
from gateway.usecases.challenge import RequestCode
from gateway.usecases.commands import Session
from gateway.usecases.consult import Consult
from gateway.usecases.decide import Refuse
from gateway.usecases.finish_reading import FinishReading
from gateway.usecases.outbox import Postpone
from gateway.usecases.ports import Clock, Codes, Database
from gateway.usecases.results import Stage
from gateway.usecases.sandbox.forward import BringForward
from gateway.usecases.sandbox.prepare import Prepare
from gateway.usecases.sign import Sign
from gateway.usecases.stages import content_open

CODE = re.compile(r"\b\d{6}\b")
A_MOMENT = timedelta(seconds=1)
NOT_IN_YET = frozenset({RecipientState.PENDING, RecipientState.NOTIFIED})
READS = frozenset({Script.CONSULTED, Script.SIGNED, Script.WRONG_CODE, Script.CODE_ATTEMPTS_EXCEEDED})
# The end of a script: somebody was quicker, or there is nothing left to try.
OVER = frozenset(
    {
        ErrorKind.CLOSED,
        ErrorKind.ACCESS_DENIED,
        ErrorKind.CODE_WRONG,
        ErrorKind.CODE_RESENDS_EXCEEDED,
        ErrorKind.IDENTIFIER_MISMATCH,
        ErrorKind.TOO_MANY_ATTEMPTS,
    }
)
REASON = "Sandbox: rejected by its script / Entorno de pruebas: rechazada por su guion"


@dataclass(frozen=True, slots=True)
class Stand:
    """Where the recipient stands, and what they are to do."""

    record: TransactionRecord
    recipient: RecipientRecord
    script: Script
    challenges: tuple[Challenge, ...]
    texts: tuple[tuple[str, str], ...]

    def last(self, act: CodedAct) -> Challenge | None:
        return next((each for each in reversed(self.challenges) if each.act is act), None)

    def code(self, challenge: Challenge) -> str:
        """As it came to the recipient's telephone."""
        place = f"code-{self.record.guid}-{self.recipient.position}-{challenge.id}."
        text = next((text for name, text in reversed(self.texts) if name.startswith(place)), "")
        match = CODE.search(text)
        return match[0] if match else ""


@dataclass(frozen=True, slots=True)
class Play:
    """The handler of PLAY tasks. `uncoded` are the acts of sign methods without a code, by their stage."""

    database: Database
    codes: Codes
    access: Access
    consult: Consult
    request_code: RequestCode
    sign: Sign
    finish_reading: FinishReading
    refuse: Refuse
    forward: BringForward
    policy: CodePolicy
    clock: Clock
    begin: Callable[[Session], object]
    uncoded: Mapping[Stage, Callable[[Session], object]]
    prepare: Prepare

    def __call__(self, task: Task) -> bool:
        stand = self._stand(task)
        if stand is not None:
            try:
                self._act(stand)
            except GatewayError as error:
                if error.kind not in OVER:
                    raise
        return False

    def _stand(self, task: Task) -> Stand | None:
        """None when there is nothing to do: it is no test, it is decided, or no link came yet."""
        position = int(task.subject)
        with self.database.read() as uow:
            record = uow.transactions.get(task.guid)
            if record is None or not record.sandbox or record.state.closed_to_access:
                return None
            recipient = next(each for each in uow.recipients.of(task.guid) if each.position == position)
            script = uow.sandbox.directive(task.guid, position) or act_of(recipient.asked)
            if script is None or recipient.state.terminal or recipient.link_digest is None:
                return None
            texts = tuple((each.id, each.text) for each in uow.sandbox.messages(task.guid))
            challenges = tuple(uow.challenges.of(task.guid, position))
        return Stand(record, recipient, script, challenges, texts)

    def _act(self, stand: Stand) -> None:
        if stand.script is Script.EXPIRED:
            self.forward.to_the_end(stand.record)
            return
        profile = stand.record.profile
        if State.ACCESSED in profile.skips:
            # The message is all there is: nothing can be opened.
            return
        if profile.act is Act.NONE:
            self._look_only(stand)
            return
        session = self._enter(stand, wrong=stand.script is Script.WRONG_IDENTIFIER)
        self._decide(stand, session)

    def _look_only(self, stand: Stand) -> None:
        """There is nothing to sign or to reject: they read."""
        session = self._enter(stand, wrong=stand.script is Script.WRONG_IDENTIFIER)
        if stand.script in READS | {Script.REJECTED, Script.WITHDRAWN}:
            self._read(stand, session)

    def _decide(self, stand: Stand, session: Session) -> None:
        if stand.script is Script.REJECTED:
            self.refuse.reject(session, REASON)
        elif stand.script is Script.WITHDRAWN:
            self.refuse.withdraw(session)
        elif stand.script in READS and self._read(stand, session) and stand.script is not Script.CONSULTED:
            if stand.recipient.sign_method.coded:
                self._sign(stand, session)
            elif stand.script is Script.SIGNED:
                self._act_without_code(session)

    def _act_without_code(self, session: Session) -> None:
        """By certificate or stroke, where this installation can play the recipient's part."""
        self.begin(session)
        act = self.uncoded.get(self.consult.view(session).stage)
        if act is not None:
            act(session)
            self._finish(session)

    def _enter(self, stand: Stand, *, wrong: bool) -> Session:
        recipient = stand.recipient
        if recipient.state not in NOT_IN_YET and not wrong:
            return Session(recipient.guid, recipient.position, recipient.link_version)
        token = self.codes.link_token(recipient.guid, recipient.position, recipient.link_version)
        identifier = recipient.asked.identifier
        value = identifier.value if identifier else ""
        return self.access.identify(token, f"{value}X" if wrong else value)

    def _read(self, stand: Stand, session: Session) -> bool:
        """Up to the documents; False while the code that opens them is not there."""
        view = self.consult.view(session)
        if view.stage is Stage.CONDITIONS:
            self.consult.accept_conditions(session)
            view = self.consult.view(session)
        if view.stage is Stage.UNLOCK:
            if not self._type(stand, session, CodedAct.DOWNLOAD):
                return False
            view = self.consult.view(session)
        self.prepare.form(session, view)
        if view.stage is Stage.READ:
            self._finish(session)
            return False
        if view.stage in {Stage.FORMS, Stage.DOCUMENTS} and content_open(view.record, view.recipient):
            self.consult.show_documents(session)
            for document in view.documents:
                self.consult.read_document(session, document.position)
            self.prepare.pages(session)
            self.prepare.tick(session, view)
        return True

    def _sign(self, stand: Stand, session: Session) -> None:
        if self._type(stand, session, CodedAct.SIGN):
            self._finish(session)

    def _finish(self, session: Session) -> None:
        """An acknowledged notification is read to its end. Raises CLOSED where the act closed everything."""
        view = self.consult.view(session)
        if view.stage is Stage.READ:
            self.consult.show_documents(session)
            for document in view.documents:
                self.consult.read_document(session, document.position)
            if view.recipient.acknowledged_at is not None:
                self.finish_reading(session)

    def _type(self, stand: Stand, session: Session, act: CodedAct) -> bool:
        """Type the code that came, rightly or as the script says; False when one is on its way only.

        Raises Postpone while a code is under way or must not be asked for yet, and what typing raises.
        """
        challenge, now = stand.last(act), self.clock.now()
        use = self.sign.unlock if act is CodedAct.DOWNLOAD else self.sign.sign
        while challenge is not None and challenge.live(now):
            self._listen(challenge)
            code = stand.code(challenge)
            if stand.script not in {Script.WRONG_CODE, Script.CODE_ATTEMPTS_EXCEEDED}:
                self._rightly(use, session, code)
                return True
            self._wrongly(use, session, code, last=stand.script is Script.WRONG_CODE)
            challenge = self._reread(challenge)
        if challenge is not None:
            self._wait(challenge)
        self.request_code(session)
        return False

    def _listen(self, challenge: Challenge) -> None:
        """Raises Postpone until a call was taken: nobody knows what was not dictated to them yet."""
        waiting = challenge.call is None or challenge.call.state is CallState.PLACED
        if challenge.channel is Channel.VOICE and waiting:
            raise Postpone(self.clock.now() + A_MOMENT)

    def _rightly(self, use: Callable[[Session, str], object], session: Session, code: str) -> None:
        """Raises Postpone while what they said is still being locked away."""
        try:
            use(session, code)
        except GatewayError as error:
            if error.kind is not ErrorKind.SPEECH_AWAITED:
                raise
            raise Postpone(self.clock.now() + A_MOMENT) from error

    def _wrongly(self, use: object, session: Session, code: str, *, last: bool) -> None:
        assert callable(use)  # noqa: S101
        try:
            use(session, f"{(int(code or 0) + 1) % 10**6:06d}")
        except GatewayError as error:
            if error.kind is not ErrorKind.CODE_WRONG or last:
                raise

    def _reread(self, challenge: Challenge) -> Challenge | None:
        with self.database.read() as uow:
            return uow.challenges.get(challenge.id)

    def _wait(self, last: Challenge) -> None:
        """Raises Postpone until another code may be asked for."""
        now = self.clock.now()
        if last.state is ChallengeState.REQUESTED and now < last.requested_at + self.policy.life:
            raise Postpone(now + A_MOMENT)
        if now < last.requested_at + self.policy.pause:
            raise Postpone(last.requested_at + self.policy.pause)
