"""The pages of whoever manages people: who there is, somebody new, and what becomes of somebody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Permission, Role
from gateway.entrypoints.web.accounts.door import told
from gateway.entrypoints.web.accounts.gate import SessionGate
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.texts import STAFF_LANGUAGES
from gateway.usecases.accounts.people import NewPerson

# Operators are made at the command line.
ROLES = tuple(role for role in Role if role is not Role.OPERATOR)
LONGEST = 100


@dataclass(frozen=True, slots=True)
class PeoplePages:
    use_cases: AccountUseCases
    gate: SessionGate

    def handlers(self) -> Mapping[str, Callable[..., Response]]:
        return {"people": self.people, "new_person": self.new_person, "one_person": self.one_person}

    def people(self, visit: StaffVisit) -> Response:
        _must_manage(visit)
        return visit.page("staff_people.html", people=self.use_cases.people.all())

    def new_person(self, visit: StaffVisit) -> Response:
        _must_manage(visit)
        asked = self.gate.require_fresh(visit.request, "/account/people/new")
        if asked is not None:
            return asked
        if visit.request.method != "POST":
            return self._form(visit)
        try:
            acting = Acting(visit.somebody, visit.reason())
            person, password = self.use_cases.people.add(acting, _new(visit))
        except GatewayError as error:
            return self._form(visit, **told(visit, error, ""))
        return visit.page("staff_first_password.html", named=person, password=password, here="")

    def one_person(self, visit: StaffVisit, person: str) -> Response:
        """GET: what is known of them. POST: one of the actions."""
        _must_manage(visit)
        if visit.request.method != "POST":
            return self._one(visit, person)
        asked = self.gate.require_fresh(visit.request, f"/account/people/{person}")
        if asked is not None:
            return asked
        try:
            return self._act(visit, person, Acting(visit.somebody, visit.reason()))
        except GatewayError as error:
            return self._one(visit, person, **told(visit, error, ""))

    def _act(self, visit: StaffVisit, person: str, acting: Acting) -> Response:
        people, action = self.use_cases.people, visit.field("action")
        if action == "reset":
            password = people.reset(acting, person)
            named = people.get(person).person
            return visit.page("staff_first_password.html", named=named, password=password, here="")
        if action == "role":
            people.set_role(acting, person, _role(visit), _issuer(visit))
        elif action in {"disable", "enable"}:
            people.set_active(acting, person, action == "enable")
        elif action == "sessions":
            people.end_sessions(acting, person)
        elif action == "bind":
            people.bind(acting, person, visit.field("subject")[:255])
        else:
            raise GatewayError(ErrorKind.RULE_BROKEN)
        return visit.go(f"/account/people/{person}", visit.words("people.done"))

    def _form(self, visit: StaffVisit, **facts: object) -> Response:
        given = {
            name: visit.field(name) for name in ("login", "name", "role", "issuer", "language", "reason")
        }
        shown = {"given": given, "roles": ROLES, "languages_known": list(STAFF_LANGUAGES.items())}
        return visit.page("staff_new_person.html", **(shown | facts))

    def _one(self, visit: StaffVisit, person: str, **facts: object) -> Response:
        account = self.use_cases.people.get(person)
        sessions = self.use_cases.sessions.of(person)
        shown = {"account_of": account, "sessions": sessions, "roles": ROLES, "operator": Role.OPERATOR}
        return visit.page("staff_person.html", **(shown | facts))


def _must_manage(visit: StaffVisit) -> None:
    if not visit.somebody.may(Permission.MANAGE_STAFF):
        raise GatewayError(ErrorKind.ACCESS_DENIED)


def _new(visit: StaffVisit) -> NewPerson:
    language = visit.field("language")
    return NewPerson(
        visit.field("login")[:LONGEST],
        visit.field("name")[:LONGEST],
        _role(visit),
        _issuer(visit),
        language if language in STAFF_LANGUAGES else "es",
    )


def _role(visit: StaffVisit) -> Role:
    try:
        return Role(visit.field("role"))
    except ValueError:
        raise GatewayError(ErrorKind.RULE_BROKEN, visit.words("people.no_role")) from None


def _issuer(visit: StaffVisit) -> int | None:
    given = visit.field("issuer")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) <= 4):
        raise GatewayError(ErrorKind.RULE_BROKEN, visit.words("people.no_issuer"))
    return int(given)
