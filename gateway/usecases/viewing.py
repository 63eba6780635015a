"""Documents page by page: each page drawn on demand, and kept that it was shown, the first time only."""

from dataclasses import dataclass

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.record import DataKey, DocumentRecord
from gateway.domain.viewing import Manner, ShownPage, Unseen, pages_of, unseen
from gateway.usecases.commands import Session
from gateway.usecases.consult import consulted, require_documents
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.participation import documents_for
from gateway.usecases.ports import Clock, Database, UnitOfWork, Vault
from gateway.usecases.ports.viewing import DrawnPage, PageDrawer, Picture, Sheet
from gateway.usecases.preparation import pages_missing
from gateway.usecases.queries import stamped_file
from gateway.usecases.results import PageView
from gateway.usecases.shown import shown_page, shown_to
from gateway.usecases.visit import Visit, visit_of

# Pixels across, by how far it is zoomed in: a phone's screen, and twice and three times that.
WIDTHS = (1000, 1600, 2400)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page that this session may see now, and whether it was shown before."""

    document: DocumentRecord
    documents: tuple[DocumentRecord, ...]
    page: int
    key: DataKey
    before: Manner | None


@dataclass(frozen=True, slots=True)
class Viewing:
    database: Database
    vault: Vault
    drawer: PageDrawer
    journal: Journal
    clock: Clock

    def page(self, session: Session, document: int, page: int, zoom: int) -> PageView:
        """The page's facts and text; that it was shown is kept by whoever asks for picture or text.

        One that cannot be drawn is told as such, with no text. Raises GatewayError: DOCUMENT_NOT_FOUND,
        STEP_OUT_OF_ORDER, CLOSED, TEMPORARILY_UNAVAILABLE.
        """
        leaf = self._leaf(session, document, page)
        try:
            drawn = self._draw(leaf, zoom, Picture.WEBP)
        except GatewayError as error:
            if error.kind is not ErrorKind.PAGE_NOT_DRAWN:
                raise
            self._keep(session, leaf, Manner.UNDRAWN)
            drawn = None
        return PageView(
            document=leaf.document,
            documents=leaf.documents,
            page=page,
            pages=pages_of(leaf.document),
            drawn=drawn is not None,
            text=drawn.text if drawn else "",
            width=drawn.width if drawn else 0,
            height=drawn.height if drawn else 0,
        )

    def picture(self, session: Session, document: int, page: int, zoom: int, picture: Picture) -> bytes:
        """The page as a picture, which is how it is shown. Raises as `page`, and PAGE_NOT_DRAWN."""
        leaf = self._leaf(session, document, page)
        drawn = self._draw(leaf, zoom, picture)
        self._keep(session, leaf, Manner.IMAGE)
        return drawn.octets

    def text(self, session: Session, document: int, page: int) -> PageView:
        """As `page`, for those who read its text without the picture: so it is shown, if it has any."""
        view = self.page(session, document, page, 0)
        if view.text:
            self._keep(session, self._leaf(session, document, page), Manner.TEXT)
        return view

    def missing(self, session: Session) -> tuple[Unseen, ...]:
        """What must still be shown before the act."""
        with self.database.read() as uow:
            return pages_missing(uow, visit_of(uow, session, self.clock, lock=False))

    def _leaf(self, session: Session, position: int, page: int) -> Leaf:
        with self.database.read() as uow:
            here = visit_of(uow, session, self.clock, lock=False)
            require_documents(here.record, here.recipient)
            documents = _documents(uow, here)
            found = [document for document in documents if document.position == position]
            if not found or not 0 <= page < pages_of(found[0]):
                raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
            shown = {(each.document, each.page): each.manner for each in shown_to(uow, here)}
            return Leaf(found[0], documents, page, uow.keys.get(session.guid), shown.get((position, page)))

    def _draw(self, leaf: Leaf, zoom: int, picture: Picture) -> DrawnPage:
        document = leaf.document
        if document.stamped_sha256 is None:
            raise GatewayError(ErrorKind.NOT_YET_THERE)
        width = WIDTHS[min(max(zoom, 0), len(WIDTHS) - 1)]
        sheet = Sheet(document.guid, document.stamped_sha256, leaf.page, width, picture)
        return self.drawer.draw(sheet, lambda: stamped_file(self.vault, document, leaf.key).octets)

    def _keep(self, session: Session, leaf: Leaf, manner: Manner) -> None:
        """The first time alone: later looks at the same page write nothing."""
        if leaf.before not in {None, Manner.UNDRAWN} or leaf.before is manner:
            return
        with self.database.write() as uow:
            here = consulted(uow, self.journal, visit_of(uow, session, self.clock))
            shown = shown_to(uow, here)
            known = {(each.document, each.page): each.manner for each in shown}
            if known.get((leaf.document.position, leaf.page)) in {None, Manner.UNDRAWN}:
                page = shown_page(here, leaf.document, leaf.page, manner)
                uow.shown_pages.put([page])
                if page.seen:
                    self._note_whole(uow, here, leaf.document, [*shown, page])
            uow.commit()

    def _note_whole(
        self, uow: UnitOfWork, here: Visit, document: DocumentRecord, shown: list[ShownPage]
    ) -> None:
        """Once every page of the document was shown, it was handed over: one event, with evidence."""
        if unseen([document], shown):
            return
        mine = [each for each in shown if each.document == document.position]
        details = (
            ("document", str(document.position + 1)),
            ("sha256", (document.stamped_sha256 or b"").hex()),
            ("pages", str(pages_of(document))),
            ("first_shown_at", min(each.at for each in mine).isoformat()),
            ("last_shown_at", max(each.at for each in mine).isoformat()),
        )
        what = Happening(here.at, here.recipient.position, ErdsEvent.CONTENT_HANDOVER, details)
        self.journal.noted(uow, here.record, "DOCUMENT_SHOWN", what)


def _documents(uow: UnitOfWork, here: Visit) -> tuple[DocumentRecord, ...]:
    return documents_for(here.record.asked, here.recipient.asked, uow.documents.of(here.record.guid))
