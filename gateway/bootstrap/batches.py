"""What batches are built of: their use cases, behind one field of the system."""

from dataclasses import dataclass

from gateway.adapters.vault.spool import FileSpool
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.batches.queries import GetBatch, GetBatchReport
from gateway.usecases.batches.submit import SubmitBatch
from gateway.usecases.ports import Wake


@dataclass(frozen=True)
class Batches:
    """For the doors: write a file into `spool`, `submit` it, then ask `get` and `report`."""

    spool: FileSpool
    submit: SubmitBatch
    get: GetBatch
    report: GetBatchReport


def batches(settings: Settings, tech: Technology, wake: Wake) -> Batches:
    spool = FileSpool(settings.vault.spool, tech.keks, tech.database)
    return Batches(
        spool=spool,
        submit=SubmitBatch(tech.database, spool, tech.clock, wake),
        get=GetBatch(tech.database),
        report=GetBatchReport(tech.database),
    )
