"""`fehaciente feedback`: where issuers are told of events, what became of it, and telling it again.

A secret is printed once, when it is made. Everything is decided by the use cases behind `FeedbackDesk`.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import (
    EVERYTHING,
    Answer,
    Attempt,
    FeedbackKind,
    Queued,
    SealedSecret,
    Subscription,
    Telling,
)
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time
from gateway.usecases.feedback.subscriptions import NewSecret, Wanted

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

DONE, FAILED = 0, 1
DEAD_LIMIT = 1000
PIN_DIGITS = 64


class FeedbackDesk(Protocol):
    """Feedback of one installation."""

    def add(self, wanted: Wanted) -> NewSecret: ...
    def list(self, issuer: int | None) -> Sequence[tuple[Subscription, Sequence[SealedSecret]]]: ...
    def set_enabled(self, subscription: str, enabled: bool) -> bool: ...
    def add_secret(self, subscription: str, secret: str) -> NewSecret: ...
    def drop_secret(self, subscription: str, key_id: str) -> None: ...
    def attempts(self, guid: str) -> Sequence[tuple[Queued, Sequence[Attempt]]]: ...
    def dead(self, limit: int) -> Sequence[Queued]: ...
    def replay(self, notification: str) -> None: ...
    def test(self, subscription: str) -> Answer: ...


Open = Callable[[Path | None], AbstractContextManager[FeedbackDesk]]


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("feedback", help="telling issuers' own systems of every event")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    _add(actions)
    listed = actions.add_parser("list", help="subscriptions, and how their addresses do")
    listed.add_argument("--issuer", type=numbers.issuer, help="only of this one")
    for name, text in (
        ("disable", "queue nothing more and call no more"),
        ("enable", "call again, and first of all what waits"),
        ("test", "send the event TEST, and tell the answer"),
    ):
        actions.add_parser(name, help=text).add_argument("subscription")
    secret = actions.add_parser("secret", help="give a webhook a second secret, or take the old one away")
    secret.add_argument("subscription")
    secret.add_argument("--file", type=Path, help="the secret; without, one is made and printed")
    secret.add_argument("--drop", metavar="KEY-ID", help="take this one away")
    actions.add_parser("attempts", help="what became of each event of a transaction").add_argument("guid")
    actions.add_parser("dead", help="what was given up, and waits to be replayed")
    actions.add_parser("replay", help="tell one again under the same id").add_argument("notification")


def _add(actions: "Commands") -> None:
    add = actions.add_parser("add", help="tell an issuer's system; prints a webhook's secret, once")
    add.add_argument("issuer", type=numbers.issuer)
    add.add_argument("kind", choices=[kind.value.lower() for kind in FeedbackKind])
    add.add_argument("address", help="https: address")
    add.add_argument("--event", action="append", default=[], help="kind of event (default: every one)")
    add.add_argument("--pin", action="append", default=[], type=_pin, help="SHA-256 of its public key (hex)")
    add.add_argument("--ca", type=Path, metavar="ROOT.pem", help="the only roots to trust")
    add.add_argument("--secret-file", type=Path, help="the secret; without, one is made and printed")


def run(asked: argparse.Namespace, opened: Open) -> int:
    with opened(asked.config) as desk:
        return ACTIONS[asked.action](asked, desk)


def _subscribe(asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    wanted = Wanted(
        issuer=asked.issuer,
        kind=FeedbackKind(asked.kind.upper()),
        address=asked.address,
        events=tuple(asked.event) or (EVERYTHING,),
        pins=tuple(asked.pin),
        ca=asked.ca.read_bytes() if asked.ca else b"",
        secret=_secret_in(asked.secret_file),
    )
    _new(desk.add(wanted), told=bool(asked.secret_file))
    return DONE


def _list(asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    for each, secrets in desk.list(asked.issuer):
        resting = each.rest_until and f"rests-until={time(each.rest_until)}"
        line(
            each.id,
            f"{each.issuer:04d}",
            each.kind.value,
            each.address,
            ",".join(each.events),
            "enabled" if each.enabled else f"stopped={each.stopped}",
            f"pins={len(each.pins)}",
            f"keys={','.join(secret.key_id for secret in secrets)}",
            f"failures={each.failures}",
            resting or "",
        )
    return DONE


def _set_enabled(asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    if not desk.set_enabled(asked.subscription, asked.action == "enable"):
        raise GatewayError(ErrorKind.RULE_BROKEN, f"it is {asked.action}d already")
    return DONE


def _secret(asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    if asked.drop:
        desk.drop_secret(asked.subscription, asked.drop)
    else:
        _new(desk.add_secret(asked.subscription, _secret_in(asked.file)), told=bool(asked.file))
    return DONE


def _attempts(asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    for queued, attempts in desk.attempts(asked.guid):
        _notification(queued)
        for each in attempts:
            took = (each.finished_at - each.intended_at).total_seconds() if each.finished_at else None
            line(
                "attempt",
                str(each.number),
                time(each.intended_at),
                each.telling.value if each.telling else "UNKNOWN",
                f"http={each.status or ''}",
                "seconds=" if took is None else f"seconds={took:.3f}",
                each.detail,
            )
    return DONE


def _dead(_asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    for queued in desk.dead(DEAD_LIMIT):
        _notification(queued)
    return DONE


def _replay(asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    desk.replay(asked.notification)
    return DONE


def _test(asked: argparse.Namespace, desk: FeedbackDesk) -> int:
    answer = desk.test(asked.subscription)
    line(answer.telling.value, f"http={answer.status or ''}", answer.detail)
    return DONE if answer.telling is Telling.ACKNOWLEDGED else FAILED


def _new(made: NewSecret, *, told: bool) -> None:
    """Whoever brought the secret in a file knows it."""
    fields = [f"key={made.key_id}"] if made.key_id else []
    fields += [f"secret={made.secret}"] if made.secret and not told else []
    line("subscription", made.subscription.id, *fields)


def _notification(queued: Queued) -> None:
    told = queued.notification
    line(
        told.id,
        told.guid,
        str(told.sequence),
        told.kind,
        queued.phase.value,
        f"subscription={queued.subscription}",
        f"attempts={queued.attempts}",
        f"due={time(queued.due_at)}",
    )


def _secret_in(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        return file.read_text("ascii").strip()
    except UnicodeDecodeError:
        raise GatewayError(ErrorKind.RULE_BROKEN, "a secret is printable ASCII") from None


def _pin(text: str) -> bytes:
    plain = text.replace(":", "").lower()
    if len(plain) != PIN_DIGITS or not all(digit in "0123456789abcdef" for digit in plain):
        raise argparse.ArgumentTypeError("64 hexadecimal digits are wanted")
    return bytes.fromhex(plain)


ACTIONS: dict[str, Callable[[argparse.Namespace, FeedbackDesk], int]] = {
    "add": _subscribe,
    "list": _list,
    "enable": _set_enabled,
    "disable": _set_enabled,
    "secret": _secret,
    "attempts": _attempts,
    "dead": _dead,
    "replay": _replay,
    "test": _test,
}
