"""The pages of signing in, step by step, and out."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from gateway.domain.accounts import Step
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.accounts.addresses import STEPS, safe_next
from gateway.entrypoints.web.accounts.gate import SessionGate
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.sessions import Signer
from gateway.usecases.accounts.sessions import Visitor
from gateway.usecases.accounts.tries import Caller

DEVICE, DEVICE_SECONDS = "fehaciente-device", 180 * 86400
LONGEST_LOGIN, LONGEST_PASSWORD = 200, 1000


@dataclass(frozen=True, slots=True)
class Door:
    use_cases: AccountUseCases
    gate: SessionGate
    devices: Signer
    secure: bool

    def handlers(self) -> Mapping[str, Callable[..., Response]]:
        return {
            "sign_in": self.sign_in,
            "second_factor": self.second_factor,
            "sign_out": self.sign_out,
        }

    def sign_in(self, visit: StaffVisit) -> Response:
        """GET: the form. POST: login and password."""
        if visit.request.method != "POST":
            known = self.gate.visitor(visit.request)
            return self.onward(visit, known) if known else self._sign_in_page(visit)
        login = visit.field("login")[:LONGEST_LOGIN]
        password = visit.request.form.get("password", "")[:LONGEST_PASSWORD]
        try:
            token = self.use_cases.sign_in.password(login, password, self._caller(visit))
        except GatewayError as error:
            return self._sign_in_page(visit, login=login, **told(visit, error, "login"))
        return self.let_in(visit, token)

    def second_factor(self, visit: StaffVisit) -> Response:
        """GET: the form. POST: the code of the application, or a recovery code."""
        visitor = self.gate.visitor(visit.request)
        if visitor is None or visitor.step is not Step.SECOND_FACTOR:
            return self.onward(visit, visitor)
        if visit.request.method != "POST":
            return self._factor_page(visit)
        try:
            token = self.use_cases.sign_in.second_factor(
                self.gate.token(visit.request), visit.field("code")[:40]
            )
        except GatewayError as error:
            return self._factor_page(visit, **told(visit, error, "code"))
        return self.let_in(visit, token)

    def sign_out(self, visit: StaffVisit) -> Response:
        visitor = self.gate.visitor(visit.request)
        if visitor is not None:
            self.use_cases.sessions.end(visitor)
        return self.gate.forget(visit.go("/account/sign-in", visit.words("account.signed_out")))

    def let_in(self, visit: StaffVisit, token: str, said: str = "", wanted: str = "") -> Response:
        """The browser gets the new session, and goes where that leads."""
        visitor = self.use_cases.sessions.who(token)
        response = self.gate.keep(self.onward(visit, visitor, said, wanted), token)
        if visitor is not None and visitor.step is Step.IN:
            self.remember(visit, response, visitor)
        return response

    def onward(
        self, visit: StaffVisit, visitor: Visitor | None, said: str = "", wanted: str = ""
    ) -> Response:
        """To what the session still lacks, or to where the person wanted to go."""
        wanted = wanted or back(visit)
        if visitor is None or visitor.step is not Step.IN:
            path = STEPS[visitor.step] if visitor else "/account/sign-in"
            return visit.go(with_next(path, wanted), said)
        return visit.go(wanted or visit.home_of(visitor.account.person), said)

    @property
    def provider(self) -> str:
        """What the identity provider is called; "": there is none."""
        return self.use_cases.provider_name if self.use_cases.provider else ""

    def _caller(self, visit: StaffVisit) -> Caller:
        held = self.devices.open(visit.request.cookies.get(DEVICE, "")) or {}
        device, person = str(held.get("device", "")), str(held.get("person", ""))
        return Caller(visit.request.remote_addr or "", device, person)

    def remember(self, visit: StaffVisit, response: Response, visitor: Visitor) -> None:
        """This browser is no stranger to this person any more."""
        caller, person = self._caller(visit), visitor.account.person.id
        device = caller.device if caller.device_of == person else secrets.token_hex(8)
        response.set_cookie(
            DEVICE,
            self.devices.sign({"device": device, "person": person}),
            max_age=DEVICE_SECONDS,
            secure=self.secure,
            httponly=True,
            samesite="Strict",
            path=visit.url("/account"),
        )

    def _sign_in_page(self, visit: StaffVisit, **facts: object) -> Response:
        return visit.page(
            "staff_sign_in.html", **({"login": "", "next": back(visit), "provider": self.provider} | facts)
        )

    def _factor_page(self, visit: StaffVisit, **facts: object) -> Response:
        return visit.page("staff_second_factor.html", **({"next": back(visit)} | facts))


def back(visit: StaffVisit) -> str:
    """Where the person wanted to go, if that is a place of ours."""
    return safe_next(visit.request.values.get("next", ""))


def with_next(path: str, wanted: str) -> str:
    return f"{path}?{urlencode({'next': wanted})}" if wanted else path


def told(visit: StaffVisit, error: GatewayError, field: str) -> dict[str, object]:
    """What is wrong with a form, for its page. Raises the error when the gateway itself is to blame."""
    status = answer_to(error.kind).status
    if status >= 500:
        raise error
    language = visit.words.language
    if error.kind is ErrorKind.PASSWORD_REFUSED:
        text = visit.words(f"account.password_{error.detail}")
    else:
        text = error.kind.text.in_language(language)
        if error.kind is ErrorKind.RULE_BROKEN and error.detail:
            text = error.detail
    return {"problem": text, "field": field, "status": status}
