"""Who may use the web sender, and for which issuer: asked anew in every unit of work.

What is another issuer's answers as if it did not exist.
"""

from dataclasses import dataclass

from gateway.domain.draft import Draft, DraftStatus
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.staff import Permission, Person
from gateway.usecases.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asking:
    """A signed-in person, and an opaque word for their session."""

    person: Person
    session: str = ""


def issuer_for(uow: UnitOfWork, asking: Asking) -> Issuer:
    """The active issuer for whom the person sends. Raises GatewayError(ACCESS_DENIED)."""
    person = asking.person
    issuer = None if person.issuer is None else uow.issuers.get(person.issuer)
    if not person.may(Permission.SEND) or issuer is None or not issuer.active:
        raise GatewayError(ErrorKind.ACCESS_DENIED)
    return issuer


def own_draft(uow: UnitOfWork, asking: Asking, draft_id: str) -> Draft:
    """Raises GatewayError: ACCESS_DENIED, DRAFT_NOT_FOUND (also for another issuer's)."""
    issuer = issuer_for(uow, asking)
    draft = uow.drafts.get(draft_id)
    if draft is None or draft.issuer != issuer.number:
        raise GatewayError(ErrorKind.DRAFT_NOT_FOUND)
    return draft


def open_draft(uow: UnitOfWork, asking: Asking, draft_id: str, version: int) -> Draft:
    """One that may be changed, as the person saw it. Raises as `own_draft`, and DRAFT_CHANGED."""
    draft = own_draft(uow, asking, draft_id)
    if draft.version != version or draft.status is not DraftStatus.PENDING:
        raise GatewayError(ErrorKind.DRAFT_CHANGED)
    return draft
