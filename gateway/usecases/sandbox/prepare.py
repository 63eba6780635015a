"""What a recipient of the sandbox does before the act: fills the form, sees the pages, ticks the boxes."""

from dataclasses import dataclass

from gateway.domain.documents import FormField
from gateway.usecases.commands import Session
from gateway.usecases.fill import Fill
from gateway.usecases.ports.viewing import Picture
from gateway.usecases.results import PortalView, Stage
from gateway.usecases.tick_consents import TickConsents
from gateway.usecases.viewing import Viewing

# An answer of each type; a TEXT is free.
SAMPLES = {
    "NUMBER": "1",
    "DATE": "2000-01-01",
    "EMAIL": "prueba@sandbox.example",
    "PHONE": "+99900000000",
    "BOOLEAN": "true",
}


@dataclass(frozen=True, slots=True)
class Prepare:
    fill: Fill
    viewing: Viewing
    consents: TickConsents

    def form(self, session: Session, view: PortalView) -> None:
        if view.stage is Stage.FORMS:
            self.fill(session, {field.name: sample(field) for field in view.record.asked.forms})

    def pages(self, session: Session) -> None:
        for each in self.viewing.missing(session):
            for page in each.pages:
                self.viewing.picture(session, each.document.position, page, 0, Picture.WEBP)

    def tick(self, session: Session, view: PortalView) -> None:
        """Consent to everything."""
        self.consents(session, [each.id for each in view.consents])


def sample(field: FormField) -> str:
    """The first option, or an answer of its type."""
    return field.options[0] if field.options else SAMPLES.get(field.type, "PRUEBA")
