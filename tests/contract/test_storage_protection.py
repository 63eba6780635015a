"""Rows of before revision 0004: read as ever, sealed when they change, and by the upkeep in the end."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, Table, insert, make_url, select

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import configuration, upgrade
from gateway.adapters.storage.party_json import recipient_to
from gateway.adapters.storage.personal import spelt
from gateway.adapters.storage.protect import BATCH, protect
from gateway.adapters.storage.recipient_store import RecipientStore
from gateway.adapters.storage.tables import (
    data_keys,
    documents,
    effects,
    events,
    issuers,
    recipients,
    rejections,
    transactions,
    unprotected,
)
from gateway.adapters.storage.transaction_json import transaction_to
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord
from tests.services import postgresql_database
from tests.storage_samples import (
    ASKED,
    COMPANY,
    NOW,
    PERSON,
    column_keys,
    guid,
    opened,
    recipient,
    stored_text,
    transaction,
)

WORDS = ("Íñigo", "Núñez", "12.345.678", "12345678Z", "ejemplo.example", "600000123", "Calle Mayor",
         "contrato", "buzón", "motivo", "detalle", "asunto")  # fmt: skip
COUNT = BATCH + 3


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SqlDatabase]:
    """A database that was filled at revision 0003 and upgraded since."""
    with ExitStack() as stack:
        if request.param == "postgresql":
            url = stack.enter_context(postgresql_database())
        else:
            url = f"sqlite:///{tmp_path / 'old.sqlite'}"
        engine = build_engine(url)
        with engine.begin() as connection:
            command.upgrade(configuration(connection), "0003")
        _fill(engine)
        upgrade(engine)
        engine.dispose()
        database = opened(url)
        yield database
        database.close()


def _fill(engine: Engine) -> None:
    with engine.begin() as connection:
        issuer = {"issuer": 1, "name": "B", "identifier": "A", "contact": "c", "active": True}
        connection.execute(insert(issuers), [issuer | {"default_sign_method": "SMS"}])
        for table, rows in _rows().items():
            connection.execute(insert(table), rows)


def _rows() -> dict[Table, list[dict[str, Any]]]:
    numbers = range(1, COUNT + 1)
    owners = [guid(number) for number in numbers] + [f"request-{number}" for number in numbers]
    keys = {owner: column_keys().keyring.new_key() for owner in owners}
    return {
        data_keys: [{"owner": o, "kek_id": k.kek_id, "wrapped": k.wrapped} for o, k in keys.items()],
        transactions: [_transaction(number) for number in numbers],
        recipients: [_recipient(number) for number in numbers],
        documents: [_document(number) for number in numbers],
        events: [_event(number, sequence) for number in numbers for sequence in range(2)],
        effects: [_effect(number) for number in numbers],
        rejections: [_rejection(number) for number in numbers],
    }


def _transaction(number: int) -> dict[str, Any]:
    return {
        "guid": guid(number),
        "issuer": 1,
        "external_id": f"póliza {number}",
        "content_digest": bytes([number % 256]) * 32,
        "service": "CONTRACT",
        "state": 0,
        "result": 0,
        "subject": "asunto",
        "language": "es",
        "received_at": NOW,
        "start_at": NOW,
        "close_at": transaction(number).close_at,
        "updated_at": NOW,
        "request_id": f"request-{number}",
        "signer_sha256": "ab" * 32,
        "raw_sha256": b"\xff" * 32,
        "default_sign_method": "SMS",
        "asked": spelt(transaction_to(ASKED)),
    }


def _recipient(number: int) -> dict[str, Any]:
    return {
        "guid": guid(number),
        "position": 0,
        "asked": spelt(recipient_to(PERSON)),
        "sign_method": "SMS_VOICE",
        "state": "PENDING",
        "result": 0,
        "failures": 0,
        "reason": "motivo",
        "identity_key": "12345678Z",
        "access_key": "N42",
        "phone_key": "34600000123",
        "email_key": "inigo@ejemplo.example",
    }


def _document(number: int) -> dict[str, Any]:
    return {
        "guid": guid(number),
        "position": 0,
        "id": "d1",
        "name": "contrato.pdf",
        "media_type": "application/pdf",
        "byte_size": 1,
        "original_sha256": bytes(32),
        "signed": False,
    }


def _event(number: int, sequence: int) -> dict[str, Any]:
    details = [["detail", "detalle"]] if sequence else []
    return {
        "guid": guid(number),
        "sequence": sequence,
        "id": "e",
        "kind": "RECEIVED",
        "state": 0,
        "happened_at": NOW,
        "recorded_at": NOW,
        "details": json.dumps(details, ensure_ascii=False),
    }


def _effect(number: int) -> dict[str, Any]:
    return {
        "id": f"effect-{number}",
        "guid": guid(number),
        "channel": "SMS",
        "purpose": "CODE",
        "address": "+34600000123",
        "intended_at": NOW,
    }


def _rejection(number: int) -> dict[str, Any]:
    return {
        "request_id": f"request-{number}",
        "issuer": 1,
        "code": "E000501",
        "detail": "detalle",
        "received_at": NOW,
        "raw_sha256": bytes(32),
        "signer_sha256": "ab" * 32,
    }


BEFORE = replace(recipient(), reason="motivo")


def _assert_reads(database: SqlDatabase, number: int = 1) -> None:
    with database.read() as unit:
        assert unit.transactions.get(guid(number)) == replace(transaction(number), subject="asunto")
        assert unit.recipients.of(guid(number)) == [replace(BEFORE, guid=guid(number))]
        [document] = unit.documents.of(guid(number))
        assert document.name == "contrato.pdf"
        first, second = unit.events.of(guid(number))
        assert (first.details, second.details) == ((), (("detail", "detalle"),))
        [effect] = unit.effects.of(guid(number))
        assert effect == unit.effects.get(effect.id)
        assert (effect.address, effect.outcome) == ("+34600000123", None)


def _waiting(database: SqlDatabase) -> int:
    with database.engine.connect() as connection:
        return len(connection.execute(select(unprotected)).all())


def test_old_rows_are_read_before_and_after_they_are_sealed(old: SqlDatabase) -> None:
    """The upkeep seals every old row, none of them changes its meaning, and nothing is left to do."""
    _assert_reads(old)
    assert _waiting(old) == 2 * COUNT
    assert [word for word in WORDS if word not in stored_text(old)] == ["buzón"]
    # A transaction, a recipient, a document, one event with details and one without, an effect, a rejection.
    assert protect(old) == 7 * COUNT
    _assert_reads(old)
    _assert_reads(old, COUNT)
    assert [word for word in WORDS if word in stored_text(old)] == []
    assert (_waiting(old), protect(old)) == (0, 0)


def test_the_files_of_sqlite_forget_what_was_sealed(old: SqlDatabase) -> None:
    """Once it is sealed and the log is emptied, no octet of the file tells it any more."""
    if old.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps dead row versions until VACUUM")
    protect(old)
    old.close()
    file = Path(make_url(str(old.engine.url)).database or "")
    files = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
    assert files == [file]
    octets = file.read_bytes()
    assert [word for word in WORDS if word.encode() in octets] == []


def test_a_round_ends_and_the_next_goes_on(old: SqlDatabase) -> None:
    """At most so many owners are sealed at once, so that a big installation is not held up."""
    assert protect(old, most=2) == 2 * 6
    assert _waiting(old) == 2 * COUNT - 2
    protect(old)
    assert _waiting(old) == 0


def test_old_rows_that_change_are_sealed(old: SqlDatabase) -> None:
    """The compare-and-set of an old recipient and the result of an old effect still win once, and seal."""
    after = replace(BEFORE, asked=COMPANY, failures=1)
    with old.write() as unit:
        assert not unit.recipients.replace(replace(BEFORE, reason="other"), after)
        assert not unit.recipients.replace(replace(BEFORE, failures=3), after)
        assert unit.recipients.replace(BEFORE, after)
        assert not unit.recipients.replace(BEFORE, after)
        assert unit.effects.finish("effect-1", Receipt(Outcome.ACCEPTED, NOW, "buzón", "detalle"))
        unit.commit()
    with old.engine.connect() as connection:
        row = connection.execute(select(recipients).where(recipients.c.guid == guid(1))).one()
        assert (row.asked, row.reason, row.phone_key) == ("{}", "", "")
        row = connection.execute(select(effects).where(effects.c.guid == guid(1))).one()
        assert (row.address, row.reference, row.detail) == ("", "", "")
    protect(old)
    with old.read() as unit:
        assert unit.recipients.of(guid(1)) == [after]
        [effect] = unit.effects.of(guid(1))
        assert (effect.address, effect.reference) == ("+34600000123", "buzón")


def test_progress_alone_seals_an_old_recipient_too(old: SqlDatabase) -> None:
    """An old row is sealed at its first change, whatever changed; a new one keeps its octets."""
    with old.write() as unit:
        assert unit.recipients.replace(BEFORE, replace(BEFORE, failures=1))
        octets = unit._session.rows(select(recipients.c.personal).where(recipients.c.guid == guid(1)))
        assert octets[0].personal is not None
        assert unit.recipients.replace(replace(BEFORE, failures=1), replace(BEFORE, failures=2))
        assert unit._session.rows(select(recipients.c.personal).where(recipients.c.guid == guid(1))) == octets


def test_a_row_sealed_between_two_looks_is_found(old: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the upkeep seals a row just after it was looked for sealed, the change still wins."""
    if old.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    real = RecipientStore._replace_clear

    def late(store: RecipientStore, *records: RecipientRecord) -> bool:
        protect(old)
        return real(store, *records)

    monkeypatch.setattr(RecipientStore, "_replace_clear", late)
    with old.write() as unit:
        assert unit.recipients.replace(BEFORE, replace(BEFORE, reason="changed"))
        assert not unit.recipients.replace(BEFORE, replace(BEFORE, reason="twice"))
        unit.commit()


