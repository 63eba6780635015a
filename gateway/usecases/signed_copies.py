"""Keeping a recipient's signed copies: rows and queue of deposit, in the unit of work of the act itself.

Their octets are in the vault before, so that no row ever names a blob that is not there.
"""

from collections.abc import Sequence

from gateway.domain.record import SignedFile, TransactionRecord
from gateway.usecases.ports import UnitOfWork


def keep(uow: UnitOfWork, record: TransactionRecord, files: Sequence[SignedFile]) -> None:
    """Note them and queue them for deposit. A test of the sandbox is never deposited."""
    uow.signed_files.add(files)
    for file in () if record.sandbox else files:
        uow.deposit_queue.add(record.guid, leaf_name(file), file.sha256, file.created_at)


def leaf_name(file: SignedFile) -> str:
    """How the leaf document of a deposit names it."""
    return f"documents/{file.document + 1}/signed/{file.recipient + 1}"
