"""Stores of the web sender on every database: drafts, rows settled once, templates, alerts, lists."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.draft import (
    Addressee,
    AlertSettings,
    Composition,
    Draft,
    DraftRow,
    DraftStatus,
    DraftTemplate,
    KeptTemplate,
    RowStatus,
)
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Listed
from tests.storage_samples import ISSUER, NOW, PERSON, column_keys, furnished, guid

ID = "0" * 31 + "1"
SAID = Composition(
    subject="Contrato de Íñigo",
    template=DraftTemplate("a" * 32, 2, "Alquiler", "{{renta}}", (("renta", "1"),)),
)
DRAFT = Draft(ID, ISSUER.number, "person-1", DraftStatus.PENDING, 1, NOW, NOW, NOW + timedelta(days=1), SAID)
ROWS = [DraftRow(place, Addressee(PERSON, (("renta", str(place)),))) for place in range(3)]


def kept(database: SqlDatabase) -> Draft:
    furnished(database)
    with database.write() as unit:
        unit.keys.add(DRAFT.owner, column_keys().keyring.new_key())
        assert unit.drafts.add(DRAFT)
        assert not unit.drafts.add(DRAFT)
        unit.drafts.set_rows(DRAFT, ROWS)
        saved = unit.drafts.replace(DRAFT, replace(DRAFT, total=3))
        unit.commit()
    assert saved is not None
    return saved


def test_a_draft_comes_back_as_it_was(database: SqlDatabase) -> None:
    """Composition and rows survive, and are found by issuer and status."""
    draft = kept(database)
    with database.read() as unit:
        assert unit.drafts.get(ID) == draft
        assert unit.drafts.of(ISSUER.number, DraftStatus.PENDING, 10) == [draft]
        assert unit.drafts.of(ISSUER.number + 1, DraftStatus.PENDING, 10) == []
        assert unit.drafts.count(ISSUER.number, DraftStatus.PENDING) == 1
        assert unit.drafts.rows(draft, 1, 10) == ROWS[1:]


def test_the_second_of_two_windows_loses(database: SqlDatabase) -> None:
    """A version is replaced once; status and version are compared."""
    draft = kept(database)
    with database.write() as unit:
        first = unit.drafts.replace(draft, replace(draft, composition=replace(SAID, subject="Uno")))
        assert first is not None
        assert unit.drafts.replace(draft, replace(draft, composition=replace(SAID, subject="Dos"))) is None
        assert not unit.drafts.remove(draft)
        assert unit.drafts.replace(replace(first, status=DraftStatus.SENDING), first) is None
        unit.commit()


def test_a_row_is_settled_once(database: SqlDatabase) -> None:
    """WAITING gives way to one outcome; that it was sent outweighs that it was refused, never the reverse."""
    draft = kept(database)
    refused = replace(ROWS[0], status=RowStatus.REFUSED, code="E000501", detail="x")
    sent = replace(ROWS[0], status=RowStatus.SENT, guid=guid(1))
    with database.write() as unit:
        assert unit.drafts.settle(draft, refused)
        assert not unit.drafts.settle(draft, refused)
        assert unit.drafts.settle(draft, sent)
        assert not unit.drafts.settle(draft, sent)
        assert not unit.drafts.settle(draft, refused)
        assert unit.drafts.tally(draft) == {RowStatus.SENT: 1, RowStatus.WAITING: 2}
        assert unit.drafts.guids(draft, 10) == [guid(1)]
        assert [row.position for row in unit.drafts.rows_as(draft, RowStatus.WAITING, 1)] == [1]
        unit.commit()


def test_without_its_key_nothing_is_read(database: SqlDatabase) -> None:
    """The row stays to answer a second asking; what it said is gone."""
    draft = kept(database)
    with database.write() as unit:
        assert unit.keys.destroy(draft.owner)
        unit.commit()
    with database.read() as unit:
        found = unit.drafts.get(ID)
        assert found is not None
        assert found.composition == Composition()
        with pytest.raises(GatewayError) as caught:
            unit.drafts.rows(draft, 0, 1)
        assert caught.value.kind is ErrorKind.KEY_DESTROYED


def test_expired_drafts_are_found_and_removed(database: SqlDatabase) -> None:
    """Not one that is on its way."""
    draft = kept(database)
    later = NOW + timedelta(days=2)
    with database.write() as unit:
        assert unit.drafts.expired(NOW, 10) == []
        assert unit.drafts.expired(later, 10) == [ID]
        sending = unit.drafts.replace(draft, replace(draft, status=DraftStatus.SENDING))
        assert sending is not None
        assert unit.drafts.expired(later, 10) == []
        assert unit.drafts.remove(sending)
        assert unit.drafts.get(ID) is None
        unit.commit()


def test_templates_keep_their_versions(database: SqlDatabase) -> None:
    """The newest is offered, a version is added once, and another issuer sees none."""
    furnished(database)
    first = KeptTemplate("b" * 32, 1, ISSUER.number, "Alquiler", "Uno {{a}}", "person-1", NOW)
    second = replace(first, version=2, text="Dos {{a}}")
    with database.write() as unit:
        assert unit.sender.add_template(first)
        assert unit.sender.add_template(second)
        assert not unit.sender.add_template(second)
        assert unit.sender.templates(ISSUER.number, 10) == [second]
        assert unit.sender.versions(ISSUER.number, first.id) == [second, first]
        assert unit.sender.versions(ISSUER.number + 1, first.id) == []
        assert not unit.sender.retire_template(ISSUER.number + 1, first.id, NOW)
        assert unit.sender.retire_template(ISSUER.number, first.id, NOW)
        assert unit.sender.templates(ISSUER.number, 10) == []
        assert unit.sender.versions(ISSUER.number, first.id) == []
        unit.commit()


def test_alerts_and_their_readers(database: SqlDatabase) -> None:
    """A choice replaces the one before; each person has read up to a moment."""
    furnished(database)
    with database.write() as unit:
        assert unit.sender.alert_settings(ISSUER.number) is None
        for on in (True, False):
            unit.sender.set_alerts(AlertSettings(ISSUER.number, on, NOW))
            assert unit.sender.alert_settings(ISSUER.number) == AlertSettings(ISSUER.number, on, NOW)
        for moment in (NOW, NOW + timedelta(hours=1)):
            unit.sender.set_seen("person-1", moment)
            assert unit.sender.seen_at("person-1") == moment
        assert unit.sender.seen_at("person-2") is None
        assert unit.sender.alerts(ISSUER.number, NOW - timedelta(days=9), 10) == []
        assert unit.sender.unread(ISSUER.number, NOW - timedelta(days=9)) == 0
        unit.commit()


def test_the_list_is_paged_and_is_the_issuers_own(database: SqlDatabase) -> None:
    """Newest first, beyond the last one seen, by state and result."""
    furnished(database, range(1, 6))
    ever, never = NOW - timedelta(days=3650), (NOW + timedelta(days=3650), "")
    asked = Listed(ISSUER.number, (0, 12), None, never, ever)
    with database.read() as unit:
        found = list(unit.sender.listed(asked, 10))
        assert sorted(found) == [guid(number) for number in range(1, 6)]
        last = unit.transactions.get(found[1])
        assert last is not None
        page = replace(asked, before=(last.received_at, last.guid))
        assert list(unit.sender.listed(page, 10)) == found[2:]
        assert unit.sender.listed(replace(asked, issuer=ISSUER.number + 1), 10) == []
        assert unit.sender.listed(replace(asked, states=(10, 12)), 10) == []
        assert unit.sender.listed(replace(asked, result=7), 10) == []
        assert unit.sender.listed(replace(asked, not_before=NOW + timedelta(days=999)), 10) == []


def test_a_retired_certificate_names_nobody(database: SqlDatabase) -> None:
    """Once, and only by its issuer."""
    furnished(database)
    digest = b"\7" * 32
    with database.write() as unit:
        unit.issuers.add_certificate(ISSUER.number, digest, b"der", NOW)
        assert unit.issuers.by_certificate(digest) is not None
        assert not unit.issuers.retire_certificate(ISSUER.number + 1, digest, NOW)
        assert unit.issuers.retire_certificate(ISSUER.number, digest, NOW)
        assert not unit.issuers.retire_certificate(ISSUER.number, digest, NOW)
        assert unit.issuers.by_certificate(digest) is None
        unit.commit()
