"""What must be done before the act, and what the act's evidence says of it: pages, form, conditions."""

from collections.abc import Sequence

from gateway.domain.catalogue import Act
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.forms import PREFIX
from gateway.domain.participation import share_of
from gateway.domain.record import DocumentRecord, EventRecord
from gateway.domain.viewing import Unseen, in_words, unseen
from gateway.usecases.participation import chosen_groups
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.shown import shown_to
from gateway.usecases.visit import Visit

Details = tuple[tuple[str, str], ...]
CONDITIONS = ("conditions_version", "conditions_sha256")


def pages_missing(uow: UnitOfWork, here: Visit) -> tuple[Unseen, ...]:
    """The pages that this recipient must still be shown before the act; none unless the issuer said so.

    A notification is read after it is acknowledged, so that nothing of it can be asked for before.
    """
    asked = here.record.asked
    if not asked.flow.must_scroll or here.record.profile.act is Act.ACKNOWLEDGE:
        return ()
    return unseen(_mandatory(uow, here), shown_to(uow, here))


def require_prepared(uow: UnitOfWork, here: Visit) -> None:
    """Raises GatewayError(PAGES_UNSEEN) while pages that must be shown were not."""
    if pages_missing(uow, here):
        raise GatewayError(ErrorKind.PAGES_UNSEEN)


def preparation_details(uow: UnitOfWork, here: Visit) -> Details:
    """Which conditions were accepted, which pages shown, and what was answered, for the act's evidence."""
    recipient = here.recipient
    details = list(_conditions(uow.events.of(recipient.guid), recipient.position))
    if pages := in_words(uow.documents.of(recipient.guid), shown_to(uow, here)):
        details.append(("pages_shown", pages))
    if recipient.answered_at and (kept := uow.form_answers.of(recipient.guid, recipient.position)):
        details.append(("form_answered_at", recipient.answered_at.isoformat()))
        details += [(PREFIX + answer.name, answer.value) for answer in kept.answers]
    return tuple(details)


def _mandatory(uow: UnitOfWork, here: Visit) -> Sequence[DocumentRecord]:
    """Those that are not theirs to leave out, and those that they ticked."""
    asked, recipient = here.record.asked, here.recipient
    chosen = chosen_groups(uow.events.of(recipient.guid), recipient)
    found = []
    for document in uow.documents.of(recipient.guid):
        share = share_of(recipient.asked, asked.groups, document.id)
        if share is not None and (share.mandatory or share.groups & chosen):
            found.append(document)
    return found


def _conditions(events: Sequence[EventRecord], position: int) -> Details:
    """Of the last acceptance: a corrected contact accepts anew."""
    for event in reversed(events):
        if event.kind == "CONDITIONS_ACCEPTED" and event.position == position:
            return tuple(detail for detail in event.details if detail[0] in CONDITIONS)
    return ()
