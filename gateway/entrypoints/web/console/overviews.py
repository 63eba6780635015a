"""Batches, issuers, queues and the audit log: lists and the pages behind them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

from werkzeug.wrappers import Response

from gateway.domain import csv_text
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.signing import SignMethod
from gateway.domain.staff import Acting
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.console.searching import instant_of
from gateway.entrypoints.web.console.showing import show
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.usecases.console import batches as batch_desk
from gateway.usecases.ports.console import AuditPlace

LONGEST_WORD, LONGEST_LIMIT, LONGEST_POSITION = 128, 12, 9
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class OverviewPages:
    use_cases: ConsoleUseCases

    def batches(self, visit: StaffVisit) -> Response:
        """Newest first; `q` looks for one by its id or its issuer's name for it."""
        args = visit.request.args
        asked = args.get("q", "").strip()[:255]
        if asked and asked.isprintable():
            found = self.use_cases.batches.find(visit.somebody, asked)
            if len(found) == 1:
                return visit.go(f"/console/batches/{found[0]}")
            pages = [self.use_cases.batches.page(visit.somebody, each) for each in found]
            rows = [page.view.batch for page in pages]
            names = {page.view.batch.issuer: page.issuer for page in pages}
            listed = batch_desk.BatchList(tuple(rows), names, None)
        else:
            before = instant_of(args.get("before", "")) or batch_desk.NEWEST
            listed = self.use_cases.batches.newest(visit.somebody, before=before)
        return show(visit, "console_batches.html", "batches", listed=listed, asked=asked)

    def batch(self, visit: StaffVisit, batch: str) -> Response:
        args = visit.request.args
        page = self.use_cases.batches.page(
            visit.somebody, batch, _position(args.get("after", "")), _position(args.get("beyond", ""))
        )
        kinds = {kind.code: kind.text.in_language(visit.words.language) for kind in ErrorKind}
        return show(visit, "console_batch.html", "batches", page=page, kinds=kinds)

    def report(self, visit: StaffVisit, batch: str) -> Response:
        """POST: the report as CSV, written as it is read."""
        items = self.use_cases.batches.items(Acting(visit.somebody, visit.reason()), batch)
        lines = (line.encode() for line in self.use_cases.batch_csv(items))
        response = Response(chain([csv_text.MARK.encode()], lines), content_type=CSV)
        response.headers["Content-Disposition"] = f'attachment; filename="batch-{batch}.csv"'
        return response

    def issuers(self, visit: StaffVisit) -> Response:
        return show(
            visit, "console_issuers.html", "issuers", pages=self.use_cases.issuers.all(visit.somebody)
        )

    def issuer(self, visit: StaffVisit, number: int, problem: str = "") -> Response:
        return show(
            visit,
            "console_issuer.html",
            "issuers",
            page=self.use_cases.issuers.page(visit.somebody, number),
            methods=[(method.value, method.value) for method in SignMethod],
            problem=problem,
            field="",
            status=422 if problem else 200,
        )

    def profile(self, visit: StaffVisit, number: int) -> Response:
        """POST: the profile as the form has it."""
        try:
            changes = {
                "default_sign_method": SignMethod(visit.field("default_sign_method")),
                "daily_limit": _number(visit.field("daily_limit"), 0, 10**LONGEST_LIMIT),
                "priority": _number(visit.field("priority"), 1, 9),
                **{name: bool(visit.field(name)) for name in ("sandbox", "integrated", "active")},
            }
            reason = visit.reason()
        except (ValueError, GatewayError):
            return self.issuer(visit, number, visit.words("act.bad_value"))
        try:
            self.use_cases.issuers.change(Acting(visit.somebody, reason), number, changes)
        except GatewayError as error:
            if error.kind is not ErrorKind.NOT_AVAILABLE_YET:
                raise
            return self.issuer(visit, number, error.kind.text.in_language(visit.words.language))
        return visit.go(f"/console/issuers/{number}", visit.words("issuer.saved"))

    def queues(self, visit: StaffVisit) -> Response:
        return show(visit, "console_queues.html", "queues", health=self.use_cases.queues(visit.somebody))

    def audit(self, visit: StaffVisit) -> Response:
        args = visit.request.args
        about, by = (_word(args.get(name, "")) for name in ("about", "person"))
        page = self.use_cases.audit(visit.somebody, about, by, _audit_place(args.get("after", "")))
        return show(visit, "console_audit.html", "audit", page=page, about=about, by=by)


def _number(text: str, least: int, most: int) -> int:
    number = int(text)
    if not least <= number <= most:
        raise ValueError("out of bounds")
    return number


def _position(text: str) -> int:
    """No database takes any number for a position."""
    return int(text) if text.isdecimal() and len(text) < LONGEST_POSITION else 0


def _word(text: str) -> str:
    return text.strip()[:LONGEST_WORD] if text.isprintable() else ""


def _audit_place(text: str) -> AuditPlace | None:
    """Instant, node and number, as the link to the next page has them."""
    at, node, number = [*text.split("|"), "", "", ""][:3]
    try:
        return AuditPlace(datetime.fromisoformat(at).replace(tzinfo=UTC), node[:60], int(number[:18]))
    except ValueError:
        return None
