"""SMS_VOICE: an SMS whose code was not used in time makes way for a call with another code.

Only a code that surely left, or surely never will, is replaced by itself: of one whose fate is UNKNOWN
nothing is known, and the recipient may ask.
"""

from dataclasses import dataclass

from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import Task
from gateway.domain.signing import Challenge, ChallengeState
from gateway.usecases.challenge import RequestCode, coded_act, codes_for
from gateway.usecases.ports import Clock, Database, UnitOfWork
from gateway.usecases.visit import Visit, visit_if_open

# Nothing left to do: they are a step further, no code may be sent any more, or the contact is another.
OVER = frozenset({ErrorKind.STEP_OUT_OF_ORDER, ErrorKind.CODE_RESENDS_EXCEEDED})


@dataclass(frozen=True, slots=True)
class CallInstead:
    """The handler of CALL_INSTEAD tasks; their subject is the unused challenge's id."""

    database: Database
    request: RequestCode
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.write() as uow:
            code = uow.challenges.get(task.subject)
            here = visit_if_open(uow, task.guid, code.position, self.clock) if code else None
            if code is None or here is None or not self._wanted(uow, here, code):
                return False
            try:
                self.request.anew(uow, here, code.act, Channel.VOICE)
            except GatewayError as error:
                if error.kind not in OVER:
                    raise
                return False
            uow.commit()
        self.request.wake()
        return False

    def _wanted(self, uow: UnitOfWork, here: Visit, code: Challenge) -> bool:
        """It is still the newest code of the act that is next, and nobody typed it."""
        try:
            act = coded_act(here)
        except GatewayError as error:
            if error.kind is ErrorKind.STEP_OUT_OF_ORDER:
                return False
            raise
        codes = codes_for(uow, here, act)
        return bool(codes) and codes[-1].id == code.id and _unused(codes[-1])


def _unused(code: Challenge) -> bool:
    """It lies in a telephone, or was refused for good; one that was tried too often is not replaced."""
    refused = code.state is ChallengeState.VOID and code.handed_over_at is None
    return code.state is ChallengeState.HANDED_OVER or refused
