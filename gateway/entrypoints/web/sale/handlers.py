"""What the employees' pages do. The device in the customer's hands never opens them: each asks for a fresh
proof of who it is, which handing over takes away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from gateway.domain.errors import Blame, GatewayError
from gateway.domain.staff import Person
from gateway.domain.timeline import RESULTS, label
from gateway.entrypoints.web.accounts.gate import Gate
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.errors import answer_to
from gateway.entrypoints.web.kiosk import HandedOver, KioskCookie
from gateway.usecases.ports import Clock
from gateway.usecases.sale.counter import Served

LONGEST, REFRESH_SECONDS = 255, 5


@dataclass(frozen=True, slots=True)
class SaleUseCases:
    """`lock` makes the employee's session ask for its owner anew, and gives the response its new token."""

    find: Callable[[Person, str], str]
    follow: Callable[[Person, str], Served]
    hand_over: Callable[[Person, str, int], tuple[str, str]]
    derive: Callable[[Person, str, int], None]
    lock: Callable[[Request, Response], None]


@dataclass(frozen=True, slots=True)
class Counter:
    use_cases: SaleUseCases
    gate: Gate
    kiosk: KioskCookie
    clock: Clock

    def home(self, visit: StaffVisit) -> Response:
        """Look a process up by GUID or by the issuer's own identifier."""
        locked = self.gate.require_fresh(visit.request, "/sale")
        if locked:
            return locked
        asked = visit.request.args.get("q", "").strip()[:LONGEST]
        problem, status = "", 200
        if asked:
            try:
                guid = self.use_cases.find(visit.somebody, asked)
                return visit.go(f"/sale/{quote(guid)}")
            except GatewayError as error:
                if error.kind.blame is Blame.RECEIVER:
                    raise
                problem = error.kind.text.in_language(visit.words.language)
                status = answer_to(error.kind).status
        return visit.page(
            "sale_home.html", asked=asked, problem=problem, field="q", here="/sale", status=status
        )

    def follow(self, visit: StaffVisit, guid: str) -> Response:
        """The process, its people and each step as it happens; the page reloads by itself."""
        locked = self.gate.require_fresh(visit.request, "/sale")
        if locked:
            return locked
        served = self.use_cases.follow(visit.somebody, guid)
        language = visit.words.language
        names = {each.position: each.asked.full_name for each in served.status.recipients}
        steps = [
            (event, label(event.kind, None).in_language(language), names.get(_position(event.position), ""))
            for event in reversed(served.events)
        ]
        record = served.status.record
        result = RESULTS[record.result].in_language(language)
        response = visit.page(
            "sale_follow.html", served=served, record=record, steps=steps, result=result, here=f"/sale/{guid}"
        )
        if not record.state.closed_to_access:
            response.headers["Refresh"] = str(REFRESH_SECONDS)
        return response

    def hand_over(self, visit: StaffVisit, guid: str, position: int) -> Response:
        """POST: from here on the device is the customer's."""
        locked = self.gate.require_fresh(visit.request, "/sale")
        if locked:
            return locked
        person = visit.somebody
        handed, token = self.use_cases.hand_over(person, guid, position)
        response = redirect(f"{visit.request.root_path}/a/{token}", code=303)
        self.kiosk.clear(visit.request, response)
        self.kiosk.set(
            response, HandedOver(handed, guid, position, person.login, person.name), self.clock.now()
        )
        self.use_cases.lock(visit.request, response)
        return response

    def derive(self, visit: StaffVisit, guid: str, position: int) -> Response:
        """POST: the customer on the telephone gets the link once more."""
        locked = self.gate.require_fresh(visit.request, "/sale")
        if locked:
            return locked
        self.use_cases.derive(visit.somebody, guid, position)
        return visit.go(f"/sale/{quote(guid)}", visit.words("sale.derived"), "good")

    def next(self, visit: StaffVisit) -> Response:
        """The tablet comes back: nothing of the customer stays in it, and the employee proves themself."""
        response = visit.go("/sale")
        self.kiosk.clear(visit.request, response)
        return response


def _position(position: int | None) -> int:
    return -1 if position is None else position
