"""`fehaciente issuer consents`: what a person has accepted from an issuer, a line each."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time
from gateway.usecases.consents import Consent

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACTION = "consents"


class ConsentsOf(Protocol):
    def __call__(self, issuer: int, identity: str) -> Sequence[Consent]: ...


def add_grammar(actions: "Commands") -> None:
    consents = actions.add_parser(ACTION, help="what a person has accepted from an issuer (ACCEPTANCE)")
    consents.add_argument("number", type=numbers.issuer)
    consents.add_argument("identity", help="the person's number, as in 12345678Z")


def run(asked: argparse.Namespace, consents_of: ConsentsOf) -> int:
    """Prints GUID, time (UTC), SHA-256 of the text, subject. Nothing: they accepted nothing."""
    for consent in consents_of(asked.number, asked.identity):
        line(consent.guid, time(consent.at), consent.text_sha256, consent.subject)
    return 0
