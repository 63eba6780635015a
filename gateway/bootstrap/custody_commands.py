"""What `fehaciente custody` does, with everything it needs built for it."""

import getpass
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from gateway.bootstrap import archive_commands
from gateway.bootstrap.system import System, system
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.archive import Imported
from gateway.domain.biometrics import SealedSample
from gateway.domain.custody import CustodyContract, Extension, Hold, Tombstone
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.fixity import FixityCheck, FixityFailure, FixityRow, FixityTotals
from gateway.domain.retention import Duration
from gateway.settings import Settings
from gateway.usecases.kept_samples import KeptSamples
from gateway.usecases.purge import Candidate

NO_WORD = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class Desk:
    """The command line's `CustodyDesk`. `who` is the operator's account name, as an opaque word."""

    settings: Settings
    tech: Technology
    system: System
    who: str

    def extend(self, guid: str, by: Duration) -> Extension:
        done = self.system.extend_custody.by_operator(guid, by)
        self.tech.audit.append("custody-extended", f"{guid}:{self.who}")
        return done

    def hold(self, guid: str, reason: str) -> bool:
        return self.system.holds.place(guid, reason, self.who)

    def release(self, guid: str, reason: str) -> bool:
        return self.system.holds.release(guid, reason, self.who)

    def holds(self, guid: str) -> Sequence[Hold]:
        return self.system.holds.of(guid)

    def contract(self, issuer: int, months: int, until: datetime) -> None:
        now = self.tech.clock.now()
        if until <= now:
            raise GatewayError(ErrorKind.RULE_BROKEN, "the contract would have ended before it begins")
        with self.tech.database.write() as uow:
            if uow.issuers.get(issuer) is None:
                raise GatewayError(ErrorKind.CONFIGURATION, f"there is no issuer {issuer}")
            uow.custody.set_contract(CustodyContract(issuer, months, until, now))
            uow.audit.append("custody-contract-set", f"{issuer:04d}:P{months}M:{until:%Y-%m-%d}:{self.who}")
            uow.commit()

    def end_contract(self, issuer: int) -> bool:
        with self.tech.database.write() as uow:
            ended = uow.custody.end_contract(issuer)
            if ended:
                uow.audit.append("custody-contract-ended", f"{issuer:04d}:{self.who}")
            uow.commit()
        return ended

    def contracts(self) -> Sequence[CustodyContract]:
        with self.tech.database.read() as uow:
            return uow.custody.contracts()

    def candidates(self) -> Iterator[Candidate]:
        return chain(self.system.purge.candidates(), self.system.end_refusals.candidates())

    def purge(self) -> int:
        return self.system.purge() + self.system.end_refusals()

    def purge_by_order(self, guid: str, order: str) -> Tombstone:
        return self.system.purge.by_order(guid, order)

    def check_all(self, *, paced: bool) -> tuple[int, Iterator[FixityCheck]]:
        return self.system.fixity.everything(paced=paced)

    def fixity_totals(self) -> FixityTotals:
        return self.system.fixity.totals()

    def fixity_failures(self) -> Sequence[FixityFailure]:
        return self.system.fixity.failures()

    def fixity_rows(self) -> Iterator[FixityRow]:
        return self.system.fixity.rows()

    def samples(self, guid: str) -> Sequence[tuple[SealedSample, bytes]]:
        found = KeptSamples(self.tech.database, self.tech.vault)(guid)
        self.tech.audit.append("samples-given-out", f"{guid}:{self.who}")
        return found

    def export(self, issuer: int, target: Path, passphrase: Path) -> tuple[int, int, Iterator[str]]:
        return archive_commands.export(self.settings, self.tech, self.system, issuer, target, passphrase)

    def take_over(
        self, source: Path, passphrase: Path, trust: Path, issuer: int | None
    ) -> tuple[int, Iterator[tuple[str, Imported, str]]]:
        return archive_commands.take_over(self.tech, self.system, source, passphrase, trust, issuer)


@contextmanager
def desk(settings: Settings) -> Iterator[Desk]:
    tech = technology(settings)
    try:
        yield Desk(settings, tech, system(settings, tech, lambda: None), operator())
    finally:
        tech.database.close()


def operator() -> str:
    """The account that runs the command, as a word that audit and rows may hold."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    return NO_WORD.sub("_", name).lstrip("._-")[:40] or "operator"
