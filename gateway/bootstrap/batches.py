"""What batches are built of: their use cases, behind one field of the system."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gateway.adapters.batches import report_csv
from gateway.adapters.batches.drop import FileDropFolder
from gateway.adapters.batches.files import SpooledBatchFiles
from gateway.adapters.vault.spool import FileSpool
from gateway.bootstrap.issuer_trust import issuer_trust
from gateway.bootstrap.technology import Technology
from gateway.bootstrap.uploads import Uploads, uploads
from gateway.settings import Settings
from gateway.usecases.batches.drop import TakeDropped
from gateway.usecases.batches.forget import ForgetBatches
from gateway.usecases.batches.items import Judge
from gateway.usecases.batches.queries import GetBatch, GetBatchReport
from gateway.usecases.batches.read import ReadBatch
from gateway.usecases.batches.submit import SubmitBatch
from gateway.usecases.batches.take import TakeBatch
from gateway.usecases.outbox import Handler, Kind
from gateway.usecases.reject_submission import RecordRejection
from gateway.usecases.submit import Submit
from gateway.usecases.turns import Turns

# What an item may be: as much as a Submit's request.
ITEM_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True)
class Batches:
    """For the doors: write a file into `spool`, `submit` it, then ask `get` and `report`."""

    reject: RecordRejection
    spool: FileSpool
    submit: SubmitBatch
    get: GetBatch
    report: GetBatchReport
    uploads: Uploads
    drop: Callable[[], int]
    forget: ForgetBatches
    handlers: dict[Kind, Handler]


def batches(settings: Settings, tech: Technology, submit: Submit) -> Batches:
    database, clock, lease = tech.database, tech.clock, settings.worker.lease
    spool = FileSpool(settings.vault.spool, tech.keks, database)
    files = SpooledBatchFiles(spool, issuer_trust(settings).check, ITEM_LIMIT)
    reject = RecordRejection(database, tech.vault, submit.journal, clock, submit.wake)
    judge = Judge(database, submit, reject)
    take, report = SubmitBatch(database, spool, clock, submit.wake), GetBatchReport(database)
    return Batches(
        reject=reject,
        spool=spool,
        submit=take,
        get=GetBatch(database),
        report=report,
        drop=_drop(settings.drop.folder, tech, files, take, report),
        forget=ForgetBatches(database, spool, clock, settings.custody.refusals, settings.tsa.max_offset),
        uploads=uploads(settings, database, spool, tech.codes, clock),
        handlers={
            Kind.READ_BATCH: ReadBatch(database, files, clock, lease, Turns(1)),
            Kind.TAKE_BATCH: TakeBatch(database, files, judge, clock, submit.wake, lease),
        },
    )


def _drop(
    folder: Path | None, tech: Technology, files: SpooledBatchFiles, take: SubmitBatch, report: GetBatchReport
) -> Callable[[], int]:
    if folder is None:
        return lambda: 0
    dropped, lines = FileDropFolder(folder), report_csv.lines
    return TakeDropped(tech.database, dropped, files.spool, files, take, report, lines, report_csv.refusal)
