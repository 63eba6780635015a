"""What the console's pages call, as the bootstrap provides it. Every call names the person who asks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gateway.domain.batch import BatchItem
from gateway.usecases.console.audit_view import ViewAudit
from gateway.usecases.console.batches import BatchDesk
from gateway.usecases.console.exports import AskExport, TakeExport
from gateway.usecases.console.figures import ViewFigures
from gateway.usecases.console.files import TransactionFiles
from gateway.usecases.console.issuers import IssuerDesk
from gateway.usecases.console.once import Once
from gateway.usecases.console.queues import WatchQueues
from gateway.usecases.console.search import Search
from gateway.usecases.console.story import TellStory
from gateway.usecases.console.unmask import Unmask
from gateway.usecases.console.verifying import VerifyTransaction
from gateway.usecases.desk.again import ResendNotice
from gateway.usecases.desk.block import BlockContact
from gateway.usecases.desk.correct import CorrectRecipient
from gateway.usecases.desk.end import CloseByOperator, ExtendByStaff, RetryTask
from gateway.usecases.desk.strays import MatchReports
from gateway.usecases.feedback.history import FeedbackHistory

# A batch's report as CSV, line by line.
BatchCsv = Callable[[Iterable[BatchItem]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Actions:
    """What staff does with a transaction, each refused in the use case to those who may not."""

    resend: ResendNotice
    correct: CorrectRecipient
    block: BlockContact
    close: CloseByOperator
    extend: ExtendByStaff
    retry: RetryTask
    feedback: FeedbackHistory
    match: MatchReports


@dataclass(frozen=True, slots=True)
class ConsoleUseCases:
    search: Search
    story: TellStory
    unmask: Unmask
    once: Once
    actions: Actions
    files: TransactionFiles
    verify: VerifyTransaction
    batches: BatchDesk
    batch_csv: BatchCsv
    issuers: IssuerDesk
    queues: WatchQueues
    audit: ViewAudit
    figures: ViewFigures
    ask_export: AskExport
    exports: TakeExport
