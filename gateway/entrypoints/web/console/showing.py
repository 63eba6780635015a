"""What every page of the console shares: its sections, and names for states, results and the rest."""

from dataclasses import dataclass

from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from gateway.domain.catalogue import CATALOGUE
from gateway.domain.results import Result
from gateway.domain.staff import Permission, Person
from gateway.domain.timeline import RESULTS
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.texts import Words
from gateway.usecases.console.permitted import reads_audit

GOOD, BAD = frozenset({Result.COMPLETED, Result.PARTIALLY_COMPLETED}), frozenset({Result.REJECTED})


class GuidConverter(BaseConverter):
    """Whatever is no GUID is no address of ours."""

    regex = r"\d{6}-\d{4}-\d{15}\.par"


class WordConverter(BaseConverter):
    """Ids of tasks, batches and the like: one opaque word."""

    regex = r"[A-Za-z0-9._:-]{1,200}"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the console; `key` names its text."""

    key: str
    path: str
    permission: Permission = Permission.READ
    auditors: bool = False

    def open_to(self, person: Person) -> bool:
        return person.may(self.permission) and (not self.auditors or reads_audit(person))


SECTIONS = (
    Section("search", "/console"),
    Section("batches", "/console/batches"),
    Section("issuers", "/console/issuers"),
    Section("queues", "/console/queues"),
    Section("charts", "/console/charts"),
    Section("exports", "/console/exports", Permission.EXPORT),
    Section("audit", "/console/audit", auditors=True),
)


def show(visit: StaffVisit, template: str, section: str, **facts: object) -> Response:
    """Draw a page of this section, which must be one that the person may open."""
    language = visit.words.language
    shown: dict[str, object] = {
        "sections": [each for each in SECTIONS if each.open_to(visit.somebody)],
        "section": section,
        "may": lambda name: visit.somebody.may(Permission[name]),
        "result_text": lambda result: RESULTS[Result(result)].in_language(language),
        "result_tone": tone,
        "result_tone_of": lambda number: tone(Result(number)),
        "titles": {service: profile.title for service, profile in CATALOGUE.items()},
        "named": lambda prefix, value: named(visit.words, prefix, value),
        "words_of": lambda text: text.in_language(language),
    }
    return visit.page(template, **(shown | facts))


def tone(result: Result) -> str:
    """How a result looks: the badge's class."""
    if result is Result.PENDING:
        return "info"
    return "good" if result in GOOD else "bad" if result in BAD else "warn"


def named(words: Words, prefix: str, value: str) -> str:
    """The text of a stored word; the word itself where nobody wrote one, for kinds of tasks grow."""
    try:
        return words(f"{prefix}.{value}")
    except KeyError:
        return value
