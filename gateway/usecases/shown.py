"""The rows that say which pages a recipient was shown."""

from gateway.domain.record import DocumentRecord
from gateway.domain.viewing import Manner, ShownPage
from gateway.usecases.ports import UnitOfWork
from gateway.usecases.visit import Visit


def count_downloaded(uow: UnitOfWork, here: Visit, document: DocumentRecord) -> None:
    """Pages that could not be drawn are read in the whole document, once it is downloaded."""
    pages = [
        shown_page(here, document, each.page, Manner.DOWNLOAD)
        for each in shown_to(uow, here)
        if each.document == document.position and not each.seen
    ]
    uow.shown_pages.put(pages)


def shown_page(here: Visit, document: DocumentRecord, page: int, manner: Manner) -> ShownPage:
    """That it was given out now."""
    recipient = here.recipient
    return ShownPage(
        recipient.guid,
        recipient.position,
        recipient.link_version,
        document.position,
        page,
        manner,
        here.at,
    )


def shown_to(uow: UnitOfWork, here: Visit) -> list[ShownPage]:
    """What this recipient was shown, by the link that they hold now."""
    recipient = here.recipient
    return list(uow.shown_pages.of(recipient.guid, recipient.position, recipient.link_version))
