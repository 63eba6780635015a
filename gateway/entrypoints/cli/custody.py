"""`fehaciente custody`: what an operator does about transactions after they are closed.

It reads words and prints facts; what is allowed is decided by the use cases behind `CustodyDesk`.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.archive import Imported
from gateway.domain.biometrics import SealedSample
from gateway.domain.custody import CustodyContract, Extension, Hold, Tombstone
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.fixity import FixityCheck, FixityFailure, FixityRow, FixityTotals
from gateway.domain.retention import Duration
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import counted, line, time
from gateway.usecases.purge import Candidate

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

REFUSED = 1


class CustodyDesk(Protocol):
    """Custody of one installation, as its operator sees it."""

    def extend(self, guid: str, by: Duration) -> Extension: ...
    def hold(self, guid: str, reason: str) -> bool: ...
    def release(self, guid: str, reason: str) -> bool: ...
    def holds(self, guid: str) -> Sequence[Hold]: ...
    def contract(self, issuer: int, months: int, until: datetime) -> None: ...
    def end_contract(self, issuer: int) -> bool: ...
    def contracts(self) -> Sequence[CustodyContract]: ...
    def candidates(self) -> Iterator[Candidate]:
        """Everything whose custody is over, with what stands in the way."""

    def purge(self) -> int: ...
    def purge_by_order(self, guid: str, order: str) -> Tombstone: ...
    def check_all(self, *, paced: bool) -> tuple[int, Iterator[FixityCheck]]:
        """How many owners, and their checks as they are made."""

    def fixity_totals(self) -> FixityTotals: ...
    def fixity_failures(self) -> Sequence[FixityFailure]: ...
    def fixity_rows(self) -> Iterator[FixityRow]: ...
    def export(self, issuer: int, target: Path, passphrase: Path) -> tuple[int, int, Iterator[str]]:
        """How many transactions at most, how many are open, and each GUID once it is written."""

    def samples(self, guid: str) -> Sequence[tuple[SealedSample, bytes]]:
        """The locked biometric samples, each with its octets."""

    def take_over(
        self, source: Path, passphrase: Path, trust: Path, issuer: int | None
    ) -> tuple[int, Iterator[tuple[str, Imported, str]]]:
        """How many transactions, and of each what became of it, with the reason for a refusal."""


Open = Callable[[Path | None], AbstractContextManager[CustodyDesk]]


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("custody", help="after closing: extension, holds, re-verification, purge")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    extend = actions.add_parser("extend", help="keep a transaction longer; evidence says so")
    extend.add_argument("guid")
    extend.add_argument("by", help="years or months, such as P1Y")
    hold = actions.add_parser("hold", help="never purge a transaction until it is released")
    hold.add_argument("guid")
    hold.add_argument("--reason", required=True, metavar="WORD", help="one opaque word, such as court-1")
    release = actions.add_parser("release", help="release a hold")
    release.add_argument("guid")
    release.add_argument("--reason", default="", metavar="WORD", help="which, where there are several")
    holds = actions.add_parser("holds", help="holds in force, or all that a transaction ever had")
    holds.add_argument("guid", nargs="?", default="")
    contract = actions.add_parser("contract", help="extend everything of an issuer before it ends")
    contract.add_argument("issuer", type=numbers.issuer, nargs="?", help="none: list all contracts")
    contract.add_argument("by", nargs="?", default="", help="years or months at a time, such as P1Y")
    contract.add_argument("--until", default="", metavar="DATE", help="never beyond this day (YYYY-MM-DD)")
    contract.add_argument("--end", action="store_true", help="end the contract")
    purge = actions.add_parser("purge", help="destroy what custody is over, leaving tombstones")
    purge.add_argument("guid", nargs="?", default="", help="this one only, by an order")
    purge.add_argument("--order", default="", metavar="WORD", help="which order, as one opaque word")
    purge.add_argument("--dry-run", action="store_true", help="only say what would be purged, and what not")
    fixity = actions.add_parser("fixity", help="re-verification of what is stored: report, or check all now")
    fixity.add_argument("--all", action="store_true", help="verify everything now, at the configured rate")
    fixity.add_argument("--full-speed", action="store_true", help="with --all: as fast as the disks give")
    fixity.add_argument("--report", choices=("csv",), help="print the last check of every owner")
    _add_givings(actions)


def _add_givings(actions: "Commands") -> None:
    """What leaves this installation, or comes from another."""
    samples = actions.add_parser("samples", help="locked biometric samples, for the depositary to open")
    samples.add_argument("guid")
    samples.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    exported = actions.add_parser("export", help="everything closed of an issuer, locked and sealed")
    exported.add_argument("issuer", type=numbers.issuer)
    exported.add_argument("-o", "--output", type=Path, required=True, metavar="DIR|FILE.zip")
    imported = actions.add_parser("import", help="take over what another installation exported")
    imported.add_argument("archive", type=Path, metavar="DIR|FILE.zip")
    imported.add_argument("--trust", type=Path, required=True, metavar="ROOT.pem", help="roots of its seal")
    imported.add_argument(
        "--issuer", type=numbers.issuer, help="its number here (default: the same as there)"
    )
    for archive in (exported, imported):
        archive.add_argument("--passphrase-file", type=Path, required=True, help="one line, mode 0600")


def run(asked: argparse.Namespace, open_desk: Open) -> int:
    with open_desk(asked.config) as desk:
        return ACTIONS[asked.action](asked, desk)


def _extend(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    done = desk.extend(asked.guid, period(asked.by))
    line(done.guid, time(done.old_end), time(done.new_end))
    return 0


def _hold(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    return _done(desk.hold(asked.guid, asked.reason), "that hold is in force already")


def _release(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    return _done(desk.release(asked.guid, asked.reason), "there is no such hold in force")


def _done(done: bool, otherwise: str) -> int:
    """Nothing was there to be done: a refusal like any other."""
    if not done:
        raise GatewayError(ErrorKind.RULE_BROKEN, otherwise)
    return 0


def _holds(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    for hold in desk.holds(asked.guid):
        released = time(hold.released_at) if hold.released_at else ""
        line(hold.guid, hold.reason, time(hold.placed_at), hold.placed_by, released, hold.released_by)
    return 0


def _contract(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    if asked.issuer is None:
        for contract in desk.contracts():
            line(f"{contract.issuer:04d}", f"P{contract.months}M", time(contract.until))
        return 0
    if asked.end:
        return _done(desk.end_contract(asked.issuer), "there is no such contract")
    if not asked.by or not asked.until:
        raise GatewayError(ErrorKind.CONFIGURATION, "a contract needs a period and --until")
    desk.contract(asked.issuer, period(asked.by).months, _day(asked.until))
    return 0


def _purge(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    if asked.dry_run:
        for found in desk.candidates():
            line(
                found.guid,
                time(found.custody_until) if found.custody_until else "",
                found.obstacle or "PURGE",
            )
        return 0
    if bool(asked.guid) != bool(asked.order):
        raise GatewayError(ErrorKind.CONFIGURATION, "one GUID and its --order go together")
    if asked.guid:
        tombstone = desk.purge_by_order(asked.guid, asked.order)
        line(tombstone.guid, time(tombstone.purged_at), tombstone.commitment.hex())
        return 0
    print(f"{desk.purge()} purged")
    return 0


def _fixity(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    """Exit code 1 while anything is wrong."""
    if asked.all:
        due, checks = desk.check_all(paced=not asked.full_speed)
        for _ in counted(checks, due, "fixity"):
            pass
    if asked.report:
        return _fixity_csv(desk)
    totals, failures = desk.fixity_totals(), desk.fixity_failures()
    line("owners", str(totals.owners))
    line("never_checked", str(totals.never))
    line("overdue", str(totals.overdue))
    line("objects", str(totals.objects))
    line("octets", str(totals.octets))
    line("oldest_check", time(totals.oldest) if totals.oldest else "")
    line("failed", str(totals.failed))
    for failure in failures:
        line("failure", failure.owner, failure.object, failure.problem.value, time(failure.found_at))
    return REFUSED if failures else 0


def _fixity_csv(desk: CustodyDesk) -> int:
    failures: dict[str, list[str]] = {}
    for failure in desk.fixity_failures():
        failures.setdefault(failure.owner, []).append(f"{failure.object}={failure.problem.value}")
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(("owner", "result", "checked_at", "due_at", "objects", "octets", "failures"))
    for row in desk.fixity_rows():
        checked_at = time(row.checked_at) if row.checked_at else ""
        wrong = " ".join(failures.get(row.owner, ()))
        result = row.result.value if row.result else ""
        table.writerow((row.owner, result, checked_at, time(row.due_at), row.objects, row.octets, wrong))
    return REFUSED if failures else 0


def _samples(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    """One file a sample: the recipient's number, what it is of, and a number; never over another file."""
    asked.output.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, (sample, octets) in enumerate(desk.samples(asked.guid), 1):
        name = f"{sample.position + 1:02d}-{sample.kind.value.lower()}-{number}.p7m"
        with (asked.output / name).open("xb") as file:
            file.write(octets)
        line(
            name,
            time(sample.at),
            sample.cms_sha256.hex(),
            sample.bound_sha256.hex(),
            sample.depositary_sha256,
        )
    return 0


