"""`fehaciente issuer key`: the keys with which the gateway signs for issuers without integration.

It reads words and prints facts, and shows no key.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time
from gateway.usecases.ports import HeldKey

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACTION = "key"


class IssuerKeyDesk(Protocol):
    """The held keys of one installation."""

    def held(self, issuer: int) -> Sequence[HeldKey]: ...
    def add(self, issuer: int, key_pem: bytes, chain_pem: bytes) -> Sequence[HeldKey]: ...
    def issue(self, issuer: int) -> Sequence[HeldKey]:
        """A new one of the development PKI."""

    def retire(self, issuer: int, certificate_sha256: str) -> bool: ...


Open = Callable[[Path | None], AbstractContextManager[IssuerKeyDesk]]


def add_grammar(actions: "Commands") -> None:
    key = actions.add_parser(ACTION, help="keys that sign for an issuer without integration; lists them")
    key.add_argument("number", type=numbers.issuer)
    what = key.add_mutually_exclusive_group()
    what.add_argument("--issue", action="store_true", help="make, register and use a new one (dev PKI)")
    what.add_argument("--add", nargs=2, type=Path, metavar=("KEY.pem", "CHAIN.pem"), help="use this one")
    what.add_argument("--retire", metavar="SHA256", help="destroy the key of this certificate")


def run(asked: argparse.Namespace, opened: Open) -> int:
    """Newest last; the one that signs now says so."""
    with opened(asked.config) as desk:
        if asked.issue:
            desk.issue(asked.number)
        elif asked.add:
            key, chain = asked.add
            desk.add(asked.number, key.read_bytes(), chain.read_bytes())
        elif asked.retire and not desk.retire(asked.number, asked.retire):
            raise GatewayError(ErrorKind.RULE_BROKEN, "the issuer has no such certificate")
        for held in desk.held(asked.number):
            line("signs" if held.signs else "kept", held.sha256, time(held.not_after), held.subject)
    return 0
