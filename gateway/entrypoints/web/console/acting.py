"""Pages of actions: a page to confirm with a reason, then the use case, once however often it is sent."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from gateway.domain.cancellation import TEXTS, CancelCode
from gateway.domain.contact import Contact, ContactKind
from gateway.domain.errors import Blame, ErrorKind, GatewayError
from gateway.domain.retention import Duration
from gateway.domain.staff import Acting, Permission
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.console.showing import show
from gateway.entrypoints.web.console.use_cases import Actions, ConsoleUseCases
from gateway.usecases.console.views import Grave

UNPROCESSABLE = 422
MOST_YEARS = 50
# What the page itself tells beside the form; anything else has its own page.
IN_FORM = frozenset(
    {
        ErrorKind.RULE_BROKEN,
        ErrorKind.CONTACT_INVALID,
        ErrorKind.PHONE_IMPOSSIBLE,
        ErrorKind.CONTACT_BLOCKED,
        ErrorKind.NOTHING_TO_CHANGE,
        ErrorKind.RECIPIENT_DECIDED,
        ErrorKind.STEP_OUT_OF_ORDER,
        ErrorKind.CLOSED,
        ErrorKind.NOT_AVAILABLE_YET,
    }
)
Done = Callable[[Actions, StaffVisit, Acting, str, int], object]


@dataclass(frozen=True, slots=True)
class Action:
    """`of_recipient`: it is about one of them. `done` gets the transaction's GUID and the position."""

    permission: Permission
    done: Done
    of_recipient: bool = False
    dangerous: bool = False


def _resend(actions: Actions, visit: StaffVisit, acting: Acting, guid: str, position: int) -> object:
    return actions.resend(acting, guid, position, visit.field("once"))


def _correct(actions: Actions, visit: StaffVisit, acting: Acting, guid: str, position: int) -> object:
    contact = Contact(email=visit.field("email"), phone=visit.field("phone"))
    former = bool(visit.field("block_former"))
    return actions.correct.by_staff(acting, guid, position, contact, block_former=former)


def _block(actions: Actions, visit: StaffVisit, acting: Acting, guid: str, position: int) -> object:
    kind = ContactKind(visit.field("kind"))
    return actions.block(acting, guid, position, kind, everywhere=bool(visit.field("everywhere")))


def _unblock(actions: Actions, visit: StaffVisit, acting: Acting, guid: str, position: int) -> object:
    kind = ContactKind(visit.field("kind"))
    former, everywhere = visit.field("former").strip(), bool(visit.field("everywhere"))
    released = actions.block.unblock(acting, guid, position, kind, everywhere=everywhere, former=former)
    if former and not released:
        # Mistyped, perhaps: nothing was blocked that is called so.
        raise ValueError
    return released


def _cancel(actions: Actions, visit: StaffVisit, acting: Acting, guid: str, _position: int) -> object:
    return actions.close(acting, guid, CancelCode(visit.field("code")), acting.reason)


def _extend(actions: Actions, visit: StaffVisit, acting: Acting, guid: str, _position: int) -> object:
    years = int(visit.field("years"))
    if not 1 <= years <= MOST_YEARS:
        raise ValueError
    return actions.extend(acting, guid, Duration(months=12 * years), visit.field("once")[:40])


# What a form that was not taken shows again.
GIVEN = ("reason", "email", "phone", "years", "code", "kind", "block_former")
ACTIONS: Mapping[str, Action] = {
    "resend": Action(Permission.ACT, _resend, of_recipient=True),
    "correct": Action(Permission.ACT, _correct, of_recipient=True),
    "block": Action(Permission.ACT, _block, of_recipient=True, dangerous=True),
    "unblock": Action(Permission.ACT, _unblock, of_recipient=True),
    "cancel": Action(Permission.CANCEL, _cancel, dangerous=True),
    "extend": Action(Permission.EXTEND, _extend),
}


