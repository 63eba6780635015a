"""State 8 without a code: the recipient asks to sign with their certificate, or on a pad."""

from dataclasses import dataclass, replace

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.results import RecipientState
from gateway.domain.states import Event
from gateway.usecases.commands import Session
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database
from gateway.usecases.preparation import require_prepared
from gateway.usecases.stages import ready_to_act
from gateway.usecases.visit import visit_of


@dataclass(frozen=True, slots=True)
class BeginSigning:
    database: Database
    journal: Journal
    clock: Clock

    def __call__(self, session: Session) -> None:
        """Once only; asked for again it changes nothing. Raises GatewayError: STEP_OUT_OF_ORDER,
        PAGES_UNSEEN, CLOSED."""
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            recipient = here.recipient
            if recipient.sign_method.coded:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            if recipient.state is RecipientState.CHALLENGED:
                return
            if not ready_to_act(here.record, recipient):
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            require_prepared(uow, here)
            here.after(uow, replace(recipient, state=RecipientState.CHALLENGED))
            details = (("sign_method", recipient.sign_method.value),)
            what = Happening(here.at, recipient.position, details=details)
            self.journal.moved(uow, here.record, Event.CHALLENGED, what)
            uow.commit()
