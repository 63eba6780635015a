"""One request to one access link: who asks, in which language, and the means to answer.

It holds no flow: handlers in entry, reading and signing decide what comes next.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from werkzeug.routing import MapAdapter
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.csrf import FIELD, FormTokens
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.portal.branding import addresses
from gateway.entrypoints.web.portal.cookies import (
    FreshIds,
    PortalCookies,
    PortalSession,
    Problem,
    digest,
)
from gateway.entrypoints.web.portal.pages import Pages
from gateway.entrypoints.web.portal.receipts import DoneReceipt
from gateway.entrypoints.web.portal.use_cases import PortalUseCases
from gateway.entrypoints.web.security_headers import frame
from gateway.entrypoints.web.texts import LANGUAGES, Words, preferred, supported
from gateway.usecases.commands import Arrival
from gateway.usecases.ports import Clock
from gateway.usecases.results import LinkView

FORM, UPLOAD = "application/x-www-form-urlencoded", "multipart/form-data"
_WITH_FORM = frozenset(
    {
        "identify.html",
        "conditions.html",
        "documents.html",
        "code.html",
        "pad.html",
        "reject.html",
        "acknowledge.html",
        "certificate.html",
    }
)
_PLAIN = frozenset({"closed.html", "problem.html"})


@dataclass(frozen=True, slots=True)
class Portal:
    """What every visit shares."""

    use_cases: PortalUseCases
    pages: Pages
    cookies: PortalCookies
    tokens: FormTokens
    clock: Clock


class Visit:
    """`token` is the access link's, never to be logged; "" for addresses that bear none."""

    def __init__(self, portal: Portal, request: Request, urls: MapAdapter, token: str = "") -> None:
        self.portal = portal
        self.use_cases = portal.use_cases
        self.request = request
        self.token = token
        self.now: datetime = portal.clock.now()
        self.ended = False
        self._urls = urls
        self._new_visitor = ""
        self.embedding = portal.cookies.embedding(request, token, self.now) if token else None
        self.framed_by: Sequence[str] = ()
        if self.embedding is not None:
            self.portal = replace(portal, cookies=portal.cookies.embedded())
            self.framed_by = self.use_cases.frame_origins(token)

    @cached_property
    def session(self) -> PortalSession | None:
        """None as well once another device has identified itself, or this is not the one that did."""
        found = self.portal.cookies.session(self.request, self.token, self.now)
        return found if found is not None and self.use_cases.keep_session(found.who) else None

    @property
    def address(self) -> str:
        """The client's, as the server knows it."""
        return self.request.remote_addr or ""

    def arrival(self, ids: FreshIds) -> Arrival:
        """Whence an identification comes. The address is the client's as the server knows it: a proxy's word
        counts only if it is the configured one."""
        return Arrival(
            address=self.address,
            session=digest(ids.session),
            device=digest(ids.device),
            earlier_device=digest(self.portal.cookies.device(self.request, self.token, self.now)),
            agent=digest(self.request.headers.get("User-Agent", "")),
            captcha=self.request.form.get("captcha", ""),
            answer=self.field("captcha_answer"),
            embedded=self.embedding is not None,
        )

    @cached_property
    def receipt(self) -> DoneReceipt | None:
        """What this browser decided at this link within the last minutes, if it did."""
        return self.portal.cookies.receipt(self.request, self.token, self.now)

    @cached_property
    def link(self) -> LinkView:
        """What the link alone shows. Raises ACCESS_DENIED or CLOSED."""
        return self.use_cases.open_link(self.token)

    @property
    def words(self) -> Words:
        """The language that was chosen here, else the transaction's, else the browser's."""
        chosen = self.request.cookies.get("fehaciente-language", "")
        if chosen in LANGUAGES:
            return Words(chosen)
        if self.session:
            return Words(self.session.language)
        if self.receipt:
            return Words(self.receipt.language)
        if "link" in self.__dict__:
            return Words(supported(self.link.language))
        return Words(preferred(self.request.accept_languages))

    @property
    def test(self) -> bool:
        """Whether it is of the sandbox, as far as is known without asking."""
        known = [each.test for each in (self.session, self.receipt) if each is not None]
        return any(known) or ("link" in self.__dict__ and self.link.test)

    def url(self, endpoint: str, **values: object) -> str:
        return self._urls.build(endpoint, {"token": self.token, **values})

    def plain(self, endpoint: str) -> str:
        """An address that bears no token."""
        return self._urls.build(endpoint, {})

    def go(self, endpoint: str, **values: object) -> Response:
        """See other (RFC 9110, 15.4.4): a form that was sent is never sent again by a reload."""
        return redirect(self.url(endpoint, **values), code=303)

    def redirect(self, endpoint: str) -> Response:
        """As `go`, to an address that bears no token."""
        return redirect(self.plain(endpoint), code=303)

    def static_url(self, name: str, version: str) -> str:
        return self._urls.build("static", {"name": name, "v": version})

    def retry(self, endpoint: str, text: str, status: int, field: str = "") -> Response:
        """Back to the form, which will say what was wrong, by a redirect: neither a reload nor the back
        button ever sends a code again."""
        response = self.go(endpoint)
        self.portal.cookies.set_problem(response, self.token, Problem(text, status, field), self.now)
        return response

    def page(self, template: str, **facts: object) -> Response:
        """A page of this link, with its form token, its help, its language switch and any problem."""
        problem = None
        handed = self.portal.cookies.kiosk.read(self.request, self.now)
        if handed:
            facts = {"kiosk": handed.name} | facts
        if self.token:
            facts = {"csrf": self.form_token, "help_url": self.url("help"), "test": self.test} | facts
            # Whoever may no longer come in is shown nothing of the issuer's.
            if template not in _PLAIN:
                facts = self._look() | facts
        if template in _WITH_FORM:
            problem = self.portal.cookies.problem(self.request, self.token, self.now)
        if problem:
            facts = {"problem": problem.text, "field": problem.field, "status": problem.status} | facts
        facts = {"embedded": self.embedding is not None} | facts
        response = self.portal.pages.render(template, self.words, self.static_url, url=self.url, **facts)
        frame(response, self.framed_by)
        if self._new_visitor:
            self.portal.cookies.set_visitor(response, self.token, self._new_visitor, self.now)
        if problem:
            self.portal.cookies.forget_problem(response, self.token)
        return response

    def _look(self) -> dict[str, object]:
        look = self.use_cases.looks.of_link(self.token)
        build = self._urls.build
        files = {kind: name and build("brand", {"name": name}) for kind, name in addresses(look).items()}
        return {"look": look, **files}

    def check_form(self, kind: str = FORM) -> None:
        """Refuse what another site made this browser send; `kind` is the media type of the page's form.

        Raises GatewayError(CSRF, MEDIA_TYPE_REFUSED).
        """
        if self.request.mimetype != kind:
            raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED)
        if self.request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise GatewayError(ErrorKind.CSRF)
        self.portal.tokens.check(self._binding, self.request.form.get(FIELD, ""))

    def field(self, name: str) -> str:
        """A form's field without blanks around it; control characters do not survive."""
        text = self.request.form.get(name, "").replace("\r\n", "\n")
        return "".join(mark for mark in text if mark.isprintable() or mark == "\n").strip()

    @property
    def _binding(self) -> str | None:
        if self.session:
            return self.session.id
        return self.portal.cookies.visitor(self.request, self.token, self.now)

    def form_token(self) -> str:
        """For the form of the page that is being drawn; a visitor without a session gets a cookie for it."""
        if not self._binding:
            self._new_visitor = self._new_visitor or secrets.token_urlsafe(16)
        return self.portal.tokens.issue(self._binding or self._new_visitor)


def form_status(error: GatewayError, *also: ErrorKind) -> int:
    """The status with which the form is shown again; any other refusal goes on to the door's table."""
    answer = answer_to(error.kind)
    if answer.shown.value != "form" and error.kind not in also:
        raise error
    return answer.status
