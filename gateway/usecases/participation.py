"""Which of the kept documents are one recipient's, and which of them their act is about.

Whoever shows, lists or has documents signed for one recipient asks here, and nowhere else.
"""

from collections.abc import Iterator, Sequence

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.participation import Role as Role
from gateway.domain.participation import optional_groups, share_of
from gateway.domain.participation import role_of as role_of
from gateway.domain.parties import Recipient, RuleAction
from gateway.domain.record import DocumentRecord, EventRecord, RecipientRecord, TransactionRecord
from gateway.domain.results import POSITIVE
from gateway.domain.transaction import Transaction
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.visit import Visit

CHOSEN = "DOCUMENTS_CHOSEN"
# Opened whole, or shown page by page until there was no page left.
READ = frozenset({"DOCUMENT_READ", "DOCUMENT_SHOWN"})
# How the evidence of an act calls a document of each fate, followed by the document's place from 1.
DONE_WITH = {RuleAction.SIGN: "signed_document_", RuleAction.ACCEPT: "accepted_document_"}
LEFT_OUT = "left_out_document_"


def documents_for(
    asked: Transaction, recipient: Recipient, documents: Sequence[DocumentRecord]
) -> tuple[DocumentRecord, ...]:
    """Those of `documents` that this recipient may see, in their order."""
    return tuple(each for each in documents if share_of(recipient, asked.groups, each.id))


def chosen_groups(events: Sequence[EventRecord], recipient: RecipientRecord) -> frozenset[str]:
    """The optional groups that they ticked last; none before they were asked."""
    told = [dict(each.details) for each in own_events(events, recipient) if each.kind == CHOSEN]
    return frozenset(told[-1].values()) & frozenset(optional_groups(recipient.asked)) if told else frozenset()


def acted_on(uow: UnitOfWork, here: Visit) -> tuple[DocumentRecord, ...]:
    """What their act signs or accepts: the mandatory documents and the ticked ones.

    Raises GatewayError(NOTHING_CHOSEN) when there is none of them although they have documents.
    """
    mine = _shared(uow, here.record, here.recipient)
    acted = tuple(document for document, _, taken in mine if taken)
    if mine and not acted:
        raise GatewayError(ErrorKind.NOTHING_CHOSEN)
    return acted


def concerned(
    uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord
) -> tuple[DocumentRecord, ...]:
    """What their decision was about: the documents of their act, or all of theirs for whoever had none."""
    mine = _shared(uow, record, recipient)
    acted = tuple(document for document, _, taken in mine if taken)
    return acted if acted and recipient.state in POSITIVE else tuple(document for document, _, _ in mine)


def act_details(uow: UnitOfWork, here: Visit) -> tuple[tuple[str, str], ...]:
    """For the evidence of the act: the digest of each document by what was done with it."""
    acted_on(uow, here)
    return tuple(_told(uow, here))


def unread(uow: UnitOfWork, here: Visit) -> tuple[DocumentRecord, ...]:
    """Their mandatory documents that they have not opened yet."""
    read = {
        dict(each.details).get("document", "")
        for each in own_events(uow.events.of(here.record.guid), here.recipient)
        if each.kind in READ
    }
    mandatory = []
    for document in uow.documents.of(here.record.guid):
        share = share_of(here.recipient.asked, here.record.asked.groups, document.id)
        if share and share.mandatory and str(document.position + 1) not in read:
            mandatory.append(document)
    return tuple(mandatory)


def _told(uow: UnitOfWork, here: Visit) -> Iterator[tuple[str, str]]:
    for document, action, taken in _shared(uow, here.record, here.recipient):
        if document.stamped_sha256 is not None and action in DONE_WITH:
            name = DONE_WITH[action] if taken else LEFT_OUT
            yield f"{name}{document.position + 1}", document.stamped_sha256.hex()


def _shared(
    uow: UnitOfWork, record: TransactionRecord, recipient: RecipientRecord
) -> Sequence[tuple[DocumentRecord, RuleAction, bool]]:
    """Each of their documents, what they are asked to do with it, and whether the act is about it."""
    asked, groups = recipient.asked, record.asked.groups
    chosen = chosen_groups(uow.events.of(record.guid), recipient) if optional_groups(asked) else set()
    found = []
    for document in uow.documents.of(record.guid):
        share = share_of(asked, groups, document.id)
        if share is not None:
            taken = share.action is not RuleAction.READ and (share.mandatory or bool(share.groups & chosen))
            found.append((document, share.action, taken))
    return found


def own_events(events: Sequence[EventRecord], recipient: RecipientRecord) -> Iterator[EventRecord]:
    """What they did themselves: a correction of the contact lets it begin anew."""
    since = recipient.corrected_at
    for event in events:
        if event.position == recipient.position and (since is None or event.at >= since):
            yield event
