"""The issuer's form, filled by the recipient before the act, and changed as often as they like until then."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.forms import Answer, Fault, FormAnswers, checked
from gateway.usecases.commands import Session
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database
from gateway.usecases.stages import form_open
from gateway.usecases.visit import visit_of


@dataclass(frozen=True, slots=True)
class Fill:
    database: Database
    journal: Journal
    clock: Clock

    def answers(self, session: Session) -> tuple[Answer, ...]:
        """The recipient's own last answers; none before the first, or after their contact was corrected."""
        with self.database.read() as uow:
            here = visit_of(uow, session, self.clock, lock=False)
            if here.recipient.answered_at is None:
                return ()
            kept = uow.form_answers.of(session.guid, session.position)
            return kept.answers if kept else ()

    def __call__(self, session: Session, given: Mapping[str, str]) -> dict[str, Fault]:
        """Keep the answers, or tell what is wrong with them by field, and keep none.

        Raises GatewayError: STEP_OUT_OF_ORDER before the form's turn or where there is none, CLOSED.
        """
        with self.database.write() as uow:
            here = visit_of(uow, session, self.clock)
            if not form_open(here.record, here.recipient):
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            answers, faults = checked(here.record.asked.forms, given)
            if faults:
                return faults
            before = uow.form_answers.of(session.guid, session.position)
            if here.recipient.answered_at and before and before.answers == answers:
                return {}
            uow.form_answers.put(FormAnswers(session.guid, session.position, here.at, answers))
            again = here.recipient.answered_at is not None
            here = here.after(uow, replace(here.recipient, answered_at=here.at))
            details = (("answers", str(len(answers))), ("changed", "yes" if again else "no"))
            what = Happening(here.at, session.position, details=details)
            self.journal.noted(uow, here.record, "FORM_ANSWERED", what)
            uow.commit()
        return {}