def _export(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    total, still_open, written = desk.export(asked.issuer, asked.output, asked.passphrase_file)
    done = sum(1 for _ in counted(written, total, "export"))
    left_out = total + still_open - done
    print(f"{done} transactions in {asked.output}, {left_out} left out: not closed, or waiting for a seal")
    return 0


def _import(asked: argparse.Namespace, desk: CustodyDesk) -> int:
    """Exit code 1 when any transaction was refused; the others are there all the same."""
    total, results = desk.take_over(asked.archive, asked.passphrase_file, asked.trust, asked.issuer)
    outcomes: dict[Imported, int] = dict.fromkeys(Imported, 0)
    for guid, outcome, why in counted(results, total, "import"):
        outcomes[outcome] += 1
        if why:
            line(guid, why)
    line(*(f"{outcome.value.lower()}={number}" for outcome, number in outcomes.items()))
    return REFUSED if outcomes[Imported.REFUSED] else 0


def period(text: str) -> Duration:
    """Years and months. Raises GatewayError(RULE_BROKEN) for anything else."""
    try:
        duration = Duration.parse(text)
    except ValueError:
        duration = Duration()
    if duration.months < 1 or duration.seconds:
        raise GatewayError(ErrorKind.RULE_BROKEN, "years or months are wanted, such as P1Y or P18M")
    return duration


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise GatewayError(ErrorKind.CONFIGURATION, "a day is written YYYY-MM-DD") from None


ACTIONS: dict[str, Callable[[argparse.Namespace, CustodyDesk], int]] = {
    "extend": _extend,
    "hold": _hold,
    "release": _release,
    "holds": _holds,
    "contract": _contract,
    "purge": _purge,
    "fixity": _fixity,
    "samples": _samples,
    "export": _export,
    "import": _import,
}
