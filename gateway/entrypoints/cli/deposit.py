"""`fehaciente deposit` and `fehaciente record`: deposits with the notary, their audit, and evidence records.

It reads words and prints facts; everything is decided by the use cases behind `DepositDesk`.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from gateway.domain.deposit import Deposit, Sending
from gateway.domain.deposit_audit import AuditedFile, DepositAudit
from gateway.domain.errors import Text
from gateway.entrypoints.cli import numbers
from gateway.entrypoints.cli.printing import line, time
from gateway.usecases.evidence_records import ASN1, XML, RecordFile
from gateway.usecases.renew_records import RenewalReport

if TYPE_CHECKING:
    # Argparse gives the type of add_subparsers no public name.
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

SOUND, BAD, UNREADABLE = 0, 1, 2
FORMS = {"xml": XML, "asn1": ASN1}
UNTRUSTED = Text(
    "certificates were not followed to trusted roots: give --trust",
    "no se han seguido los certificados hasta raíces de confianza: indique --trust",
)


class DepositDesk(Protocol):
    """Deposits and evidence records of one installation."""

    def run(self) -> Deposit | None: ...
    def list(self) -> Sequence[tuple[Deposit, Sequence[Sending]]]: ...
    def send(self, number: int) -> Sequence[Sending]: ...
    def received(self, number: int, protocol: str, receipt: bytes) -> Deposit: ...
    def renew(self, dry_run: bool) -> RenewalReport: ...
    def records(self, guid: str, form: str) -> Sequence[RecordFile]: ...


Open = Callable[[Path | None], AbstractContextManager[DepositDesk]]
# Files by name, roots (PEM) or nothing, and the oldest number that must be there.
Audit = Callable[[dict[str, bytes], bytes, int], DepositAudit]


@dataclass(frozen=True, slots=True)
class DepositActions:
    """The installation's desk, and the audit that needs no installation."""

    desk: Open
    audit: Audit


def add_grammar(commands: "Commands") -> None:
    group = commands.add_parser("deposit", help="deposits with the notary, and renewal of evidence records")
    actions = group.add_subparsers(dest="action", required=True, metavar="ACTION")
    actions.add_parser("run", help="deposit now what was sealed since the last one, and send it")
    actions.add_parser("list", help="all deposits, how they were sent and what came back")
    send = actions.add_parser("send", help="send one again by every configured way")
    send.add_argument("number", type=numbers.count)
    receipt = actions.add_parser("receipt", help="record the notary's protocol number and receipt")
    receipt.add_argument("number", type=numbers.count)
    receipt.add_argument("--protocol", required=True, help="as the notary gives it")
    receipt.add_argument("--file", type=Path, help="the receipt")
    audit = actions.add_parser(
        "audit", help="audit a folder of deposit files, offline; names the first bad one"
    )
    audit.add_argument("folder", type=Path, metavar="DIR")
    audit.add_argument("--trust", type=Path, metavar="ROOT.pem", help="roots to trust")
    audit.add_argument(
        "--first",
        type=numbers.count,
        default=1,
        metavar="N",
        help="oldest that must be there (default 1)",
    )
    renew = actions.add_parser("renew", help="renew evidence records before an authority or a digest ends")
    renew.add_argument("--dry-run", action="store_true", help="only say what is due")
    record = commands.add_parser("record", help="write a transaction's evidence record (RFC 6283, RFC 4998)")
    record.add_argument("guid")
    record.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    record.add_argument("--format", choices=tuple(FORMS), default="xml")
    record.add_argument(
        "--deposit", type=numbers.count, default=0, help="of this deposit (default: the newest)"
    )
    record.add_argument("--leaf", type=Path, metavar="FILE", help="write the leaf document too")


def run(asked: argparse.Namespace, actions: DepositActions) -> int:
    if asked.action == "audit":
        return _audit(asked, actions.audit)
    with actions.desk(asked.config) as desk:
        return ACTIONS[asked.action](asked, desk)


