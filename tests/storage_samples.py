"""Records for tests of storage and work: valid, small, and different where their numbers differ.

Data keys are real ones of one keyring that lasts for the process, or for the folder that a test names to its
other processes.
"""

import tempfile
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.tables import METADATA
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.vault import kek_files
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.search_key import ColumnKeys, search_key
from gateway.domain.catalogue import Service
from gateway.domain.delivery import Channel, Effect, Purpose
from gateway.domain.documents import Document, DocumentGroup, FormField, Template
from gateway.domain.evidence import ErdsEvent
from gateway.domain.guid import Guid
from gateway.domain.parties import (
    GroupRule,
    Identity,
    IdentityType,
    Issuer,
    NoticeMethod,
    PartyKind,
    PostalAddress,
    Recipient,
    RuleAction,
)
from gateway.domain.record import EvidenceStatus, RecipientRecord, StoredEvidence, Task, TransactionRecord
from gateway.domain.results import Result
from gateway.domain.retention import Duration
from gateway.domain.signing import Challenge, ChallengeState, CodedAct, SignMethod
from gateway.domain.states import State
from gateway.domain.transaction import Fallback, Reminder, SigningChannel, Transaction
from gateway.usecases.ports import UnitOfWork

NOW = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
MADRID_SUMMER = timezone(timedelta(hours=2))
ISSUER = Issuer(1, "Banco Ejemplo, S.A.", "A00000000", "ayuda@banco.example")

PERSON = Recipient(
    kind=PartyKind.PERSON,
    name="Íñigo",
    surname="Núñez 😀",
    identity=Identity(IdentityType.DNI, "12.345.678-z"),
    email="Inigo@Ejemplo.example",
    phone="+34 600 000 123",
    notice_method=NoticeMethod.EMAIL_AND_SMS,
    access_identifier=Identity(IdentityType.PAYROLL, "n-42", "PT"),
    order=2,
    sign_method=SignMethod.SMS_VOICE,
    rules=(GroupRule("all", RuleAction.SIGN, mandatory=False),),
)
COMPANY = Recipient(
    kind=PartyKind.COMPANY,
    name="Obras, S.L.",
    representative="Ana",
    notice_method=NoticeMethod.POSTAL,
    postal_address=PostalAddress("Calle Mayor 1", "", "28001", "Madrid", "Madrid", "ES"),
)
ASKED = Transaction(
    service=Service.CONTRACT,
    external_id="póliza 1",
    subject="",
    body="línea\r\n'\"\\",
    channel=SigningChannel.POINT_OF_SALE,
    send_at=datetime(2026, 7, 1, 9, 0, tzinfo=MADRID_SUMMER),
    time_to_close=Duration(months=1, seconds=5),
    time_to_save=Duration(months=72),
    sign_method=SignMethod.SMS,
    documents=(
        Document("d1", "contrato.pdf", "application/pdf", sha256=b"\x01" * 32),
        Document("d2", "carta", "application/pdf", template=Template("{{x}}", {"x": "y"})),
    ),
    groups=(DocumentGroup("all", ("d1", "d2")),),
    forms=(FormField("iban", "IBAN", required=True, options=("a", "b")),),
    recipients=(PERSON, COMPANY),
    reminders=(Reminder(Duration(seconds=60), Channel.SMS),),
    fallbacks=(Fallback(Duration(seconds=172800), "UNOPENED", Channel.POSTAL),),
    return_url="https://banco.example/fin",
    fields=(("branch", "0001"), ("branch", "0002")),
)


@cache
def column_keys(folder: Path | None = None) -> ColumnKeys:
    """A real keyring and search key, made in the folder if need be."""
    home = folder or Path(tempfile.mkdtemp(prefix="fehaciente-keys-"))
    if not (home / "vault").exists():
        kek_files.create(home / "vault", NOW)
    return ColumnKeys(Keyring(home / "vault"), search_key(home / "search.key"))


def opened(url: str, keys: ColumnKeys | None = None, **options: Any) -> SqlDatabase:
    """The database with the keys that its personal columns need."""
    return SqlDatabase(build_engine(url, **options), cipher=keys or column_keys())


def add_key(unit: UnitOfWork, number: int = 1, keys: ColumnKeys | None = None) -> None:
    """Give the transaction its data key, without which nothing personal is written."""
    unit.keys.add(guid(number), (keys or column_keys()).keyring.new_key())


def guid(number: int) -> str:
    return str(Guid(1001, 1, number))


def transaction(
    number: int = 1, *, external_id: str = "", state: State = State.RECEIVED
) -> TransactionRecord:
    return TransactionRecord(
        guid=guid(number),
        issuer=1,
        external_id=external_id or f"póliza {number}",
        content_digest=bytes([number % 256]) * 32,
        service=Service.CONTRACT,
        state=state,
        result=Result.PENDING,
        subject="",
        language="es",
        received_at=NOW,
        start_at=NOW,
        close_at=NOW + timedelta(days=number),
        updated_at=NOW,
        request_id=f"request-{number}",
        signer_sha256="ab" * 32,
        raw_sha256=b"\xff" * 32,
        default_sign_method=SignMethod.SMS,
        asked=ASKED,
    )


def recipient(number: int = 1, position: int = 0) -> RecipientRecord:
    return RecipientRecord(guid(number), position, PERSON, SignMethod.SMS_VOICE)


def task(number: int = 1, due_at: datetime = NOW, kind: str = "stamp") -> Task:
    return Task(f"task-{number}", kind, guid(number), "0", due_at)


def evidence(number: int = 1, event_time: datetime = NOW, owner: str = "") -> StoredEvidence:
    return StoredEvidence(
        id=f"evidence-{number}",
        owner=owner or guid(1),
        position=None,
        event=ErdsEvent.SIGNED,
        event_time=event_time,
        status=EvidenceStatus.RENDERED,
        rendered_sha256=bytes([number]) * 32,
        body=b"rendered\x00",
    )


def effect(number: int = 1) -> Effect:
    return Effect(f"effect-{number}", guid(1), 0, Channel.SMS, Purpose.CODE, "+34600000123", NOW)


def challenge(number: int = 1) -> Challenge:
    return Challenge(
        id=f"challenge-{number}",
        guid=guid(1),
        position=0,
        act=CodedAct.SIGN,
        method=SignMethod.SMS,
        state=ChallengeState.REQUESTED,
        requested_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )


def furnished(database: SqlDatabase, numbers: range = range(1, 2)) -> None:
    """Store the issuer and transactions with one recipient each."""
    with database.write() as unit:
        unit.issuers.add(ISSUER)
        for number in numbers:
            add_key(unit, number)
            assert unit.transactions.add(transaction(number))
            unit.recipients.add([recipient(number)])
        unit.commit()


def stored_text(database: SqlDatabase) -> str:
    """Every value of every row, octets read as text: what somebody with the database alone can read."""
    with database.engine.connect() as connection:
        tables = [connection.execute(select(table)).all() for table in METADATA.sorted_tables]
    values = [value for rows in tables for row in rows for value in row]
    return "\n".join(
        each.decode(errors="replace") if isinstance(each, bytes) else str(each) for each in values
    )
