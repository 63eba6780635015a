"""Legal holds: placed and released by opaque words, kept with who and when, and audited."""

import pytest

from gateway.adapters.storage.audit_store import AuditStore
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.audit_trail import AuditTrail
from tests.custody_samples import closed
from tests.house import House, refused


def audited(house: House) -> list[tuple[str, str]]:
    entries = AuditTrail(house.tech.database).entries("", 0, 100)
    return [(entry.action, entry.subject) for entry in entries if "hold" in entry.action]


def test_who_and_when_are_kept(house: House) -> None:
    """A released hold stays as a row; both acts stand in the audit trail."""
    guid, holds = closed(house), house.system.holds
    assert holds.place(guid, "court-1", "ops")
    assert not holds.place(guid, "court-1", "ops")
    [active] = holds.of("")
    assert (active.guid, active.reason, active.placed_by, active.released_at) == (
        guid,
        "court-1",
        "ops",
        None,
    )
    assert holds.release(guid, "", "boss")
    [kept] = holds.of(guid)
    assert kept.released_at is not None
    assert kept.released_at >= kept.placed_at
    assert kept.released_by == "boss"
    assert holds.of("") == []
    assert not holds.release(guid, "court-1", "boss")
    assert audited(house) == [
        ("custody-hold-placed", f"{guid}:court-1:ops"),
        ("custody-hold-released", f"{guid}:court-1:boss"),
    ]


def test_several_holds_are_told_apart_by_their_reasons(small_house: House) -> None:
    """With two in force a reason is needed; a third, later, is a hold of its own."""
    guid, holds = closed(small_house), small_house.system.holds
    assert holds.place(guid, "court-1", "ops")
    assert holds.place(guid, "tax", "ops")
    refused(ErrorKind.RULE_BROKEN, holds.release, guid, "", "ops")
    assert holds.release(guid, "tax", "ops")
    assert holds.place(guid, "tax", "ops")
    assert [hold.reason for hold in holds.of("")] == ["court-1", "tax"]
    assert len(holds.of(guid)) == 3


def test_only_opaque_words_and_known_transactions(small_house: House) -> None:
    """What a person wrote about somebody never gets into rows or audit."""
    guid, holds = closed(small_house), small_house.system.holds
    for words in (("Juan Pérez", "ops"), ("court-1", "Ana García"), ("", "ops"), ("a" * 41, "ops")):
        refused(ErrorKind.RULE_BROKEN, holds.place, guid, *words)
    refused(ErrorKind.RULE_BROKEN, holds.release, guid, "two words", "ops")
    refused(ErrorKind.NOT_FOUND, holds.place, "001001-0001-999999999999999.par", "court-1", "ops")
    refused(ErrorKind.NOT_FOUND, holds.release, "001001-0001-999999999999999.par", "court-1", "ops")
    assert audited(small_house) == []


def test_a_hold_and_its_entry_stand_or_fall_together(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An act that cannot be audited is not done."""
    guid = closed(small_house)

    def full(self: AuditStore, *_: str, **__: str) -> None:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    monkeypatch.setattr(AuditStore, "append", full)
    refused(ErrorKind.TEMPORARILY_UNAVAILABLE, small_house.system.holds.place, guid, "court-1", "ops")
    assert small_house.system.holds.of("") == []
