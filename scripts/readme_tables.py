"""The parts of the README that are generated from the code, between markers; a test diffs them.

`python -m scripts.readme_tables` rewrites the README, `--check` only says whether it is up to date.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

from gateway import settings
from gateway.domain.catalogue import CATALOGUE
from gateway.domain.errors import ErrorKind
from gateway.domain.results import Result
from gateway.domain.states import TRANSITIONS, Event, State
from gateway.domain.timeline import RESULTS
from gateway.entrypoints.cli.arguments import parser

README = Path(__file__).resolve().parent.parent / "README.md"
MARKED = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def states() -> str:
    """Each state with the events that lead further and those that are kept where they are."""
    rows = ["| n | state | moves on by | keeps as events |", "|---|---|---|---|"]
    for state in State:
        moves = [(event, TRANSITIONS[state, event].to) for event in Event if (state, event) in TRANSITIONS]
        onward = ", ".join(f"{event.value} → {to:d}" for event, to in moves if to is not state)
        kept = ", ".join(event.value for event, to in moves if to is state)
        rows.append(f"| {state:d} | {state.name} | {onward or '(terminal)'} | {kept} |")
    return "\n".join(rows)


def results() -> str:
    rows = ["| n | result | meaning |", "|---|---|---|"]
    rows += [f"| {result:d} | {result.name} | {RESULTS[result].en} |" for result in Result]
    return "\n".join(rows)


def services() -> str:
    rows = ["| service | known in Spain as | act | codes | ends |", "|---|---|---|---|---|"]
    for service, profile in CATALOGUE.items():
        ends = profile.decision.value.lower().replace("_", " ")
        act = profile.act.value.lower()
        rows.append(f"| {service.value} | {profile.title.es} | {act} | {profile.codes} | {ends} |")
    return "\n".join(rows)


def errors() -> str:
    rows = ["| code | English | Spanish |", "|---|---|---|"]
    rows += [f"| {kind.code} | {kind.text.en} | {kind.text.es} |" for kind in ErrorKind]
    return "\n".join(rows)


def commands() -> str:
    return f"```\n{parser().format_help()}```"


PARTS: dict[str, Callable[[], str]] = {
    "states": states,
    "results": results,
    "services": services,
    "errors": errors,
    "commands": commands,
    "settings": settings.reference,
}


def regenerated(text: str) -> str:
    """`text` with every marked part as the code says it is; raises KeyError for an unknown marker."""
    return MARKED.sub(lambda found: f"{found[1]}{PARTS[found[2]]()}\n{found[3]}", text)


def main() -> int:
    text = README.read_text(encoding="utf-8")
    fresh = regenerated(text)
    if "--check" not in sys.argv:
        README.write_text(fresh, encoding="utf-8")
    return int(fresh != text and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
