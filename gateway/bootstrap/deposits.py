"""Deposits and evidence records: their adapters by the settings, and the use cases over them."""

from dataclasses import dataclass

from gateway.adapters.crypto.record_maker import CryptoRecordMaker
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.documents.deposit_paper import DepositPapers
from gateway.bootstrap.deposit_senders import senders
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.deposit import MakeDeposit
from gateway.usecases.deposit_leaves import MakeLeaves
from gateway.usecases.deposit_send import SendDeposits
from gateway.usecases.deposited_files import DepositedFiles
from gateway.usecases.evidence_records import EvidenceRecords
from gateway.usecases.renew_records import RenewRecords
from gateway.usecases.renew_stamps import RenewStamps


@dataclass(frozen=True)
class Deposits:
    """The use cases of this subject."""

    make: MakeDeposit
    send: SendDeposits
    records: EvidenceRecords
    renew: RenewRecords
    files: DepositedFiles

    def daily(self) -> None:
        """What the alarm clock rings for: make what is due, send what has not arrived."""
        try:
            self.make()
        finally:
            # What was sealed before is sent, whatever keeps the next one.
            self.send()


def deposits(settings: Settings, tech: Technology) -> Deposits:
    database, vault, clock = tech.database, tech.vault, tech.clock
    anchors, margin = Anchors.from_file(settings.pki.anchors), settings.deposit.renew_before
    maker = CryptoRecordMaker(tech.timestamper, tech.revocation, anchors, tech.algorithms, clock)
    records = EvidenceRecords(database, vault, maker, tech.codes.external_mark)
    files = DepositedFiles(database, vault)
    return Deposits(
        make=MakeDeposit(
            database,
            MakeLeaves(database, vault, maker),
            maker,
            DepositPapers(settings.evidence.provider_name),
            tech.sealer,
            clock,
            settings.gateway.installation,
            settings.deposit.period,
            settings.deposit.list_leaves,
        ),
        send=SendDeposits(database, senders(settings, clock), clock),
        records=records,
        renew=RenewRecords(
            database,
            vault,
            records,
            files,
            maker,
            RenewStamps(database, maker, clock, margin),
            clock,
            margin,
            settings.deposit.renew_digest,
        ),
        files=files,
    )
