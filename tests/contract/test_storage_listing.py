"""Lists of an issuer's transactions: stable pages, own rows only, an index behind every page."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

from gateway.adapters.crypto.codes import KeyedCodes
from gateway.adapters.storage import block_store, listing_store
from gateway.adapters.storage.driver_session import DriverSession
from gateway.adapters.storage.tables import recipients, tombstones, transactions
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.domain.contact import ContactKind
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.listing import Listed, Wanted
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.usecases.commands import Reference
from gateway.usecases.listing import ListTransactions, States
from tests.storage_samples import ISSUER, NOW, add_key, furnished, guid, opened, recipient, transaction

OTHER = replace(ISSUER, number=2, name="Other")
CODES = KeyedCodes({"a": bytes(32)})
ALL = Wanted()
COUNT = 25


def add(database: SqlDatabase, number: int, *, minutes: int = 0, issuer: int = 1, **more: Any) -> None:
    with database.write() as unit:
        add_key(unit, number)
        record = replace(
            transaction(number), issuer=issuer, received_at=NOW + timedelta(minutes=minutes), **more
        )
        assert unit.transactions.add(record)
        unit.recipients.add([recipient(number), recipient(number, 1)])
        unit.commit()


@pytest.fixture
def filled(database: SqlDatabase) -> SqlDatabase:
    """25 of the issuer's, five at each of five instants, out of order of their GUIDs, one of another's."""
    with database.write() as unit:
        unit.issuers.add(ISSUER)
        unit.issuers.add(OTHER)
        unit.commit()
    for number in range(1, COUNT + 1):
        state = State.CLOSED if number % 2 else State.NOTIFIED
        result = Result.COMPLETED if number % 2 else Result.PENDING
        add(database, number, minutes=(number * 7) % 5, state=state, result=result)
    add(database, 100, issuer=2)
    return database


def lister(database: SqlDatabase) -> ListTransactions:
    return ListTransactions(database, CODES.page_mark)


def pages(database: SqlDatabase, wanted: Wanted = ALL, limit: int = 4) -> Iterator[tuple[Listed, ...]]:
    token = ""
    while True:
        page = lister(database)(ISSUER, wanted, token, limit)
        yield page.transactions
        token = page.next_page
        if not token:
            return


def test_pages_hold_everything_once_in_order(filled: SqlDatabase) -> None:
    """Equal instants are told apart by GUID; nothing is left out, nothing comes twice."""
    found = [each for page in pages(filled) for each in page]
    assert sorted(each.guid for each in found) == [guid(number) for number in range(1, COUNT + 1)]
    assert found == sorted(found, key=lambda each: (each.received_at, each.guid))
    assert all(len(each.recipients) == 2 for each in found)


def test_what_comes_meanwhile_shifts_nothing(filled: SqlDatabase) -> None:
    """Rows that are added before and behind the place that was reached: what was there comes once."""
    found: list[str] = []
    for number, page in enumerate(pages(filled)):
        found += [each.guid for each in page]
        add(filled, 200 + number, minutes=number % 2 * 9)
    before = [each for each in found if each <= guid(COUNT)]
    assert sorted(before) == [guid(number) for number in range(1, COUNT + 1)]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        (Wanted(state=State.CLOSED), 13),
        (Wanted(result=Result.PENDING), 12),
        (Wanted(state=State.CLOSED, result=Result.PENDING), 0),
        (Wanted(received_from=NOW + timedelta(minutes=3)), 10),
        (Wanted(received_until=NOW + timedelta(minutes=3)), 15),
        (Wanted(NOW + timedelta(minutes=1), NOW + timedelta(minutes=2), State.CLOSED), 3),
    ],
)
def test_filters(filled: SqlDatabase, wanted: Wanted, count: int) -> None:
    """By instant of reception (the end left out), by state, by result, on pages of one."""
    found = [each for page in pages(filled, wanted, 1) for each in page]
    assert len(found) == len({each.guid for each in found}) == count


def test_a_page_token_is_bound(filled: SqlDatabase) -> None:
    """To the issuer and to what was asked for; touched in any way, or made up, it opens nothing."""
    listed = lister(filled)
    token = listed(ISSUER, ALL, "", 4).next_page
    assert listed(ISSUER, ALL, token, 4).transactions
    bent = token[:-6] + ("A" if token[-6] != "A" else "B") + token[-5:]
    tries = [(OTHER, ALL, token), (ISSUER, Wanted(state=State.CLOSED), token), (ISSUER, ALL, bent)]
    tries += [(ISSUER, ALL, forged) for forged in ("x", "====", "AAAA" * 20, token + token, "ñ")]
    for issuer, wanted, given in tries:
        with pytest.raises(GatewayError) as caught:
            listed(issuer, wanted, given, 4)
        assert caught.value.kind is ErrorKind.PAGE_REFUSED


def test_states_of_many_at_once(filled: SqlDatabase) -> None:
    """In the order of the request, GUIDs and external ids mixed; another's is NOT_FOUND as what never was."""
    states = States(filled, CODES.external_mark)
    asked = [
        Reference(guid(3)),
        Reference(guid(100)),
        Reference(guid(999)),
        Reference(external_id="póliza 4"),
        Reference(external_id="póliza 100"),
        Reference(guid(3)),
    ]
    answers = states(ISSUER, asked)
    known = [answer.guid if isinstance(answer, Listed) else answer for _, answer in answers]
    nothing = ErrorKind.NOT_FOUND
    assert known == [guid(3), nothing, nothing, guid(4), nothing, guid(3)]
    assert [name for name, _ in answers] == [each.guid or each.external_id for each in asked]
    many = [Reference(guid(number)) for number in range(1, 1300)]
    assert sum(isinstance(answer, Listed) for _, answer in states(ISSUER, many)) == COUNT
    assert states(ISSUER, []) == []


