"""Kept templates and the alerts' inbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from werkzeug.wrappers import Response

from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.sender.desk import SenderUseCases, download, number_field, text_field, told
from gateway.usecases.ports import Alert

# In the words of the trade, whatever the page's language.
LINES = {
    "RECEIVED": "Envío Generado – Identificador: {0.external_id}",
    "SEALED": "Envío Tramitado. Guid: {0.guid}",
    "CERTIFIED": "Envío Finalizado. Guid: {0.guid}",
}


@dataclass(frozen=True, slots=True)
class Keeping:
    use: SenderUseCases

    def templates(self, visit: StaffVisit) -> Response:
        return visit.page("sender_templates.html", templates=self.use.templates.all(self.use.asking(visit)))

    def new_template(self, visit: StaffVisit) -> Response:
        self.use.templates.must_send(self.use.asking(visit))
        return self._form(visit, uuid4().hex, 0, "", "")

    def template(self, visit: StaffVisit, template: str) -> Response:
        kept = self.use.templates.get(self.use.asking(visit), template)
        return self._form(visit, kept.id, kept.version, kept.name, kept.text)

    def save_template(self, visit: StaffVisit, template: str) -> Response:
        name, text = visit.field("name"), text_field(visit, "text")
        seen = number_field(visit, "version", 0)
        try:
            if visit.field("what") == "preview":
                octets = self.use.templates.preview(self.use.asking(visit), name or "-", text)
                return download(f"{name or 'plantilla'}.pdf", PDF, octets, shown=True)
            self.use.templates.save(self.use.asking(visit), template, seen, name, text)
        except GatewayError as error:
            if error.kind is ErrorKind.DRAFT_CHANGED:
                try:
                    seen = self.use.templates.get(self.use.asking(visit), template).version
                except GatewayError:
                    seen = 0
            return self._form(visit, template, seen, name, text, told(visit, error, self.use.largest).text)
        return visit.go("/send/templates", visit.words("send.template_saved"))

    def retire_template(self, visit: StaffVisit, template: str) -> Response:
        self.use.templates.retire(self.use.asking(visit), template)
        return visit.go("/send/templates", visit.words("send.template_retired"))

    def alerts(self, visit: StaffVisit) -> Response:
        inbox = self.use.alerts.inbox(self.use.asking(visit))
        lines = [(each, LINES[each.kind].format(each), _new(each, inbox.read_until)) for each in inbox.alerts]
        return visit.page("sender_alerts.html", inbox=inbox, lines=lines)

    def turn_alerts(self, visit: StaffVisit) -> Response:
        on = visit.field("on") == "yes"
        self.use.alerts.turn(self.use.asking(visit), on)
        return visit.go("/send/alerts", visit.words("send.alerts_on" if on else "send.alerts_off"))

    def read_alerts(self, visit: StaffVisit) -> Response:
        self.use.alerts.mark_read(self.use.asking(visit))
        return visit.go("/send/alerts")

    def _form(
        self, visit: StaffVisit, template: str, version: int, name: str, text: str, problem: str = ""
    ) -> Response:
        return visit.page(
            "sender_template.html",
            status=422 if problem else 200,
            problem=problem,
            template_id=template,
            version=version,
            name=name,
            text=text,
        )


def _new(alert: Alert, read_until: datetime | None) -> bool:
    return read_until is None or alert.at > read_until
