"""The pages of one's own account: what is known of it, password, second factor, recovery codes, sessions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from gateway.domain.accounts import SHORTEST, Step
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.accounts.door import LONGEST_PASSWORD, Door, back, told
from gateway.entrypoints.web.accounts.gate import SessionGate
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.usecases.accounts.sessions import Visitor


@dataclass(frozen=True, slots=True)
class OwnPages:
    use_cases: AccountUseCases
    gate: SessionGate
    door: Door

    def handlers(self) -> Mapping[str, Callable[..., Response]]:
        return {
            "overview": self.overview,
            "password": self.password,
            "enrol": self.enrol,
            "picture": self.picture,
            "factor": self.factor,
            "codes": self.codes,
            "confirm": self.confirm,
            "end_session": self.end_session,
        }

    def overview(self, visit: StaffVisit) -> Response:
        visitor = self._visitor(visit)
        own = self.use_cases.own
        return visit.page(
            "staff_account.html",
            visitor=visitor,
            sessions=self.use_cases.sessions.of(visitor.account.person.id),
            codes_left=own.codes_left(visitor) if visitor.account.enrolled else 0,
        )

    def password(self, visit: StaffVisit) -> Response:
        """GET: the form. POST: the present password, unless it was just given, and the new one twice."""
        visitor = self.gate.visitor(visit.request)
        if visitor is None or visitor.step not in {Step.RENEWAL, Step.IN}:
            return self.door.onward(visit, visitor)
        if visit.request.method != "POST":
            return self._password_page(visit, visitor)
        typed = {
            name: visit.request.form.get(name, "")[:LONGEST_PASSWORD] for name in ("present", "new", "again")
        }
        if typed["new"] != typed["again"]:
            wrong = {"problem": visit.words("account.password_differs"), "field": "again", "status": 422}
            return self._password_page(visit, visitor, **wrong)
        try:
            token = self.use_cases.own.change_password(visitor, typed["present"], typed["new"])
        except GatewayError as error:
            field = "present" if error.kind is not ErrorKind.PASSWORD_REFUSED else "new"
            return self._password_page(visit, visitor, **told(visit, error, field))
        return self.door.let_in(visit, token, visit.words("account.password_changed"))

    def enrol(self, visit: StaffVisit) -> Response:
        """GET: the secret, as a picture and to be typed. POST: a first code of it."""
        visitor = self.gate.visitor(visit.request)
        if visitor is None or visitor.account.enrolled or visitor.step not in {Step.ENROL, Step.IN}:
            return self.door.onward(visit, visitor)
        asked = self.gate.require_fresh(visit.request, "/account/enrol") if visitor.step is Step.IN else None
        if asked is not None:
            return asked
        if visit.request.method != "POST":
            return self._enrol_page(visit, visitor)
        try:
            done = self.use_cases.own.enrol(visitor, visit.field("code")[:40])
        except GatewayError as error:
            return self._enrol_page(visit, visitor, **told(visit, error, "code"))
        response = visit.page(
            "staff_codes.html", codes=done.codes, next=back(visit) or "/account", here="", person=None
        )
        self.door.remember(visit, response, visitor)
        return self.gate.keep(response, done.token)

    def picture(self, visit: StaffVisit) -> Response:
        """The secret as a QR code, for as long as it is not in force."""
        visitor = self.gate.visitor(visit.request)
        if visitor is None or visitor.account.enrolled or visitor.account.secret is None:
            raise NotFound
        if visitor.step is Step.IN and not self.use_cases.sessions.fresh(visitor):
            raise NotFound
        uri = self.use_cases.factor.address(visitor.account.secret, visitor.account.person.login)
        return Response(self.use_cases.factor.picture(uri), content_type="image/svg+xml")

    def factor(self, visit: StaffVisit) -> Response:
        """Take another application for the second factor."""
        asked = self.gate.require_fresh(visit.request, "/account")
        if asked is not None:
            return asked
        self.use_cases.own.replace_factor(self._visitor(visit))
        return visit.go("/account/enrol")

    def codes(self, visit: StaffVisit) -> Response:
        """New recovery codes."""
        asked = self.gate.require_fresh(visit.request, "/account")
        if asked is not None:
            return asked
        codes = self.use_cases.own.new_codes(self._visitor(visit))
        return visit.page("staff_codes.html", codes=codes, next="/account", here="")

    def confirm(self, visit: StaffVisit) -> Response:
        """Prove anew that it is oneself, before something dangerous."""
        visitor = self._visitor(visit)
        if visit.request.method != "POST":
            return self._confirm_page(visit, visitor)
        try:
            token = self.use_cases.own.prove(visitor, visit.request.form.get("proof", "")[:LONGEST_PASSWORD])
        except GatewayError as error:
            return self._confirm_page(visit, visitor, **told(visit, error, "proof"))
        return self.gate.keep(visit.go(back(visit) or "/account"), token)

    def end_session(self, visit: StaffVisit) -> Response:
        """End one of the person's other sessions, or all of them."""
        visitor, chosen = self._visitor(visit), visit.field("session")
        if chosen:
            self.use_cases.sessions.end_one(visitor, chosen)
        else:
            self.use_cases.sessions.end_others(visitor)
        return visit.go("/account", visit.words("account.session_ended"))

    def _visitor(self, visit: StaffVisit) -> Visitor:
        visitor = self.gate.visitor(visit.request)
        if visitor is None:
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        return visitor

    def _password_page(self, visit: StaffVisit, visitor: Visitor, **facts: object) -> Response:
        first = visitor.step is Step.RENEWAL
        shown = {
            "first": first,
            "shortest": SHORTEST,
            "next": back(visit),
            "login": visitor.account.person.login,
        }
        return visit.page("staff_password.html", **(shown | facts))

    def _enrol_page(self, visit: StaffVisit, visitor: Visitor, **facts: object) -> Response:
        secret = self.use_cases.own.pending_secret(visitor)
        uri = self.use_cases.factor.address(secret, visitor.account.person.login)
        typed = uri.partition("secret=")[2].partition("&")[0]
        spelt = " ".join(typed[place : place + 4] for place in range(0, len(typed), 4))
        shown = {"secret": spelt, "next": back(visit), "must": visitor.step is Step.ENROL}
        return visit.page("staff_enrol.html", **(shown | facts))

    def _confirm_page(self, visit: StaffVisit, visitor: Visitor, **facts: object) -> Response:
        account = visitor.account
        shown = {
            "enrolled": account.enrolled,
            "known": account.enrolled or bool(account.password),
            "provider": self.door.provider,
            "next": back(visit),
        }
        return visit.page("staff_confirm.html", **(shown | facts))
