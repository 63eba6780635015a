"""Step 2: to whom. One by one, as many rows as the form brings, or a whole list from a CSV file."""

from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.draft import Addressee, Draft, DraftStatus
from gateway.domain.errors import GatewayError
from gateway.domain.parties import NoticeMethod, PartyKind
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.sender.desk import Problem, SenderUseCases, download, number_field, told
from gateway.usecases.sender.order import places
from gateway.usecases.sender.people import COLUMNS, BadField, addressee_of
from gateway.usecases.sender.people_csv import ReadList, RowError, read, sample

SHOWN, MOST_AT_ONCE = 100, 50
NOTICES = (("email", "send.notice_email"), ("sms", "send.notice_sms"), ("both", "send.notice_both"))
_NOTICE = {NoticeMethod.EMAIL: "email", NoticeMethod.SMS: "sms", NoticeMethod.EMAIL_AND_SMS: "both"}
Typed = dict[str, str]


@dataclass(frozen=True, slots=True)
class People:
    use: SenderUseCases

    def show(self, visit: StaffVisit, draft: str) -> Response:
        kept = self.use.drafts.get(self.use.asking(visit), draft)
        if kept.status is not DraftStatus.PENDING:
            return visit.go(f"/send/drafts/{draft}/sent")
        edit, typed = visit.request.args.get("edit", ""), [Typed()]
        if edit.isdecimal() and int(edit) < kept.total:
            rows = self.use.drafts.rows(self.use.asking(visit), draft, int(edit), 1)
            typed = [_typed(row.addressee) for row in rows]
        return self._page(visit, kept, typed, editing=edit if typed != [Typed()] else "")

    def add(self, visit: StaffVisit, draft: str) -> Response:
        """Each row of the form that is not empty; or one, instead of the one being corrected."""
        asking = self.use.asking(visit)
        kept, typed = self.use.drafts.get(asking, draft), self._rows(visit)
        found: list[Addressee] = []
        problem: Problem | None = None
        for place, row in enumerate(typed):
            try:
                found.append(_addressee(row))
            except BadField as bad:
                text = bad.text.in_language(visit.words.language)
                problem = problem or Problem(
                    visit.words("send.row_problem", row=place + 1, text=text), f"{bad.field}-{place}"
                )
        if not typed:
            problem = Problem(visit.words("send.nobody"), "name-0")
        editing = visit.field("editing")
        if problem is None:
            try:
                everybody = [row.addressee for row in self.use.drafts.rows(asking, draft, 0, kept.total)]
                at = int(editing) if editing.isdecimal() else len(everybody)
                # In the place of the one that is corrected; else after the last.
                everybody[at : at + 1] = found
                version = number_field(visit, "version", 0)
                self.use.drafts.set_addressees(asking, draft, version, everybody)
                return visit.go(f"/send/drafts/{draft}/people", visit.words("send.added", count=len(found)))
            except GatewayError as error:
                problem = told(visit, error, self.use.largest)
                kept = self.use.drafts.get(asking, draft)
        return self._page(visit, kept, typed or [Typed()], problem, editing=editing)

    def drop(self, visit: StaffVisit, draft: str) -> Response:
        place, version = number_field(visit, "position", -1), number_field(visit, "version", 0)
        return self._changed(
            visit,
            draft,
            lambda: self.use.drafts.drop_addressee(self.use.asking(visit), draft, version, place),
            "send.dropped",
        )

    def clear(self, visit: StaffVisit, draft: str) -> Response:
        version = number_field(visit, "version", 0)
        return self._changed(
            visit,
            draft,
            lambda: self.use.drafts.set_addressees(self.use.asking(visit), draft, version, ()),
            "send.cleared",
        )

    def upload(self, visit: StaffVisit, draft: str) -> Response:
        """A list takes the place of those that are there; with one error in it, nothing changes."""
        asking = self.use.asking(visit)
        kept = self.use.drafts.get(asking, draft)
        file = visit.request.files.get("list")
        found = read(file.read() if file else b"", _fields(kept))
        if found.errors:
            text = visit.words("send.list_refused")
            return self._page(visit, kept, [Typed()], Problem(text, "list"), listed=found)
        try:
            version = number_field(visit, "version", 0)
            self.use.drafts.set_addressees(asking, draft, version, found.addressees)
        except GatewayError as error:
            kept = self.use.drafts.get(asking, draft)
            return self._page(visit, kept, [Typed()], told(visit, error, self.use.largest))
        count = len(found.addressees)
        return visit.go(f"/send/drafts/{draft}/people", visit.words("send.list_taken", count=count))

    def sample(self, visit: StaffVisit, draft: str) -> Response:
        kept = self.use.drafts.get(self.use.asking(visit), draft)
        octets = sample(visit.words.language, _fields(kept))
        return download(f"{visit.words('send.sample_name')}.csv", "text/csv", octets)

    def _changed(self, visit: StaffVisit, draft: str, change: Callable[[], object], done: str) -> Response:
        try:
            change()
        except GatewayError as error:
            kept = self.use.drafts.get(self.use.asking(visit), draft)
            return self._page(visit, kept, [Typed()], told(visit, error, self.use.largest))
        return visit.go(f"/send/drafts/{draft}/people", visit.words(done))

    def _rows(self, visit: StaffVisit) -> list[Typed]:
        """What was typed, row by row; rows without a word are left out."""
        form = visit.request.form
        names = [*COLUMNS, *(name for name in form if name.startswith("field."))]
        many = min(max((len(form.getlist(name)) for name in names), default=0), MOST_AT_ONCE)
        rows = []
        for place in range(many):
            cells = {name: form.getlist(name) for name in names}
            row = {name: given[place].strip() for name, given in cells.items() if place < len(given)}
            if any(value for name, value in row.items() if name != "notice"):
                rows.append(row)
        return rows

    def _page(
        self,
        visit: StaffVisit,
        draft: Draft,
        typed: list[Typed],
        problem: Problem | None = None,
        editing: str = "",
        listed: ReadList | None = None,
    ) -> Response:
        language = visit.words.language
        errors: tuple[RowError, ...] = listed.errors if listed else ()
        return visit.page(
            "sender_people.html",
            status=422 if problem else 200,
            problem=problem.text if problem else "",
            field=problem.field if problem else "",
            draft=draft,
            rows=self.use.drafts.rows(self.use.asking(visit), draft.id, 0, SHOWN),
            shown=SHOWN,
            typed=typed,
            editing=editing,
            fields=_fields(draft),
            notices=[(value, visit.words(key)) for value, key in NOTICES],
            errors=[(error.line, error.text.in_language(language)) for error in errors],
        )


def _fields(draft: Draft) -> tuple[str, ...]:
    template = draft.composition.template
    return places(template.text) if template else ()


def _addressee(row: Typed) -> Addressee:
    data = tuple(
        (name.removeprefix("field."), value)
        for name, value in row.items()
        if name.startswith("field.") and value
    )
    return addressee_of({name: row.get(name, "") for name in COLUMNS}, data)


def _typed(addressee: Addressee) -> Typed:
    recipient = addressee.recipient
    company = recipient.kind is PartyKind.COMPANY
    row = {
        "name": recipient.representative if company else recipient.name,
        "surname": recipient.surname,
        "company": recipient.name if company else "",
        "email": recipient.email,
        "phone": recipient.phone,
        "identifier": recipient.identity.value if recipient.identity else "",
        "notice": _NOTICE.get(recipient.notice_method, "email"),
    }
    return row | {f"field.{name}": value for name, value in addressee.data}
