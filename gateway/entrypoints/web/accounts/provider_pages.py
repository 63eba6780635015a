"""The way to the identity provider and back. What must come back waits in a signed cookie of this browser."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from werkzeug.exceptions import NotFound
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.accounts.addresses import safe_next
from gateway.entrypoints.web.accounts.door import Door, back
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.sessions import Signer

COOKIE, LIFE = "fehaciente-provider", timedelta(minutes=10)
NAMES = ("code", "state", "iss", "error")


@dataclass(frozen=True, slots=True)
class ProviderPages:
    use_cases: AccountUseCases
    door: Door
    signer: Signer
    secure: bool

    def handlers(self) -> Mapping[str, Callable[..., Response]]:
        return {"provider": self.leave, "provided": self.come_back}

    def leave(self, visit: StaffVisit) -> Response:
        """A link, not a form: the content policy lets no form lead to another site."""
        if self.use_cases.provider is None:
            raise NotFound
        leaving = self.use_cases.provider.leave()
        until = int(self._now() + LIFE.total_seconds())
        values: dict[str, str | int] = {**leaving.kept, "next": back(visit), "until": until}
        response = redirect(leaving.url, code=303)
        response.set_cookie(
            self._name,
            self.signer.sign(values),
            max_age=int(LIFE.total_seconds()),
            secure=self.secure,
            httponly=True,
            # Lax: it must come along when the provider leads the browser back.
            samesite="Lax",
        )
        return response

    def come_back(self, visit: StaffVisit) -> Response:
        provider = self.use_cases.provider
        if provider is None:
            raise NotFound
        kept = self.signer.open(visit.request.cookies.get(self._name, "")) or {}
        if int(kept.get("until", 0)) <= self._now():
            raise GatewayError(ErrorKind.PROVIDER_REFUSED, "state")
        answer = {name: visit.request.args[name] for name in NAMES if name in visit.request.args}
        who = provider.come_back(answer, {name: str(value) for name, value in kept.items()})
        token = self.use_cases.sign_in.provided(who)
        response = self.door.let_in(visit, token, wanted=safe_next(str(kept.get("next", ""))))
        response.delete_cookie(self._name, secure=self.secure, httponly=True)
        return response

    @property
    def _name(self) -> str:
        return f"{'__Host-' if self.secure else ''}{COOKIE}"

    def _now(self) -> float:
        return self.use_cases.sessions.clock.now().timestamp()