def run_record(asked: argparse.Namespace, actions: DepositActions) -> int:
    with actions.desk(asked.config) as desk:
        found = desk.records(asked.guid, FORMS[asked.format])
    chosen = [each for each in found if asked.deposit in (0, each.deposit)]
    if not chosen:
        line("deposits", *(str(each.deposit) for each in found))
        return BAD
    asked.output.write_bytes(chosen[-1].octets)
    if asked.leaf:
        asked.leaf.write_bytes(chosen[-1].leaf)
    line("record", str(asked.output), f"deposit={chosen[-1].deposit}", f"of={len(found)}")
    return SOUND


def _run(_asked: argparse.Namespace, desk: DepositDesk) -> int:
    made = desk.run()
    if made is None:
        line("nothing", "another process is making the deposit")
        return BAD
    _deposit(made)
    return SOUND


def _list(_asked: argparse.Namespace, desk: DepositDesk) -> int:
    for deposit, sendings in desk.list():
        _deposit(deposit)
        _sendings(sendings)
    return SOUND


def _send(asked: argparse.Namespace, desk: DepositDesk) -> int:
    _sendings(desk.send(asked.number))
    return SOUND


def _receipt(asked: argparse.Namespace, desk: DepositDesk) -> int:
    octets = asked.file.read_bytes() if asked.file else b""
    _deposit(desk.received(asked.number, asked.protocol, octets))
    return SOUND


def _renew(asked: argparse.Namespace, desk: DepositDesk) -> int:
    report = desk.renew(asked.dry_run)
    what = "due" if asked.dry_run else "renewed"
    line(what, f"time-stamps={report.stamps}", f"records={report.records}")
    for tree in report.lost:
        line("LOST", tree, "its time-stamp ended unrenewed, or its authority was revoked")
    for record in report.failed:
        line("FAILED", record, "its data is lost, or not what was deposited")
    return BAD if report.lost or report.failed else SOUND


def _audit(asked: argparse.Namespace, audit: Audit) -> int:
    files = {file.name: file.read_bytes() for file in sorted(asked.folder.glob("*.xml"))}
    if not files:
        print(f"{asked.folder}: no deposit files", file=sys.stderr)
        return UNREADABLE
    report = audit(files, asked.trust.read_bytes() if asked.trust else b"", asked.first)
    for file in report.files:
        _file(file, asked.language)
    if not report.trusted:
        print(UNTRUSTED.in_language(asked.language), file=sys.stderr)
    bad = report.first_bad
    if bad is not None:
        line("FIRST BAD", bad.name)
    return SOUND if bad is None else BAD


def _file(file: AuditedFile, language: str) -> None:
    flaws = "; ".join(flaw.value.in_language(language) for flaw in file.flaws)
    if flaws:
        line("BAD", file.name, flaws, file.detail)
        return
    period = [time(moment) for moment in file.period or ()]
    stamped = time(file.gen_time) if file.gen_time else ""
    # Whoever may sign under the same root could have made the whole folder: who did is for the reader to see.
    facts = (
        f"stamped={stamped}",
        f"leaves={file.leaves}",
        f"root={file.root.hex()}",
        f"signer={file.signer}",
    )
    line("OK", file.name, *period, *facts)


def _deposit(deposit: Deposit) -> None:
    line(
        "deposit",
        str(deposit.number),
        deposit.phase.value,
        time(deposit.period_from),
        time(deposit.period_to),
        f"leaves={deposit.leaves or 0}",
        f"root={(deposit.root or b'').hex()}",
        f"sha256={(deposit.xml_sha256 or b'').hex()}",
        f"protocol={deposit.protocol}",
    )


def _sendings(sendings: Sequence[Sending]) -> None:
    for each in sendings:
        outcome = each.outcome.value if each.outcome else "UNKNOWN"
        line("sent", str(each.deposit), each.way, str(each.attempt), outcome, each.reference, each.detail)


ACTIONS: dict[str, Callable[[argparse.Namespace, DepositDesk], int]] = {
    "run": _run,
    "list": _list,
    "send": _send,
    "receipt": _receipt,
    "renew": _renew,
}
