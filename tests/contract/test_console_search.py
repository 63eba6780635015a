"""The console's searches on both databases: everything is found once, newest first, by any spelling."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text as sql

from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import configuration, upgrade
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.search import NEWEST, Place, SearchBy, Span
from gateway.domain.staff import Person, Role
from gateway.usecases.console.search import Search, Wanted, kind_of
from tests.storage_samples import ISSUER, NOW, add_key, column_keys, guid, opened, recipient, transaction

ANA = Person("p1", "ana", "Ana", Role.SUPPORT)


def marked(issuer: int, external_id: str) -> bytes:
    return f"{issuer}{external_id}".encode()


@pytest.fixture
def filled(database: SqlDatabase) -> SqlDatabase:
    """Nine transactions of one person, of whom three came at the same instant."""
    with database.write() as unit:
        unit.issuers.add(ISSUER)
        for number in range(1, 10):
            add_key(unit, number)
            at = NOW + timedelta(seconds=number // 3)
            assert unit.transactions.add(replace(transaction(number), received_at=at))
            unit.recipients.add([recipient(number), recipient(number, 1)])
        unit.commit()
    return database


def everything(search: Search, wanted: Wanted, size: int) -> list[str]:
    found: list[str] = []
    place: Place | None = NEWEST
    while place:
        page = search.page(ANA, wanted, place, size)
        assert len(page.rows) <= size
        found += [row.guid for row in page.rows]
        place = page.after
    return found


@pytest.mark.parametrize(
    ("by", "text"),
    [
        (SearchBy.RECENT, ""),
        (SearchBy.ISSUER, "1"),
        (SearchBy.PHONE, "600 000 123"),
        (SearchBy.PHONE, "0034600000123"),
        (SearchBy.PHONE, "+34-600-000-123"),
        (SearchBy.EMAIL, "INIGO@ejemplo.example"),
        (SearchBy.IDENTITY, "12345678Z"),
        (SearchBy.IDENTITY, "12.345.678-z"),
        (SearchBy.IDENTITY, "N42"),
        (None, "12345678z"),
        (None, "+34 600000123"),
        (None, "inigo@ejemplo.example"),
        (None, ""),
    ],
)
@pytest.mark.parametrize("size", [1, 2, 4, 100])
def test_pages_hold_each_once_newest_first(
    filled: SqlDatabase, by: SearchBy | None, text: str, size: int
) -> None:
    """Whatever the size of pages, and though receptions are equal, each transaction comes once in order."""
    search = Search(filled, marked)
    expected = [guid(number) for number in range(9, 0, -1)]
    assert everything(search, search.wanted(ANA, by, text), size) == expected


def test_one_is_found_by_its_own_names(filled: SqlDatabase) -> None:
    """By GUID and by external id there is one, and by another's none."""
    search = Search(filled, marked)
    for text in (guid(4), "póliza 4"):
        assert [row.guid for row in search.page(ANA, search.wanted(ANA, None, text)).rows] == [guid(4)]
    for text in (guid(400), "póliza 400", "+34 699999999", "x@y.example"):
        assert search.page(ANA, search.wanted(ANA, None, text)).rows == ()


def test_a_span_bounds_every_search(filled: SqlDatabase) -> None:
    """Only receptions within it are listed; its end is left out."""
    search = Search(filled, marked)
    span = Span(NOW + timedelta(seconds=1), NOW + timedelta(seconds=2))
    wanted = search.wanted(ANA, SearchBy.PHONE, "600000123", span)
    assert everything(search, wanted, 2) == [guid(number) for number in (5, 4, 3)]


def test_what_is_searched_of_people_is_a_mark(filled: SqlDatabase) -> None:
    """What stands in an address tells nobody's number or address."""
    wanted = Search(filled, marked).wanted(ANA, None, "inigo@ejemplo.example")
    assert wanted.by is SearchBy.EMAIL
    assert all(len(value) == 40 and int(value, 16) >= 0 for value in wanted.values)


def test_others_than_staff_search_nothing(filled: SqlDatabase) -> None:
    """Who may not read is refused by the use case."""
    search = Search(filled, marked)
    for person in (Person("p2", "eva", "Eva", Role.SENDER, 1), replace(ANA, active=False)):
        with pytest.raises(GatewayError) as caught:
            search.page(person, Wanted(SearchBy.RECENT))
        assert caught.value.kind is ErrorKind.ACCESS_DENIED


@pytest.mark.parametrize(
    ("by", "text"), [(SearchBy.ISSUER, "one"), (SearchBy.PHONE, "  "), (SearchBy.GUID, "")]
)
def test_nonsense_is_refused(filled: SqlDatabase, by: SearchBy, text: str) -> None:
    """A search that can find nothing says so at once."""
    with pytest.raises(GatewayError) as caught:
        Search(filled, marked).wanted(ANA, by, text)
    assert caught.value.kind is ErrorKind.RULE_BROKEN


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("001001-0001-000000000000004.par", SearchBy.GUID),
        ("X1234567L", SearchBy.IDENTITY),
        ("B12345674", SearchBy.IDENTITY),
        ("912 345 678", SearchBy.PHONE),
        ("2026-00017/A", SearchBy.EXTERNAL_ID),
        ("CONTRATO 12", SearchBy.EXTERNAL_ID),
    ],
)
def test_what_it_looks_like(text: str, kind: SearchBy) -> None:
    """Support pastes anything into one field."""
    assert kind_of(text) is kind


def test_people_of_before_are_found_too(tmp_path: Path) -> None:
    """The migration gives the recipients that there were the reception that lists are in order of."""
    engine = build_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.connect() as connection:
        command.upgrade(configuration(connection), "0011")
        connection.commit()
    mark, at = column_keys().mark("phone", "34600000123"), "2026-01-02 03:04:05.000000"
    with engine.begin() as connection:
        connection.execute(
            sql(
                "INSERT INTO issuers (issuer, name, identifier, contact, active, default_sign_method,"
                " sandbox, integrated, daily_limit, priority) VALUES (1, 'x', 'x', 'x', 1, 'SMS', 0, 1, 0, 5)"
            )
        )
        connection.execute(
            sql(
                "INSERT INTO transactions (guid, issuer, external_id, content_digest, service, state, result,"
                " received_at, start_at, close_at, updated_at, request_id, signer_sha256, raw_sha256,"
                " default_sign_method, asked) VALUES (:guid, 1, 'e', x'00', 'CONTRACT', 12, 7, :at, :at,"
                " :at, :at, 'r', 'ab', x'00', 'SMS', '{}')"
            ),
            {"guid": guid(1), "at": at},
        )
        connection.execute(
            sql(
                "INSERT INTO recipients (guid, position, asked, sign_method, state, result, failures,"
                " phone_key) VALUES (:guid, 0, '{}', 'SMS', 'SIGNED', 7, 0, :mark)"
            ),
            {"guid": guid(1), "mark": mark},
        )
    engine.dispose()
    upgrade(engine)
    database = opened(f"sqlite:///{tmp_path / 'old.db'}")
    search = Search(database, marked)
    assert [row.guid for row in search.page(ANA, search.wanted(ANA, None, "600000123")).rows] == [guid(1)]
    database.close()
