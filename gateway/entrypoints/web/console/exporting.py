"""Pages of exports: asking for one, watching it being written, taking it once."""

from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from gateway.domain.staff import Acting, Permission
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.console.searching import query_of, wanted_of
from gateway.entrypoints.web.console.showing import show
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.usecases.console.exports import LIFE
from gateway.usecases.console.permitted import allow
from gateway.usecases.console.write_export import MOST

CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True, slots=True)
class ExportPages:
    use_cases: ConsoleUseCases

    def confirm(self, visit: StaffVisit) -> Response:
        """GET: which search, masked or clear, and why."""
        allow(visit.somebody, Permission.EXPORT)
        wanted = wanted_of(visit.request.args)
        query = urlencode(query_of(wanted))
        return show(visit, "console_export_ask.html", "exports", wanted=wanted, query=query, most=MOST)

    def ask(self, visit: StaffVisit) -> Response:
        """POST: the search stands in the address, as it does on its page."""
        acting = Acting(visit.somebody, visit.reason())
        clear, language = bool(visit.field("clear")), visit.words.language
        export = self.use_cases.ask_export(acting, wanted_of(visit.request.args), language, clear=clear)
        return visit.go(f"/console/exports/{export}")

    def list(self, visit: StaffVisit) -> Response:
        return show(
            visit, "console_exports.html", "exports", exports=self.use_cases.exports.listed(visit.somebody)
        )

    def watch(self, visit: StaffVisit, export: str) -> Response:
        found = self.use_cases.exports.get(visit.somebody, export)
        minutes = int(LIFE.total_seconds() / 60)
        return show(visit, "console_export.html", "exports", export=found, minutes=minutes)

    def take(self, visit: StaffVisit, export: str) -> Response:
        """POST: the file, once."""
        response = Response(self.use_cases.exports.take(visit.somebody, export), content_type=CSV)
        response.headers["Content-Disposition"] = f'attachment; filename="export-{export[:8]}.csv"'
        return response