def test_upkeep_and_changes_at_once_lose_nothing(old: SqlDatabase) -> None:
    """While two processes' upkeep runs, every compare-and-set of a recipient wins exactly once."""
    errors: list[BaseException] = []

    def change() -> None:
        for number in range(1, COUNT + 1):
            before = replace(BEFORE, guid=guid(number))
            with old.write() as unit:
                assert unit.recipients.replace(before, replace(before, reason="changed"))
                unit.commit()

    def guarded(action: Any) -> None:
        try:
            action()
        except BaseException as error:
            errors.append(error)

    actions = (change, lambda: protect(old), lambda: protect(old))
    threads = [threading.Thread(target=guarded, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    protect(old)
    with old.read() as unit:
        for number in range(1, COUNT + 1):
            assert [row.reason for row in unit.recipients.of(guid(number))] == ["changed"]
    assert _waiting(old) == 0
    assert "Íñigo" not in stored_text(old)


def test_an_owner_whose_key_does_not_open_is_passed_over(
    old: SqlDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    """It is named in the log, without a word of its rows, and the others are sealed."""
    with old.write() as unit:
        unit.keys.destroy(guid(2))
        unit.commit()
    with caplog.at_level(logging.ERROR):
        protect(old)
    assert _waiting(old) == 1
    assert caplog.messages == [f"rows of {guid(2)} stay in clear: E000206"]
    _assert_reads(old, 3)


def test_a_silent_database_stops_the_round() -> None:
    """What passes by itself is told to the alarm clock, which rings again."""
    nowhere = opened("postgresql://x@127.0.0.1:1/x")
    with pytest.raises(GatewayError) as caught:
        protect(nowhere)
    assert caught.value.kind is ErrorKind.TEMPORARILY_UNAVAILABLE
