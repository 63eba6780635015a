"""The issuer's form: filled in before the act, and changed as long as there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.documents import FormField
from gateway.domain.forms import LONGEST, Fault
from gateway.entrypoints.web.portal.cookies import PortalSession
from gateway.entrypoints.web.portal.entry import next_step, steps
from gateway.entrypoints.web.portal.visit import Visit
from gateway.usecases.results import PortalView, Stage

# Where it may be filled in or changed; the use case decides, this only leads on who comes too early.
OPEN = frozenset({Stage.FORMS, Stage.DOCUMENTS, Stage.SIGN, Stage.CERTIFICATE, Stage.PAD})
# How a browser helps: the input's type, its keyboard, and what it may fill in by itself.
INPUTS = {
    "NUMBER": ("text", "decimal", "off"),
    "DATE": ("date", "", "off"),
    "EMAIL": ("email", "email", "email"),
    "PHONE": ("tel", "tel", "tel"),
}
TEXT = ("text", "", "off")


@dataclass(frozen=True, slots=True)
class Question:
    """A field as the page shows it, with what was answered so far and what is wrong with that."""

    id: str
    field: FormField
    value: str
    problem: str

    @property
    def input(self) -> tuple[str, str, str]:
        return INPUTS.get(self.field.type, TEXT)


def form(visit: Visit, session: PortalSession) -> Response:
    """GET: the form with the last answers. POST: keep them, or say what is wrong with each."""
    view = visit.use_cases.view(session.who)
    fields = view.record.asked.forms
    if not fields or view.stage not in OPEN:
        return next_step(visit, session)
    if visit.request.method != "POST":
        kept = {answer.name: answer.value for answer in visit.use_cases.fill.answers(session.who)}
        return _page(visit, view, kept, {})
    visit.check_form()
    given = {field.name: visit.field(_id(place)) for place, field in enumerate(fields)}
    faults = visit.use_cases.fill(session.who, given)
    # What was typed is personal, and stands in no cookie: the page is the answer to the form itself.
    return _page(visit, view, given, faults) if faults else next_step(visit, session)


def _page(visit: Visit, view: PortalView, values: Mapping[str, str], faults: Mapping[str, Fault]) -> Response:
    questions = _questions(visit, view.record.asked.forms, values, faults)
    return visit.page(
        "form.html",
        view=view,
        questions=questions,
        wrong=[each for each in questions if each.problem],
        guid=view.record.guid,
        step=steps(view, "form"),
        here=visit.url("form"),
        status=422 if faults else 200,
    )


def _questions(
    visit: Visit, fields: Sequence[FormField], values: Mapping[str, str], faults: Mapping[str, Fault]
) -> list[Question]:
    def problem(field: FormField) -> str:
        fault = faults.get(field.name)
        return visit.words(f"form.{fault.value}", limit=LONGEST) if fault else ""

    return [
        Question(_id(place), field, values.get(field.name, ""), problem(field))
        for place, field in enumerate(fields)
    ]


def _id(place: int) -> str:
    return f"field-{place}"
