"""The pages of two persons: what lies on this machine, what was asked for, and deciding others' requests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.approval import FILES, Change
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Permission
from gateway.entrypoints.web.accounts.door import told
from gateway.entrypoints.web.accounts.gate import SessionGate
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.accounts.visit import StaffVisit

PAGE = "/account/approvals"


@dataclass(frozen=True, slots=True)
class ApprovalPages:
    use_cases: AccountUseCases
    gate: SessionGate

    def handlers(self) -> Mapping[str, Callable[..., Response]]:
        return {"approvals": self.approvals}

    def approvals(self, visit: StaffVisit) -> Response:
        """GET: everything. POST: ask for a file's content, approve a request, or refuse it."""
        if not visit.somebody.may(Permission.MANAGE_TRUST):
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        if visit.request.method != "POST":
            return self._page(visit)
        asked = self.gate.require_fresh(visit.request, PAGE)
        if asked is not None:
            return asked
        try:
            self._act(visit, Acting(visit.somebody, visit.reason()))
        except GatewayError as error:
            return self._page(visit, **told(visit, error, ""))
        return visit.go(PAGE, visit.words("people.done"))

    def _act(self, visit: StaffVisit, acting: Acting) -> None:
        approvals, action = self.use_cases.approvals, visit.field("action")
        if action in {"approve", "refuse"}:
            approvals.decide(acting, visit.field("approval"), approve=action == "approve")
            return
        change = next((each for each in FILES if each.value == visit.field("change")), None)
        content = self.use_cases.files().get(change) if change else None
        # What was shown is what is asked for: the file may have changed since.
        if change is None or content is None or content.digest.hex() != visit.field("digest"):
            raise GatewayError(ErrorKind.APPROVAL_REFUSED, visit.words("approvals.changed"))
        approvals.request(acting, change, content)

    def _page(self, visit: StaffVisit, **facts: object) -> Response:
        approvals = self.use_cases.approvals
        people = {each.person.id: each.person.login for each in self.use_cases.people.all()}
        shown = {
            "files": [
                (change, content, self._in_force(change, content.digest))
                for change, content in self.use_cases.files().items()
            ],
            "required": approvals.required,
            "newest": approvals.newest(),
            "people_by_id": people,
            "now": approvals.clock.now(),
        }
        return visit.page("staff_approvals.html", **(shown | facts))

    def _in_force(self, change: Change, digest: bytes) -> bool:
        done = self.use_cases.approvals.in_force(change)
        return done is not None and done.digest == digest
