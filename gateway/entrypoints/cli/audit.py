"""`fehaciente audit`: the audit log's rows, and whether its chains hold, by what is held outside as well.

It reads words and prints facts; what a sound chain is stands in the domain.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.audit import NODE, Anchor, AuditEntry, AuditHead, ChainReport
from gateway.domain.validation import Indication
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SOUND, BROKEN, UNDECIDED = 0, 1, 3
SEPARATOR = "@"


class AuditDesk(Protocol):
    """The audit log of one installation, every node's."""

    def verify(self, kept: Sequence[AuditHead]) -> Sequence[ChainReport]: ...
    def anchor(self, file: Path) -> Anchor:
        """The heads of a deposit file. Raises GatewayError when it is none, forged, or somebody else's."""

    def heads(self) -> Sequence[AuditHead]: ...
    def entries(self, node: str, after: int, limit: int) -> Sequence[AuditEntry]: ...


Open = Callable[[Path | None], AbstractContextManager[AuditDesk]]


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("audit", help="the hash-chained audit log")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser(
        "verify", help="name the first bad row of each node's chain; exits with 1 (3: undecided)"
    )
    verify.add_argument(
        "--head",
        action="append",
        default=[],
        type=_head,
        metavar="NODE@NUMBER@SHA256",
        help="a head that was written down elsewhere, as `audit heads` prints it",
    )
    verify.add_argument(
        "--anchor",
        action="append",
        default=[],
        type=Path,
        metavar="DEPOSIT.xml",
        help="a deposit file as the notary holds it; the newest is enough, more narrow a fault down",
    )
    actions.add_parser("heads", help="the newest entry of each node, to be kept elsewhere")
    entries = actions.add_parser("list", help="entries, oldest first")
    entries.add_argument("--node", default="", help="only this node's")
    entries.add_argument(
        "--after", type=numbers.count, default=0, metavar="NUMBER", help="only those after this one"
    )
    entries.add_argument(
        "--limit", type=numbers.count, default=1000, help="of each node at most (default 1000)"
    )


def run(asked: argparse.Namespace, open_desk: Open) -> int:
    with open_desk(asked.config) as desk:
        return ACTIONS[asked.action](asked, desk)


def _verify(asked: argparse.Namespace, desk: AuditDesk) -> int:
    kept, undecided = list(asked.head), False
    for file in asked.anchor:
        anchor = desk.anchor(file)
        line("anchor", anchor.name, f"heads={len(anchor.heads)}", anchor.verdict, f"signer={anchor.signer}")
        kept += anchor.heads
        undecided = undecided or anchor.verdict != Indication.PASSED.value
    reports = desk.verify(kept)
    for report in reports:
        head = report.head
        line("sound", head.node, f"entries={head.sequence}", f"sha256={head.digest.hex()}")
        line("anchored", head.node, str(report.anchored))
        line("unanchored", head.node, str(report.unanchored))
        if report.fault:
            line("BROKEN", report.fault.node, str(report.fault.sequence), report.fault.what)
    if any(report.fault for report in reports):
        return BROKEN
    return UNDECIDED if undecided else SOUND


def _heads(_asked: argparse.Namespace, desk: AuditDesk) -> int:
    for head in desk.heads():
        line(SEPARATOR.join((head.node, str(head.sequence), head.digest.hex())))
    return 0


def _list(asked: argparse.Namespace, desk: AuditDesk) -> int:
    for entry in desk.entries(asked.node, asked.after, asked.limit):
        line(entry.node, str(entry.sequence), time(entry.at), entry.action, entry.subject, entry.details)
    return 0


def _head(text: str) -> AuditHead:
    node, _, rest = text.partition(SEPARATOR)
    number, _, digest = rest.partition(SEPARATOR)
    try:
        head = AuditHead(node, int(number), bytes.fromhex(digest))
    except ValueError:
        head = AuditHead("", 0, b"")
    if not NODE.fullmatch(head.node) or head.sequence < 1 or len(head.digest) != 32:
        raise argparse.ArgumentTypeError("a head is NODE@NUMBER@SHA256")
    return head


ACTIONS: dict[str, Callable[[argparse.Namespace, AuditDesk], int]] = {
    "verify": _verify,
    "heads": _heads,
    "list": _list,
}
