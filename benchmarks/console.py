"""The console's searches and the story of a transaction among many rows, beside a look by primary key.

usage: python -m benchmarks.console --database URL [--rows N] [--rounds N]
The database must be an empty PostgreSQL one; it is migrated and filled here. Marks are real keyed hashes;
sealed columns are random octets of their size, except of the transactions whose story is told. Times are of
the use case in this process, with its round trips, in milliseconds.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.measuring import percentile
from benchmarks.storage import ASKED, PERSON
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.files import FileVault
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.search_key import ColumnKeys
from gateway.domain.catalogue import Service
from gateway.domain.delivery import Channel, Effect, Purpose
from gateway.domain.guid import Guid
from gateway.domain.parties import Issuer
from gateway.domain.record import EventRecord, RecipientRecord, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.search import NEWEST, Place, SearchBy
from gateway.domain.signing import SignMethod
from gateway.domain.staff import Person, Role
from gateway.domain.states import State
from gateway.usecases.console.search import Search, Wanted
from gateway.usecases.console.story import TellStory

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
STAFF = Person("s", "support", "Support", Role.SUPPORT)
ISSUERS, EVENTS, TOLD = 20, 16, 200
# One person in so many transactions is the same: the shared mailbox of a company.
HOT, HOT_EMAIL = 100, "compras@empresa.example"
NAMES = {
    "transactions": "guid issuer external_id content_digest service state result received_at start_at"
    " close_at updated_at request_id signer_sha256 raw_sha256 default_sign_method asked personal",
    "recipients": "guid position asked sign_method state result failures identity_key access_key phone_key"
    " email_key personal personal_digest received_at decided_at",
    "data_keys": "owner kek_id wrapped",
}


class MachineClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Filler:
    """Rows by COPY; number n is always the same transaction."""

    keys: ColumnKeys
    rows: int
    octets: bytes = os.urandom(1_000_000)

    def guid(self, number: int) -> str:
        return str(Guid(1001, number % ISSUERS, number))

    def blob(self, number: int, size: int) -> bytes:
        begin = number * 97 % (len(self.octets) - size)
        return self.octets[begin : begin + size]

    def contact(self, number: int) -> tuple[str, str, str]:
        """Identity number, telephone and e-mail; each person has three transactions on average."""
        person = number * 7919 % max(self.rows // 3, 1)
        email = HOT_EMAIL if number % HOT == 0 else f"p{person}@correo.example"
        return f"{person:08d}Z", f"+346{person:08d}", email

    def transactions(self) -> Iterator[Sequence[Any]]:
        for number in range(self.rows):
            at = self.at(number)
            yield (
                self.guid(number), number % ISSUERS, f"PED-{number}", bytes(32), "CONTRACT_EXPRESS", 12, 7,
                at, at, at + timedelta(days=30), at, f"r{number}", "ab" * 32, bytes(32), "SMS", "{}",
                self.blob(number, 700),
            )  # fmt: skip

    def recipients(self) -> Iterator[Sequence[Any]]:
        mark = self.keys.mark
        for number in range(self.rows):
            identity, phone, email = self.contact(number)
            key = mark("identifier", identity)
            at = self.at(number)
            yield (
                self.guid(number), 0, "{}", "SMS", "SIGNED", 7, 0, key, key, mark("phone", phone[1:]),
                mark("email", email), self.blob(number, 420), bytes(32), at,
                at + timedelta(hours=number % 90),
            )  # fmt: skip

    def data_keys(self) -> Iterator[Sequence[Any]]:
        for number in range(self.rows):
            yield self.guid(number), "20260101", self.blob(number, 60)

    def at(self, number: int) -> datetime:
        return BEGIN + timedelta(seconds=number * 20)

    def fill(self, database: SqlDatabase) -> None:
        with database.write() as unit:
            for number in range(ISSUERS):
                unit.issuers.add(Issuer(number, f"Emisor {number}", "A00000000", "ayuda@example.org"))
            unit.commit()
        connection = database.engine.raw_connection()
        cursor = connection.cursor()
        for table, columns in NAMES.items():
            names = ", ".join(columns.split())
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in getattr(self, table)():
                    copy.write_row(row)
        connection.commit()
        connection.close()


def told(database: SqlDatabase, keys: ColumnKeys, rows: int) -> Sequence[str]:
    """Transactions with all that a story reads, sealed really; their GUIDs."""
    guids = [str(Guid(1001, 1, 10**12 + number)) for number in range(TOLD)]
    for number, guid in enumerate(guids):
        at = BEGIN + timedelta(seconds=(rows + number) * 20)
        with database.write(synced=False) as unit:
            unit.keys.add(guid, keys.keyring.new_key())
            unit.transactions.add(_transaction(guid, number, at))
            unit.recipients.add([RecipientRecord(guid, 0, PERSON, SignMethod.SMS)])
            for sequence in range(EVENTS):
                details = (("effect", "e"), ("detail", "250 Ok"))
                event = EventRecord(
                    guid, sequence, f"{guid}-{sequence}", "CODE_SENT", State.CONSULTED, 0, at, at, details
                )
                unit.events.add(event)
            for effect in range(3):
                unit.effects.intend(
                    Effect(f"{guid}-{effect}", guid, 0, Channel.SMS, Purpose.CODE, "+34600000123", at)
                )
            unit.commit()
    return guids


def _transaction(guid: str, number: int, at: datetime) -> TransactionRecord:
    return TransactionRecord(
        guid=guid,
        issuer=1,
        external_id=f"TOLD-{number}",
        content_digest=bytes(32),
        service=Service.CONTRACT_EXPRESS,
        state=State.CHALLENGED,
        result=Result.PENDING,
        subject="Su contrato",
        language="es",
        received_at=at,
        start_at=at,
        close_at=at + timedelta(days=30),
        updated_at=at,
        request_id="r",
        signer_sha256="ab" * 32,
        raw_sha256=bytes(32),
        default_sign_method=SignMethod.SMS,
        asked=ASKED,
    )


@dataclass
class Asking:
    """What support asks, each time of another transaction."""

    database: SqlDatabase
    filler: Filler
    guids: Sequence[str]
    vault: FileVault
    dice: random.Random

    def any(self) -> int:
        return self.dice.randrange(self.filler.rows)

    def kinds(self) -> dict[str, Callable[[], object]]:
        search = Search(self.database, lambda _issuer, _external: bytes(32))
        story = TellStory(self.database, self.vault, MachineClock())

        def by(
            kind: SearchBy, text: Callable[[], str], place: Callable[[], Place] = lambda: NEWEST
        ) -> Callable[[], object]:
            return lambda: search.page(STAFF, search.wanted(STAFF, kind, text()), place())

        def contact(part: int) -> Callable[[], str]:
            return lambda: self.filler.contact(self.any())[part]

        deep = lambda: Place(self.filler.at(self.any()), "")  # noqa: E731 - it is one word of the table below.
        return {
            "reference: a row by primary key": self._by_key,
            "GUID": by(SearchBy.GUID, lambda: self.filler.guid(self.any())),
            "external id": by(SearchBy.EXTERNAL_ID, lambda: f"PED-{self.any()}"),
            "identity number": by(SearchBy.IDENTITY, contact(0)),
            "telephone (three spellings)": by(SearchBy.PHONE, contact(1)),
            "e-mail": by(SearchBy.EMAIL, contact(2)),
            f"e-mail of {self.filler.rows // HOT:,} transactions": by(SearchBy.EMAIL, lambda: HOT_EMAIL),
            "that e-mail, any page": by(SearchBy.EMAIL, lambda: HOT_EMAIL, deep),
            "issuer": by(SearchBy.ISSUER, lambda: str(self.any() % ISSUERS)),
            "issuer, any page": by(SearchBy.ISSUER, lambda: str(self.any() % ISSUERS), deep),
            "newest": lambda: search.page(STAFF, Wanted(SearchBy.RECENT)),
            "nobody's telephone": by(SearchBy.PHONE, lambda: f"+34700{self.any():06d}"),
            "story of a transaction": lambda: story(STAFF, self.dice.choice(self.guids)),
        }

    def _by_key(self) -> object:
        with self.database.read() as unit:
            return unit.searches.get(self.filler.guid(self.any()))


def measured(ask: Callable[[], object], rounds: int) -> list[float]:
    for _ in range(rounds // 10):
        ask()
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        ask()
        times.append((time.perf_counter() - begin) * 1000)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", required=True, help="URL of an empty PostgreSQL database")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        kek_files.create(Path(folder) / "vault", datetime.now(UTC))
        keys = ColumnKeys(Keyring(Path(folder) / "vault"), os.urandom(32))
        database = SqlDatabase(build_engine(chosen.database), cipher=keys)
        upgrade(database.engine)
        filler = Filler(keys, chosen.rows)
        begin = time.perf_counter()
        filler.fill(database)
        guids = told(database, keys, chosen.rows)
        _analyze(database)
        print(f"{chosen.rows:,} transactions filled in {time.perf_counter() - begin:.0f} s")
        vault = FileVault(Path(folder) / "blobs", keys.keyring)
        asking = Asking(database, filler, guids, vault, random.Random(1))
        print("| what | p50 ms | p99 ms | p99 / reference |\n|---|---|---|---|")
        reference = 0.0
        for name, ask in asking.kinds().items():
            times = measured(ask, chosen.rounds)
            middle, worst = percentile(times, 0.5), percentile(times, 0.99)
            reference = reference or worst
            print(f"| {name} | {middle:.2f} | {worst:.2f} | {worst / reference:.1f} |", flush=True)
        database.close()
    return 0


def _analyze(database: SqlDatabase) -> None:
    connection = database.engine.raw_connection()
    driver: Any = connection.driver_connection
    driver.rollback()
    driver.autocommit = True
    driver.execute("VACUUM ANALYZE")
    driver.autocommit = False
    connection.close()


if __name__ == "__main__":
    sys.exit(main())
