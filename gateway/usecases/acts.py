"""The recipient's positive act, whatever the sign method: the one place where it is made.

A method's use case checks what its method demands, and calls this inside its own unit of work with its
audit as details. The compare-and-set of the recipient's row is the act, at the visit's time.
"""

from dataclasses import replace
from hashlib import sha256

from gateway.domain.catalogue import Act
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import TransactionRecord
from gateway.domain.results import RecipientState, Result
from gateway.usecases.decide import Outcome, settle
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.participation import Role, act_details, role_of
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.preparation import preparation_details, require_prepared
from gateway.usecases.tick_consents import make_consents
from gateway.usecases.visit import Visit

Details = tuple[tuple[str, str], ...]


def perform(uow: UnitOfWork, journal: Journal, here: Visit, details: Details) -> None:
    """Sign, accept or acknowledge, by the service and the recipient's role.

    Its evidence says besides what came before: conditions, pages shown, answers. Raises
    GatewayError: PAGES_UNSEEN, CONSENT_MISSING for whoever found a way around them.
    """
    profile = here.record.profile
    if profile.act is not Act.ACKNOWLEDGE:
        # Nobody can have scrolled through what is shown only after the act.
        require_prepared(uow, here)
    details = (*details, *preparation_details(uow, here))
    if profile.act is Act.ACKNOWLEDGE:
        _acknowledge(uow, journal, here, details)
        return
    details = (*details, *act_details(uow, here))
    if profile.act is Act.ACCEPT:
        details = (*details, *accepted_text(here.record), *make_consents(uow, here))
    accepts = profile.act is Act.ACCEPT or role_of(here.recipient.asked) is Role.APPROVER
    state = RecipientState.ACCEPTED if accepts else RecipientState.SIGNED
    evidence = ErdsEvent.ACCEPTED if accepts else profile.positive
    settle(uow, journal, here, Outcome(state, Result.COMPLETED, evidence, details=details))


def accepted_text(record: TransactionRecord) -> Details:
    """The very words that were accepted, and the digest that names this version of them.

    It is the SHA-256 of subject, line feed and body in UTF-8, so that anybody can compute it again.
    """
    subject, body = record.asked.subject, record.asked.body
    digest = sha256(f"{subject}\n{body}".encode()).hexdigest()
    return (("text_subject", subject), ("text_body", body), ("text_sha256", digest))


def _acknowledge(uow: UnitOfWork, journal: Journal, here: Visit, details: Details) -> None:
    """The evidence is the act's; the recipient stays open to read what they accepted until it is settled."""
    here.after(uow, replace(here.recipient, acknowledged_at=here.at))
    what = Happening(here.at, here.recipient.position, here.record.profile.positive, (*details, *here.audit))
    journal.noted(uow, here.record, "ACKNOWLEDGED", what)
    subject = str(here.recipient.position)
    uow.tasks.add(new_task(Kind.FINISH_READING, here.record.guid, here.at, subject, lane=here.record.lane))
