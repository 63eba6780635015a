"""The account pages as a WSGI application under /account: signing in, one's own account, people."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from werkzeug.routing import Map, Rule

from gateway.entrypoints.web.accounts.approvals_pages import ApprovalPages
from gateway.entrypoints.web.accounts.door import Door
from gateway.entrypoints.web.accounts.frame import StaffRoom, staff_app
from gateway.entrypoints.web.accounts.gate import SessionGate
from gateway.entrypoints.web.accounts.own_pages import OwnPages
from gateway.entrypoints.web.accounts.pages import StaffPages
from gateway.entrypoints.web.accounts.people_pages import PeoplePages
from gateway.entrypoints.web.accounts.provider_pages import ProviderPages
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.accounts.visit import Room
from gateway.entrypoints.web.sessions import Signer
from gateway.entrypoints.web.static_files import load_static

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# What answers while a session lacks something, or there is none.
FREE = frozenset(
    {"sign_in", "second_factor", "sign_out", "password", "enrol", "picture", "provider", "provided"}
)
_READ, _FORM, _POST = ("GET",), ("GET", "POST"), ("POST",)


def account_app(
    use_cases: AccountUseCases, gate: SessionGate, *, key: bytes, secure: bool, new_id: Callable[[], str]
) -> "WSGIApplication":
    """`key` (32 bytes at least) signs what browsers keep. Raises
    GatewayError(CONFIGURATION) for a short one."""
    room = Room(gate, StaffPages(load_static()), Signer(key, "staff said"), secure)
    door = Door(use_cases, gate, Signer(key, "staff device"), secure)
    provider = ProviderPages(use_cases, door, Signer(key, "staff provider"), secure)
    handlers = {
        **provider.handlers(),
        **door.handlers(),
        **OwnPages(use_cases, gate, door).handlers(),
        **PeoplePages(use_cases, gate).handlers(),
        **ApprovalPages(use_cases, gate).handlers(),
    }
    return staff_app(StaffRoom(room, account_urls(), handlers, FREE, settle=gate.settle), new_id=new_id)


def account_urls() -> Map:
    return Map(
        [
            Rule("/account", endpoint="overview", methods=_READ),
            Rule("/account/sign-in", endpoint="sign_in", methods=_FORM),
            Rule("/account/second-factor", endpoint="second_factor", methods=_FORM),
            Rule("/account/provider", endpoint="provider", methods=_READ),
            Rule("/account/provider/back", endpoint="provided", methods=_READ),
            Rule("/account/sign-out", endpoint="sign_out", methods=_POST),
            Rule("/account/password", endpoint="password", methods=_FORM),
            Rule("/account/enrol", endpoint="enrol", methods=_FORM),
            Rule("/account/enrol/picture.svg", endpoint="picture", methods=_READ),
            Rule("/account/factor", endpoint="factor", methods=_POST),
            Rule("/account/codes", endpoint="codes", methods=_POST),
            Rule("/account/confirm", endpoint="confirm", methods=_FORM),
            Rule("/account/sessions/end", endpoint="end_session", methods=_POST),
            Rule("/account/approvals", endpoint="approvals", methods=_FORM),
            Rule("/account/people", endpoint="people", methods=_READ),
            Rule("/account/people/new", endpoint="new_person", methods=_FORM),
            Rule("/account/people/<person>", endpoint="one_person", methods=_FORM),
        ],
        strict_slashes=False,
        merge_slashes=False,
    )
