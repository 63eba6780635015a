"""`fehaciente staff`: the people who sign in to the consoles. The first of them is made here.

A provisional password is printed once, or typed; whoever gets it must change it when they first sign in.
"""

import argparse
import getpass
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Role
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line
from gateway.usecases.accounts.people import NewPerson, People

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

Open = Callable[[Path | None], AbstractContextManager[People]]
ROLES = tuple(role.value for role in Role)


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("staff", help="people who sign in to the support console or the web sender")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="somebody new; prints a provisional password")
    add.add_argument("login")
    add.add_argument("--name", required=True, help="as colleagues know them")
    add.add_argument("--role", required=True, choices=ROLES)
    add.add_argument("--issuer", type=numbers.issuer, help="whose sender they are")
    add.add_argument("--speaks", choices=("es", "en"), default="es", help="language of their pages")
    _password(add)
    actions.add_parser("list", help="everybody")
    for name, told in (("disable", "let somebody in no more"), ("enable", "let somebody in again")):
        actions.add_parser(name, help=told).add_argument("login")
    reset = actions.add_parser("reset", help="a new provisional password, and no second factor")
    reset.add_argument("login")
    _password(reset)
    role = actions.add_parser("role", help="give somebody another role")
    role.add_argument("login")
    role.add_argument("role", choices=ROLES)
    role.add_argument("--issuer", type=numbers.issuer, help="whose sender they are")
    bind = actions.add_parser("bind", help="say who somebody is at the identity provider")
    bind.add_argument("login")
    bind.add_argument("--subject", default="", help="its `sub` claim (default: nobody any more)")


def _password(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--type-password", action="store_true", help="ask for the provisional password instead of drawing it"
    )


def run(asked: argparse.Namespace, opened: Open) -> int:
    """Carry out one action. Raises GatewayError."""
    with opened(asked.config) as people:
        ACTIONS[asked.action](asked, people)
    return 0


def typed_password(prompt: str = "Password: ") -> str:
    """From the terminal without echo, or the first line of what is piped in."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def _add(asked: argparse.Namespace, people: People) -> None:
    new = NewPerson(asked.login, asked.name, Role(asked.role), asked.issuer, asked.speaks)
    person, password = people.add(None, new, _chosen(asked))
    line("staff", person.login, person.id, *_told(asked, password))


def _list(_asked: argparse.Namespace, people: People) -> None:
    for account in people.all():
        person = account.person
        line(
            person.login,
            person.id,
            person.role.value,
            "" if person.issuer is None else f"issuer={person.issuer:04d}",
            "active" if person.active else "disabled",
            "second-factor" if account.enrolled else "no-second-factor",
            "provider" if account.provided else "",
            person.name,
        )


def _reset(asked: argparse.Namespace, people: People) -> None:
    person = people.by_login(asked.login).person
    password = people.reset(None, person.id, _chosen(asked))
    line("staff", person.login, person.id, *_told(asked, password))


def _role(asked: argparse.Namespace, people: People) -> None:
    person = people.by_login(asked.login).person
    changed = people.set_role(None, person.id, Role(asked.role), asked.issuer)
    line("staff", changed.login, changed.id, changed.role.value)


def _switch(asked: argparse.Namespace, people: People) -> None:
    person = people.by_login(asked.login).person
    people.set_active(None, person.id, asked.action == "enable")
    line("staff", person.login, person.id, f"{asked.action}d")


def _bind(asked: argparse.Namespace, people: People) -> None:
    person = people.by_login(asked.login).person
    people.bind(None, person.id, asked.subject)
    line("staff", person.login, person.id, "bound" if asked.subject else "unbound")


def _chosen(asked: argparse.Namespace) -> str:
    if not asked.type_password:
        return ""
    typed = typed_password()
    if not typed:
        raise GatewayError(ErrorKind.PASSWORD_REFUSED, "none was typed")
    return typed


def _told(asked: argparse.Namespace, password: str) -> tuple[str, ...]:
    """What was typed is known already."""
    return () if asked.type_password else (f"password={password}",)


ACTIONS: dict[str, Callable[[argparse.Namespace, People], None]] = {
    "add": _add,
    "list": _list,
    "reset": _reset,
    "role": _role,
    "disable": _switch,
    "enable": _switch,
    "bind": _bind,
}
