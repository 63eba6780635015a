"""`fehaciente issuer alerts`: whether an issuer is alerted by e-mail, of all three or none, and where."""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACTION = "alerts"


class Chosen(Protocol):
    @property
    def on(self) -> bool: ...
    @property
    def addresses(self) -> Sequence[str]: ...


class AlertDesk(Protocol):
    def chosen(self, number: int) -> Chosen: ...
    def turn(self, number: int, on: bool) -> None: ...
    def add(self, number: int, address: str) -> None: ...
    def remove(self, number: int, address: str) -> None: ...


Open = Callable[[Path | None], AbstractContextManager[AlertDesk]]


def add_grammar(actions: "Commands") -> None:
    alerts = actions.add_parser(ACTION, help="e-mails to the issuer: generated, processed, finished")
    alerts.add_argument("number", type=numbers.issuer)
    alerts.add_argument("what", choices=("on", "off", "add", "remove", "list"), nargs="?", default="list")
    alerts.add_argument("address", nargs="?", default="", help="mailbox; without any, the issuer's contact")


def run(asked: argparse.Namespace, opened: Open) -> int:
    """Prints `on` or `off`, then the mailboxes that are written to."""
    with opened(asked.config) as desk:
        if asked.what in {"add", "remove"}:
            if not asked.address:
                raise GatewayError(ErrorKind.ALERT_ADDRESS, "which one?")
            act = desk.add if asked.what == "add" else desk.remove
            act(asked.number, asked.address)
        elif asked.what in {"on", "off"}:
            desk.turn(asked.number, asked.what == "on")
        chosen = desk.chosen(asked.number)
    line("on" if chosen.on else "off", *chosen.addresses)
    return 0
