"""The page of one transaction, and the cookie that unmasks it for a few minutes, for this path alone."""

from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.staff import Acting, Permission
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.console.showing import show
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.entrypoints.web.sessions import Signer
from gateway.usecases.console.unmask import LIFE
from gateway.usecases.console.views import Grave
from gateway.usecases.ports import Clock

CLEAR = "fehaciente-clear"


@dataclass(frozen=True, slots=True)
class StoryPages:
    use_cases: ConsoleUseCases
    signer: Signer
    clock: Clock

    def show(self, visit: StaffVisit, guid: str) -> Response:
        clear = self.is_clear(visit, guid)
        story = self.use_cases.story(visit.somebody, guid, clear=clear)
        if isinstance(story, Grave):
            return show(visit, "console_grave.html", "search", grave=story, status=410)
        return show(visit, "console_story.html", "search", story=story, base=visit.url(f"/console/t/{guid}"))

    def unmask(self, visit: StaffVisit, guid: str) -> Response:
        until = self.use_cases.unmask(Acting(visit.somebody, visit.reason()), guid)
        response = visit.go(f"/console/t/{guid}", visit.words("unmask.done", minutes=int(LIFE.seconds / 60)))
        held = self.signer.sign({"guid": guid, "who": visit.somebody.id, "until": int(until.timestamp())})
        response.set_cookie(
            CLEAR,
            held,
            max_age=int(LIFE.total_seconds()),
            path=visit.url(f"/console/t/{guid}"),
            secure=visit.room.secure,
            httponly=True,
            samesite="Strict",
        )
        return response

    def mask(self, visit: StaffVisit, guid: str) -> Response:
        """Before its time, for somebody comes near."""
        response = visit.go(f"/console/t/{guid}")
        response.delete_cookie(
            CLEAR, path=visit.url(f"/console/t/{guid}"), secure=visit.room.secure, httponly=True
        )
        return response

    def is_clear(self, visit: StaffVisit, guid: str) -> bool:
        """Whether this person unmasked this transaction a moment ago, and still may."""
        held = self.signer.open(visit.request.cookies.get(CLEAR, ""))
        if held is None or not visit.somebody.may(Permission.UNMASK):
            return False
        until = int(held["until"])
        return (held["guid"], held["who"]) == (
            guid,
            visit.somebody.id,
        ) and self.clock.now().timestamp() < until
