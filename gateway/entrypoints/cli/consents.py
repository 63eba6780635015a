"""`fehaciente issuer consents`: what a person accepted and consented to; taking it back."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gateway.domain.consents import GivenConsent
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time
from gateway.usecases.accepted_texts import AcceptedText

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACTION = "consents"


class AcceptedOf(Protocol):
    def __call__(self, issuer: int, identity: str) -> Sequence[AcceptedText]: ...


class Book(Protocol):
    def list(self, issuer: int, identity: str) -> Sequence[GivenConsent]: ...
    def withdraw(self, issuer: int, identity: str, consent: str, reason: str) -> int: ...


@dataclass(frozen=True, slots=True)
class ConsentDesk:
    accepted: AcceptedOf
    book: Book


def add_grammar(actions: "Commands") -> None:
    consents = actions.add_parser(ACTION, help="what a person has accepted from an issuer, and consented to")
    consents.add_argument("number", type=numbers.issuer)
    consents.add_argument("identity", help="the person's number, as in 12345678Z")
    consents.add_argument("--withdraw", metavar="ID", default="", help="take this consent back")
    consents.add_argument("--reason", metavar="WORD", default="by-request", help="one opaque word, audited")


def run(asked: argparse.Namespace, desk: ConsentDesk) -> int:
    """A line each: `accepted`, GUID, time (UTC), SHA-256 of the text, subject; `consent`, GUID, time,
    SHA-256, id, version, purpose, when it was withdrawn."""
    if asked.withdraw:
        desk.book.withdraw(asked.number, asked.identity, asked.withdraw, asked.reason)
    for text in desk.accepted(asked.number, asked.identity):
        line("accepted", text.guid, time(text.at), text.text_sha256, text.subject)
    for each in desk.book.list(asked.number, asked.identity):
        withdrawn = time(each.withdrawn_at) if each.withdrawn_at else "in force"
        what = (each.text_sha256.hex(), each.consent, each.version, each.purpose.value)
        line("consent", each.guid, time(each.given_at), *what, withdrawn)
    return 0
