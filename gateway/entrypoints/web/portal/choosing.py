"""Boxes beside the act, documents to leave out and consents to give: what is shown, and what came back."""

from dataclasses import dataclass

from gateway.domain.participation import optional_groups
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.visit import Visit
from gateway.usecases.results import PortalView


@dataclass(frozen=True, slots=True)
class Choice:
    """One group of optional documents, as one box."""

    group: str
    names: str
    ticked: bool


def choices(view: PortalView) -> list[Choice]:
    """Boxes are empty until the person ticks them: nobody signs by leaving a page as it is."""
    groups = {group.id: group for group in view.record.asked.groups}
    found = []
    for group in optional_groups(view.recipient.asked):
        names = [each.name for each in view.documents if each.id in groups[group].documents]
        found.append(Choice(group, ", ".join(names), group in view.chosen))
    return found


def choose(visit: Visit, session: PortalSession) -> None:
    """Keep what the form says, where it asked. Raises GatewayError: NOTHING_CHOSEN, CONSENT_MISSING."""
    if visit.field("choices"):
        visit.use_cases.choose_documents(session.who, visit.request.form.getlist("choice"))
    if visit.field("consents"):
        visit.use_cases.tick_consents(session.who, visit.request.form.getlist("consent"))
