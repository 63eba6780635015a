"""What `fehaciente deposit` and `fehaciente record` do, with everything they need built for them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.deposits import auditing
from gateway.bootstrap.deposits import Deposits, deposits
from gateway.bootstrap.technology import SystemClock, technology
from gateway.domain.deposit import Deposit, Sending
from gateway.domain.deposit_audit import DepositAudit
from gateway.settings import Settings
from gateway.usecases.evidence_records import RecordFile
from gateway.usecases.renew_records import RenewalReport


@dataclass(frozen=True, slots=True)
class Desk:
    """The command line's `DepositDesk`."""

    deposits: Deposits

    def run(self) -> Deposit | None:
        made = self.deposits.make.at_once()
        self.deposits.send()
        return made

    def list(self) -> Sequence[tuple[Deposit, Sequence[Sending]]]:
        return self.deposits.send.all()

    def send(self, number: int) -> Sequence[Sending]:
        return self.deposits.send.again(number)

    def received(self, number: int, protocol: str, receipt: bytes) -> Deposit:
        return self.deposits.send.received(number, protocol, receipt)

    def renew(self, dry_run: bool) -> RenewalReport:
        return self.deposits.renew.due() if dry_run else self.deposits.renew()

    def records(self, guid: str, form: str) -> Sequence[RecordFile]:
        return self.deposits.records.of(guid, form)


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    tech = technology(settings)
    try:
        yield Desk(deposits(settings, tech))
    finally:
        tech.database.close()


def audit(files: dict[str, bytes], roots: bytes, first: int) -> DepositAudit:
    """Offline: files and roots (PEM; none: certificates are not followed), no settings and no database."""
    return auditing.audit(files, Anchors.from_pem(roots) if roots else None, SystemClock().now(), first)
