"""Steps 3 and 4: exactly what will be sent, the button, and how the sending goes."""

from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.catalogue import CATALOGUE
from gateway.domain.documents import PDF
from gateway.domain.draft import Draft, DraftStatus, RowOutcome, RowStatus, external_id
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.sender.desk import SenderUseCases, download, number_field, size, told
from gateway.usecases.sender.people_csv import written

SHOWN, MOST = 100, 10_000
REPORT = {
    "es": ("fila", "identificador", "guid", "estado", "código", "detalle"),
    "en": ("row", "identifier", "guid", "status", "code", "detail"),
}


@dataclass(frozen=True, slots=True)
class Reviewing:
    use: SenderUseCases

    def review(self, visit: StaffVisit, draft: str, status: int = 200, problem: str = "") -> Response:
        asking = self.use.asking(visit)
        kept = self.use.drafts.get(asking, draft)
        if kept.status is not DraftStatus.PENDING:
            return visit.go(f"/send/drafts/{draft}/sent")
        missing, wrong = self.use.send.problems(asking, draft)
        language = visit.words.language
        return visit.page(
            "sender_review.html",
            status=status,
            problem=problem,
            draft=kept,
            composition=kept.composition,
            service=CATALOGUE[kept.composition.service].title.in_language(language),
            rows=self.use.drafts.rows(asking, draft, 0, SHOWN),
            missing=[visit.words(f"send.missing_{each}") for each in missing],
            wrong=[(each.number, each.text.in_language(language)) for each in wrong],
            shown=SHOWN,
            size=size,
        )

    def send(self, visit: StaffVisit, draft: str) -> Response:
        """Whatever happens to this answer, a second asking tells what became of the first."""
        try:
            seen = number_field(visit, "version", 0)
            sent = self.use.send(self.use.asking(visit), draft, seen)
        except GatewayError as error:
            if error.kind not in {ErrorKind.DRAFT_CHANGED, ErrorKind.DRAFT_INCOMPLETE}:
                raise
            return self.review(visit, draft, 409, told(visit, error, self.use.largest).text)
        if sent.status is DraftStatus.PENDING:
            return visit.go(f"/send/drafts/{draft}/review", visit.words("send.came_back"), "bad")
        return visit.go(f"/send/drafts/{draft}/sent")

    def sent(self, visit: StaffVisit, draft: str) -> Response:
        kept = self.use.drafts.get(self.use.asking(visit), draft)
        if kept.status is DraftStatus.PENDING:
            return visit.go(f"/send/drafts/{draft}/review")
        guids = self.use.drafts.guids(self.use.asking(visit), draft, SHOWN)
        refused = [row for row in self._rows(visit, kept) if row.status is RowStatus.REFUSED]
        return visit.page(
            "sender_sent.html", draft=kept, guids=guids, refused=refused[:SHOWN], texts=_code_texts(visit)
        )

    def progress(self, visit: StaffVisit, draft: str) -> Response:
        """For the script of the page: numbers, and whether it is over."""
        kept = self.use.drafts.get(self.use.asking(visit), draft)
        over = "false" if kept.status is DraftStatus.SENDING else "true"
        text = f'{{"done": {kept.sent + kept.refused}, "total": {kept.total}, "over": {over}}}'
        return Response(text, content_type="application/json")

    def report(self, visit: StaffVisit, draft: str) -> Response:
        """A line per row, for a spreadsheet: no names, no addresses."""
        kept = self.use.drafts.get(self.use.asking(visit), draft)
        lines = [REPORT[visit.words.language]]
        for row in self._rows(visit, kept):
            status = visit.words(f"send.row_{row.status.value}")
            lines.append(
                (
                    str(row.position + 1),
                    external_id(kept.id, row.position),
                    row.guid,
                    status,
                    row.code,
                    row.detail,
                )
            )
        return download(f"{visit.words('send.report_name')}.csv", "text/csv", written(lines))

    def document(self, visit: StaffVisit, draft: str) -> Response:
        found, octets = self.use.drafts.document(self.use.asking(visit), draft)
        return download(found.name, found.media_type, octets, shown=found.media_type == PDF)

    def delete(self, visit: StaffVisit, draft: str) -> Response:
        try:
            seen = number_field(visit, "version", 0)
            self.use.drafts.delete(self.use.asking(visit), draft, seen)
        except GatewayError as error:
            if error.kind is not ErrorKind.DRAFT_CHANGED:
                raise
            text = told(visit, error, self.use.largest).text
            return visit.go(f"/send/drafts/{draft}/review", text, "bad")
        return visit.go("/send", visit.words("send.deleted"))

    def _rows(self, visit: StaffVisit, draft: Draft) -> list[RowOutcome]:
        return list(self.use.drafts.outcomes(self.use.asking(visit), draft.id, MOST))


def _code_texts(visit: StaffVisit) -> dict[str, str]:
    return {kind.code: kind.text.in_language(visit.words.language) for kind in ErrorKind}
