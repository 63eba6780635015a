"""`fehaciente issuer origins`: whose pages may show the portal of an issuer's transactions in a frame."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACTION = "origins"


class OriginDesk(Protocol):
    def origins(self, number: int) -> Sequence[str]: ...
    def add_origin(self, number: int, text: str) -> bool: ...
    def remove_origin(self, number: int, text: str) -> bool: ...


def add_grammar(actions: "Commands") -> None:
    origins = actions.add_parser(ACTION, help="web sites that may show the portal in a frame (GetAccessUrl)")
    origins.add_argument("number", type=numbers.issuer)
    origins.add_argument("what", choices=("add", "remove", "list"), nargs="?", default="list")
    origins.add_argument("origin", nargs="?", default="", help="as in https://www.bank.example")


def run(asked: argparse.Namespace, desk: OriginDesk) -> int:
    """Prints those that are registered then."""
    if asked.what != "list" and not asked.origin:
        raise GatewayError(ErrorKind.ORIGIN_INVALID, "which origin?")
    if asked.what == "add":
        desk.add_origin(asked.number, asked.origin)
    elif asked.what == "remove" and not desk.remove_origin(asked.number, asked.origin):
        raise GatewayError(ErrorKind.ORIGIN_INVALID, "it is not registered")
    for origin in desk.origins(asked.number):
        line(origin)
    return 0
