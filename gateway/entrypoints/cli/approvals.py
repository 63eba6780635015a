"""`fehaciente approvals`: two persons for keys, trust anchors and the algorithm policy, without a browser.

Whoever asks or decides signs in: user name in `--login`, password and code typed, one a line.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.approval import Approval, Change
from gateway.domain.staff import Acting, Person
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time
from gateway.entrypoints.cli.staff import typed_password

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

CHANGES = tuple(change.value for change in Change)
LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What a single act is about, where the change is one."""

    issuer: int = 0
    certificate: Path | None = None
    keks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileState:
    """What lies on this machine, and whether it is in force."""

    change: str
    subject: str
    digest: str
    state: str


class ApprovalDesk(Protocol):
    """Requests and approvals of one installation."""

    def person(self, login: str, password: str, code: Callable[[], str]) -> Person:
        """Raises GatewayError(SIGN_IN_REFUSED). `code` is only asked of whoever has a second factor."""

    def request(self, acting: Acting, change: Change, about: Asked) -> Approval: ...
    def decide(self, acting: Acting, approval: str, approve: bool) -> Approval: ...
    def newest(self, limit: int) -> Sequence[Approval]: ...
    def files(self) -> Sequence[FileState]: ...


Open = Callable[[Path | None], AbstractContextManager[ApprovalDesk]]


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("approvals", help="two persons for keys, trust anchors, algorithm policy")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    request = actions.add_parser("request", help="ask for what the settings' files are now, or for an act")
    request.add_argument("change", choices=CHANGES)
    request.add_argument("--issuer", type=numbers.issuer, default=0, help="of ISSUER_CERTIFICATE")
    request.add_argument("--certificate", type=Path, help="of ISSUER_CERTIFICATE (PEM)")
    request.add_argument("--kek", action="append", default=[], help="of KEK_SHREDDING; may be repeated")
    _signed(request)
    for name, told in (("approve", "approve what another person asked for"), ("refuse", "refuse it")):
        decide = actions.add_parser(name, help=told)
        decide.add_argument("id")
        _signed(decide)
    actions.add_parser("list", help="requests and what became of them, newest first")
    actions.add_parser("files", help="what lies on this machine, and whether it is approved")


def _signed(command: argparse.ArgumentParser) -> None:
    command.add_argument("--login", required=True, help="who does it; the password and code are typed")
    command.add_argument("--reason", required=True, help="stays in the audit log: no personal data")


def run(asked: argparse.Namespace, opened: Open) -> int:
    """Carry out one action. Raises GatewayError."""
    with opened(asked.config) as desk:
        if asked.action == "list":
            for approval in desk.newest(LIMIT):
                _line(approval)
        elif asked.action == "files":
            for each in desk.files():
                line(each.change, each.state, each.digest, each.subject)
        else:
            person = desk.person(asked.login, typed_password(), lambda: typed_password("Code: "))
            _line(_done(asked, desk, Acting(person, asked.reason)))
    return 0


def _done(asked: argparse.Namespace, desk: ApprovalDesk, acting: Acting) -> Approval:
    if asked.action == "request":
        about = Asked(asked.issuer, asked.certificate, tuple(asked.kek))
        return desk.request(acting, Change(asked.change), about)
    return desk.decide(acting, asked.id, asked.action == "approve")


def _line(approval: Approval) -> None:
    line(
        approval.id,
        approval.change.value,
        approval.state.value,
        approval.digest.hex(),
        f"by={approval.requested_by}",
        f"decided={approval.decided_by}",
        f"until={time(approval.ends_at)}",
        approval.subject,
        approval.reason,
    )