def test_as_many_statements_for_a_hundred_as_for_one(
    filled: SqlDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One query a kind of question, not one an identifier."""
    counted: list[object] = []
    rows = DriverSession.rows

    def counting(self: DriverSession, statement: Any, *values: Any) -> Any:
        counted.append(statement)
        return rows(self, statement, *values)

    monkeypatch.setattr(DriverSession, "rows", counting)
    states = States(filled, CODES.external_mark)
    states(ISSUER, [Reference(guid(1)), Reference(guid(999)), Reference(external_id="no")])
    few, counted[:] = len(counted), []
    states(
        ISSUER,
        [Reference(guid(number)) for number in range(1, 101)]
        + [Reference(external_id=f"no {number}") for number in range(100)],
    )
    assert len(counted) == few <= 6


PLANS: dict[str, Any] = {
    **{f"page {number}": each for number, each in enumerate(listing_store.PAGES.values())},
    "by guid": listing_store.among(transactions.c.guid, 10, *listing_store.SHOWN),
    "by external id": listing_store.among(transactions.c.external_id, 10, *listing_store.SHOWN),
    "recipients": listing_store.among(recipients.c.guid, 10, recipients.c.position),
    "tombstones": listing_store.among(tombstones.c.guid, 10, tombstones.c.guid),
    "marks": listing_store.among(tombstones.c.external_mark, 10, tombstones.c.guid),
    "blocked": block_store.FIND,
}


@pytest.mark.parametrize("name", PLANS)
def test_no_list_reads_a_whole_table(filled: SqlDatabase, name: str) -> None:
    """Each begins by an index; on SQLite the pages' index gives the order too."""
    statement, dialect = PLANS[name], filled.engine.dialect
    with filled.engine.connect() as connection:
        if dialect.name == "sqlite":
            compiled = statement.compile(dialect=sqlite.dialect())  # type: ignore[no-untyped-call]
            values = tuple(compiled.params.get(key) for key in compiled.positiontup)
            plan = "; ".join(
                row.detail for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
            )
            assert "SCAN" not in plan, plan
            assert "TEMP B-TREE" not in plan or not name.startswith("page"), plan
            return
        # Tiny tables are read whole whatever index there is; one that may not be read so shows the index.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        compiled = statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
        values = {key: _sample(bind) for key, bind in compiled.binds.items()}
        rows = connection.exec_driver_sql(f"EXPLAIN {compiled}", values)
        plan = "; ".join(row[0] for row in rows)
        assert "Seq Scan" not in plan, plan


def _sample(bind: Any) -> Any:
    kind = bind.type.python_type if not hasattr(bind.type, "impl") else None
    if bind.key in {"since", "until", "after_at"}:
        return NOW
    if bind.value is not None:
        return bind.value
    if bind.key in {"issuer", "state", "result", "most", "param_1"}:
        return 1
    return b"x" * 32 if kind is bytes else "x"


def test_blocks_are_found_by_the_contact_alone(database_url: str) -> None:
    """Everywhere or in one transaction; what is kept of the contact is a keyed hash, however it is spelt."""
    database = opened(database_url)
    furnished(database, range(1, 3))
    phone, email = ContactKind.PHONE, ContactKind.EMAIL
    with database.write() as unit:
        assert unit.blocks.add(phone, "+34600111222", "", "eva", NOW)
        assert not unit.blocks.add(phone, "+34 600 111 222", "", "eva", NOW)
        assert unit.blocks.add(email, "Ana@Example.org", guid(1), "eva", NOW)
        unit.commit()
    with database.read() as unit:
        assert unit.blocks.blocked(phone, "+34600111222", guid(2))
        assert not unit.blocks.blocked(email, "+34600111222", guid(2))
        assert unit.blocks.blocked(email, "ana@example.org", guid(1))
        assert not unit.blocks.blocked(email, "ana@example.org", guid(2))
    with database.write() as unit:
        assert unit.blocks.release(phone, "+34600111222", "", "eva", NOW)
        assert not unit.blocks.release(phone, "+34600111222", "", "eva", NOW)
        assert not unit.blocks.blocked(phone, "+34600111222", guid(2))
        assert unit.desk_requests.first("token", guid(1), "x", NOW)
        assert not unit.desk_requests.first("token", guid(2), "x", NOW)
        unit.commit()
    with database.engine.connect() as connection:
        kept = str(connection.execute(text("SELECT mark FROM contact_blocks")).all())
    assert "600111222" not in kept
    database.close()
