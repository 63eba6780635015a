"""Pages that recipients were shown, and their answers to forms, which are sealed under the data key."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, insert, select

from gateway.adapters.storage.personal import Personal, PersonalPart
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import form_answers, shown_pages
from gateway.domain.forms import Answer, FormAnswers
from gateway.domain.viewing import Manner, ShownPage

P, F = shown_pages.c, form_answers.c
ADD_PAGE = insert(shown_pages)
WHOSE = and_(P.guid == bindparam("whose"), P.position == bindparam("place"))
PAGES = (
    select(shown_pages).where(and_(WHOSE, P.link_version == bindparam("link"))).order_by(P.document, P.page)
)
DROP_PAGE = delete(shown_pages).where(
    and_(
        WHOSE,
        P.link_version == bindparam("link"),
        P.document == bindparam("paper"),
        P.page == bindparam("leaf"),
    )
)
ADD_ANSWERS = insert(form_answers)
MINE = and_(F.guid == bindparam("whose"), F.position == bindparam("place"))
ANSWERS = select(form_answers).where(MINE)
DROP_ANSWERS = delete(form_answers).where(MINE)
PART = PersonalPart(form_answers, owner="guid", place="position", emptied={}, clear=lambda _row: [])


class ShownPageStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def of(self, guid: str, position: int, link_version: int) -> Sequence[ShownPage]:
        rows = self._session.rows(PAGES, {"whose": guid, "place": position, "link": link_version})
        return [
            ShownPage(
                row.guid,
                row.position,
                row.link_version,
                row.document,
                row.page,
                Manner(row.manner),
                row.shown_at,
            )
            for row in rows
        ]

    def put(self, pages: Iterable[ShownPage]) -> None:
        rows = []
        for page in pages:
            found = {"whose": page.guid, "place": page.position, "link": page.link_version}
            self._session.changed(DROP_PAGE, found | {"paper": page.document, "leaf": page.page})
            rows.append(
                {
                    "guid": page.guid,
                    "position": page.position,
                    "link_version": page.link_version,
                    "document": page.document,
                    "page": page.page,
                    "manner": page.manner.value,
                    "shown_at": page.at,
                }
            )
        if rows:
            self._session.add(ADD_PAGE, rows)


class FormAnswerStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def put(self, answers: FormAnswers) -> None:
        """Raises GatewayError(KEY_DESTROYED) for those of a transaction without data key."""
        told = [[answer.name, answer.value] for answer in answers.answers]
        row = {"guid": answers.guid, "position": answers.position, "answered_at": answers.at}
        self._session.changed(DROP_ANSWERS, {"whose": answers.guid, "place": answers.position})
        self._session.add(ADD_ANSWERS, [row | PART.sealed(self._personal, answers, told)])

    def of(self, guid: str, position: int) -> FormAnswers | None:
        row = self._session.first(ANSWERS, {"whose": guid, "place": position})
        if row is None:
            return None
        told = PART.told(self._personal, row)
        at: datetime = row.answered_at
        return FormAnswers(guid, position, at, tuple(Answer(name, value) for name, value in told))
