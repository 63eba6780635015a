"""`fehaciente circuit explain` and `fehaciente issuer circuit`: what is sent next, why, by which rules."""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from gateway.domain.circuits import Circuit, Condition, Limits, Rule
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.quiet import QuietHours
from gateway.domain.retention import Duration
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time
from gateway.usecases.circuits.explain import Explained

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

ACTION = "circuit"
CONDITIONS = (Condition.UNDELIVERED.value, Condition.UNOPENED.value)


class Explain(Protocol):
    def __call__(self, guid: str) -> Sequence[Explained]: ...


class OfIssuer(Protocol):
    def __call__(self, number: int, circuit: Circuit | None) -> Circuit: ...


@dataclass(frozen=True, slots=True)
class CircuitDesk:
    explain: Explain
    of_issuer: OfIssuer


Open = Callable[[Path | None], AbstractContextManager[CircuitDesk]]


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser(ACTION, help="reminders and other channels by rule")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    explain = actions.add_parser("explain", help="what will happen next to each recipient, and why")
    explain.add_argument("guid")


def add_issuer_grammar(actions: "Commands") -> None:
    circuit = actions.add_parser(ACTION, help="rules for its transactions that bring none of their own")
    circuit.add_argument("number", type=numbers.issuer)
    circuit.add_argument("--fallback", nargs=3, action="append", metavar=("AFTER", "CONDITION", "CHANNEL"),
                         help="as in PT0S UNDELIVERED SMS, or P2D UNOPENED POSTAL")  # fmt: skip
    circuit.add_argument(
        "--reminder", nargs=2, action="append", metavar=("AFTER", "CHANNEL"), help="P3D EMAIL"
    )
    circuit.add_argument(
        "--although-unknown", action="store_true", help="repeat what perhaps left and is paid"
    )
    circuit.add_argument("--quiet", metavar="HH:MM-HH:MM", help='hours in which none is sent; "" for none')
    circuit.add_argument("--zone", help="zone of these hours, as Europe/Madrid")
    circuit.add_argument("--most", type=int, metavar="N", help="messages of a circuit to one recipient")
    circuit.add_argument("--a-day", type=int, metavar="N", help="messages to one recipient in 24 hours")
    circuit.add_argument("--apart", type=int, metavar="MINUTES", help="between two messages")
    circuit.add_argument("--none", action="store_true", help="no rules any more")


def run(asked: argparse.Namespace, open_desk: Open) -> int:
    with open_desk(asked.config) as desk:
        for each in desk.explain(asked.guid):
            _explained(each, asked.language)
    return 0


def run_issuer(asked: argparse.Namespace, open_desk: Open) -> int:
    """Without options it prints what holds; with them it holds for what is submitted from now on."""
    with open_desk(asked.config) as desk:
        before = desk.of_issuer(asked.number, None)
        after = _changed(asked, before)
        circuit = before if after == before else desk.of_issuer(asked.number, after)
    for rule in circuit.rules:
        line(rule.name, *_rule(rule))
    limits = circuit.limits
    line("quiet", str(limits.quiet or "-"), limits.zone)
    line("limits", f"most {limits.most}", f"a day {limits.a_day}", f"apart {limits.apart}")
    return 0


def _explained(each: Explained, language: str) -> None:
    """Lines of one recipient: what comes next, what was sent, and each rule as it stands."""
    place, step = str(each.position + 1), each.step
    when = (time(step.at),) if step.at else ()
    what = (step.rule.name, step.rule.channel.value) if step.rule else ()
    line("recipient", place, step.action.value, *what, *when, step.why.text.in_language(language))
    for sending in each.standing.sendings:
        line("sent", place, sending.channel.value, time(sending.at), sending.fate.value, sending.rule or "-")
    for seen in each.prospects:
        due = time(seen.at) if seen.at else "-"
        line(seen.rule.name, place, *_rule(seen.rule), due, seen.why.text.in_language(language))


def _rule(rule: Rule) -> tuple[str, ...]:
    after = f"P{rule.after.months}M" if rule.after.months else ""
    after += f" {timedelta(seconds=rule.after.seconds)}" if rule.after.seconds or not after else ""
    unknown = ("although unknown",) if rule.although_unknown else ()
    return (after.strip(), rule.condition.value, rule.channel.value, *unknown)


def _changed(asked: argparse.Namespace, before: Circuit) -> Circuit:
    """Raises GatewayError(CIRCUIT_REFUSED) for words that are no rule."""
    try:
        rules = _rules(asked)
        quiet = QuietHours.parse(asked.quiet) if asked.quiet is not None else before.limits.quiet
    except ValueError as error:
        raise GatewayError(ErrorKind.CIRCUIT_REFUSED, str(error)) from None
    return Circuit(() if asked.none else rules or before.rules, _limits(asked, before.limits, quiet))


def _limits(asked: argparse.Namespace, before: Limits, quiet: QuietHours | None) -> Limits:
    apart = timedelta(minutes=asked.apart) if asked.apart is not None else None
    said: dict[str, Any] = {"zone": asked.zone, "most": asked.most, "a_day": asked.a_day, "apart": apart}
    return replace(before, quiet=quiet, **{name: value for name, value in said.items() if value is not None})


def _rules(asked: argparse.Namespace) -> tuple[Rule, ...]:
    unknown = asked.although_unknown
    fallbacks = [
        Rule(f"fallback {n}", Duration.parse(after), Channel(channel), Condition(condition), unknown)
        for n, (after, condition, channel) in enumerate(asked.fallback or (), 1)
    ]
    if any(rule.condition.value not in CONDITIONS for rule in fallbacks):
        raise ValueError(f"a condition is one of {', '.join(CONDITIONS)}")
    reminders = (
        Rule(f"reminder {n}", Duration.parse(after), Channel(channel), Condition.NOT_ACTED, unknown)
        for n, (after, channel) in enumerate(asked.reminder or (), 1)
    )
    return (*fallbacks, *reminders)