@dataclass(frozen=True, slots=True)
class ActionPages:
    use_cases: ConsoleUseCases

    def confirm(self, visit: StaffVisit, guid: str, action: str) -> Response:
        """GET: what will be done to whom, and the reason's field."""
        _, position = self._asked(visit, action, visit.request.args.get("to", "0"))
        return self._form(visit, guid, action, position)

    def do(self, visit: StaffVisit, guid: str, action: str) -> Response:
        chosen, position = self._asked(visit, action, visit.field("to"))
        try:
            acting = Acting(visit.somebody, visit.reason())
            if not self.use_cases.once(visit.somebody, visit.field("once")):
                return visit.go(f"/console/t/{guid}", visit.words("act.again"), "warn")
            chosen.done(self.use_cases.actions, visit, acting, guid, position)
        except ValueError:
            return self._form(visit, guid, action, position, problem=visit.words("act.bad_value"))
        except GatewayError as error:
            if error.kind not in IN_FORM or error.kind.blame is not Blame.SENDER:
                raise
            text = error.kind.text.in_language(visit.words.language)
            told = error.detail if error.kind is ErrorKind.RULE_BROKEN and error.detail else text
            return self._form(visit, guid, action, position, problem=told)
        return visit.go(f"/console/t/{guid}", visit.words(f"act.{action}.done"))

    def retry(self, visit: StaffVisit, task: str) -> Response:
        """POST: have a dead task tried again."""
        tried = self.use_cases.actions.retry(Acting(visit.somebody, visit.reason()), task)
        text = visit.words("act.retry.done" if tried else "act.retry.alive")
        return visit.go(_back(visit), text, "good" if tried else "warn")

    def replay(self, visit: StaffVisit, notification: str) -> Response:
        """POST: tell the issuer again."""
        self.use_cases.actions.feedback.replay(Acting(visit.somebody, visit.reason()), notification)
        return visit.go(_back(visit), visit.words("act.replay.done"))

    def match(self, visit: StaffVisit) -> Response:
        """POST: look for the messages of reports that nobody knew."""
        matched = self.use_cases.actions.match(Acting(visit.somebody, visit.reason()))
        text = visit.words("act.match.done" if matched else "act.match.none")
        return visit.go("/console/queues", text, "good" if matched else "warn")

    def _asked(self, visit: StaffVisit, action: str, to: str) -> tuple[Action, int]:
        chosen = ACTIONS.get(action)
        if chosen is None or not to.isdecimal() or len(to) > len("99999"):
            raise NotFound
        if not visit.somebody.may(chosen.permission):
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        return chosen, int(to)

    def _form(self, visit: StaffVisit, guid: str, action: str, position: int, problem: str = "") -> Response:
        story = self.use_cases.story(visit.somebody, guid)
        if isinstance(story, Grave):
            raise GatewayError(ErrorKind.PURGED)
        chosen = ACTIONS[action]
        people = [each for each in story.recipients if each.position == position]
        if chosen.of_recipient and not people:
            raise GatewayError(ErrorKind.RECIPIENT_NOT_FOUND)
        language = visit.words.language
        return show(
            visit,
            "console_action.html",
            "search",
            story=story,
            action=action,
            chosen=chosen,
            recipient=people[0] if chosen.of_recipient else None,
            position=position,
            codes=[(code.value, TEXTS[code].in_language(language)) for code in CancelCode],
            kinds=[(kind.value, visit.words(f"contact.{kind.value}")) for kind in ContactKind],
            once=secrets.token_urlsafe(16),
            given={name: visit.field(name) for name in GIVEN},
            problem=problem,
            field="",
            status=UNPROCESSABLE if problem else 200,
        )


def _back(visit: StaffVisit) -> str:
    """To the page that the button was on: one of ours or the queues."""
    path = visit.field("back")
    return (
        path
        if path.startswith("/console/") and path.isprintable() and "//" not in path
        else "/console/queues"
    )
