"""CPU time of the storage layer: units of work and their statements, on SQLite or any database.

usage: python -m benchmarks.storage [--database URL] [--rounds N]
Each figure is the best of three runs, in milliseconds of this process; the server's own time is not in it.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.search_key import ColumnKeys
from gateway.domain.catalogue import Service
from gateway.domain.documents import Document
from gateway.domain.guid import Guid
from gateway.domain.parties import Identity, IdentityType, Issuer, PartyKind, Recipient
from gateway.domain.record import (
    DataKey,
    DocumentRecord,
    EventRecord,
    RecipientRecord,
    Task,
    TransactionRecord,
)
from gateway.domain.results import Result
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.domain.transaction import Transaction
from gateway.usecases.ports import UnitOfWork

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
RUNS = 3
OWNER = uuid4().hex
DIGEST = bytes(32)
GUID, KEPT = (str(Guid(1001, 1, number)) for number in (1, 2))
PERSON = Recipient(
    kind=PartyKind.PERSON,
    name="Ana",
    surname="García",
    identity=Identity(IdentityType.DNI, "12345678Z"),
    email="ana@example.org",
    phone="+34600000123",
)
ASKED = Transaction(
    service=Service.CONTRACT_EXPRESS,
    external_id="benchmark",
    subject="Su contrato",
    body="Le enviamos el contrato para su firma.",
    documents=(Document("d", "contrato.pdf", "application/pdf"),),
    recipients=(PERSON,),
)


class Work:
    """What a transaction does again and again, one method a figure."""

    def __init__(self, database: SqlDatabase, key: DataKey) -> None:
        self.database = database
        self.key = key
        self.numbers = count()

    def empty_read(self) -> None:
        with self.database.read():
            pass

    def read_of_one(self) -> None:
        with self.database.read() as unit:
            unit.keys.get(OWNER)

    def read_of_ten(self) -> None:
        with self.database.read() as unit:
            for _ in range(10):
                unit.keys.get(OWNER)

    def empty_write(self) -> None:
        with self.database.write():
            pass

    def empty_claim(self) -> None:
        with self.database.write() as unit:
            unit.tasks.claim(NOW - LATER.resolution, LATER, 10)
            unit.commit()

    def task_from_add_to_done(self) -> None:
        """Three commits."""
        task = Task(f"{OWNER}-{next(self.numbers)}", "none", OWNER, "", NOW)
        with self.database.write() as unit:
            unit.tasks.add(task)
            unit.commit()
        with self.database.write() as unit:
            [task] = unit.tasks.claim(NOW, LATER, 1)
            unit.commit()
        with self.database.write() as unit:
            unit.tasks.complete(task)
            unit.commit()

    def rows_of_a_submission(self) -> None:
        """A transaction, a recipient, a document and two events, sealed; rolled back, so without any sync."""
        with self.database.write() as unit:
            self._add(unit, GUID)

    def read_of_a_transaction(self) -> None:
        """All of the above, opened."""
        with self.database.read() as unit:
            unit.transactions.get(KEPT)
            for stored in (unit.recipients, unit.documents, unit.events):
                stored.of(KEPT)

    def keep_one(self) -> None:
        with self.database.write() as unit:
            unit.issuers.add(Issuer(1, "Banco de Ejemplo", "A12345674", "mailto:ayuda@example.org"))
            self._add(unit, KEPT)
            unit.commit()

    def _add(self, unit: UnitOfWork, guid: str) -> None:
        unit.keys.add(guid, self.key)
        unit.transactions.add(transaction_record(guid))
        unit.recipients.add([RecipientRecord(guid, 0, PERSON, SignMethod.SMS)])
        unit.documents.add([DocumentRecord(guid, 0, "d", "contrato.pdf", "application/pdf", 1, DIGEST, 1)])
        for number in range(2):
            details = (("raw_sha256", DIGEST.hex()), ("signer_sha256", DIGEST.hex()))
            unit.events.add(
                EventRecord(guid, number, OWNER, "RECEIVED", State.RECEIVED, None, NOW, NOW, details)
            )


def transaction_record(guid: str) -> TransactionRecord:
    return TransactionRecord(
        guid=guid,
        issuer=1,
        external_id=guid,
        content_digest=DIGEST,
        service=Service.CONTRACT_EXPRESS,
        state=State.VALIDATED,
        result=Result.PENDING,
        subject=ASKED.subject,
        language="es",
        received_at=NOW,
        start_at=NOW,
        close_at=LATER,
        updated_at=NOW,
        request_id=OWNER,
        signer_sha256=DIGEST.hex(),
        raw_sha256=DIGEST,
        default_sign_method=SignMethod.SMS,
        asked=ASKED,
    )


def cpu_ms(work: Callable[[], None], rounds: int) -> float:
    best = float("inf")
    for _ in range(RUNS):
        start = time.process_time()
        for _ in range(rounds):
            work()
        best = min(best, (time.process_time() - start) / rounds * 1000)
    return best


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--database", default="", help="SQLAlchemy URL of an empty database; default SQLite")
    options.add_argument("--rounds", type=int, default=500)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kek_files.create(Path(folder) / "keys", NOW)
        keys = ColumnKeys(Keyring(Path(folder) / "keys"), bytes(32))
        engine = build_engine(asked.database or f"sqlite:///{folder}/gateway.sqlite")
        database = SqlDatabase(engine, cipher=keys)
        upgrade(database.engine)
        with database.write() as unit:
            unit.keys.add(OWNER, DataKey("benchmark", bytes(40)))
            unit.commit()
        work = Work(database, keys.keyring.new_key())
        work.keep_one()
        figures: tuple[Callable[[], None], ...]
        figures = (work.empty_read, work.read_of_one, work.read_of_ten, work.empty_write, work.empty_claim)
        figures += (work.task_from_add_to_done, work.rows_of_a_submission, work.read_of_a_transaction)
        for each in figures:
            print(f"{each.__name__.replace('_', ' '):24s} {cpu_ms(each, asked.rounds):.3f} ms")
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
