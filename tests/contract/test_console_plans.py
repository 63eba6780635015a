"""Every search of the console begins at an index that gives its order too: the databases' plans say so."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, bindparam, select, text

from gateway.adapters.storage import figure_store, overview_store, search_store, story_store
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade
from gateway.adapters.storage.prepared import Prepared
from gateway.domain.search import SearchBy
from tests.services import postgresql_database

T = search_store.T
ROWS, PAGE = 20_000, 26
HOT, RARE = "hot", "rare"
T0 = datetime(2026, 1, 1, tzinfo=UTC)
SEARCHES: dict[str, Any] = {
    f"{by.value} {number}": each
    for by, statements in search_store.STATEMENTS.items()
    for number, each in enumerate(statements)
}
# Overviews: each begins at an index too, and counts no more than its limit.
OVERVIEWS: dict[str, Any] = {
    "batches": overview_store.BATCHES,
    "refused": overview_store.REFUSED,
    "taken": overview_store.TAKEN,
    "heaps": overview_store.HEAPS,
    "leases": overview_store.LEASES,
    "audit": overview_store.ENTRIES,
    "audit about": overview_store.ABOUT,
    "audit by": overview_store.BY,
    "the first reception": figure_store.FIRST,
    "figures of a period": figure_store.BETWEEN,
    "the last day": figure_store.LAST,
}
# These may sort what they find: a day's rows, or one transaction's, never a table's.
COUNTED: dict[str, Any] = {
    "volume": figure_store.VOLUME,
    "results": figure_store.RESULTS,
    "channels": figure_store.CHANNELS,
    "signatures": figure_store.DECIDED,
    "tasks of a story": story_store.TASKS,
    "evidence of a story": story_store.EVIDENCES,
    "certificate of a story": story_store.CERTIFIED,
    "deposits of a story": story_store.DEPOSITS,
}
# One in four of these rows is the hot one's, and ten are the rare one's.
MARK = "CASE WHEN n % 4 = 0 THEN 'hot' WHEN n % 2000 = 1 THEN 'rare' ELSE 'm' || n END"
NUMBERS = f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {ROWS})"
TRANSACTIONS = (
    "guid, issuer, external_id, content_digest, service, state, result, received_at, start_at, close_at,"
    " updated_at, request_id, signer_sha256, raw_sha256, default_sign_method, asked"
)
RECIPIENTS = (
    "guid, position, asked, sign_method, state, result, failures, identity_key, access_key, phone_key,"
    " email_key, received_at, decided_at"
)


def filled(engine: Engine) -> None:
    """Rows as many as planners need to choose as they would for ten million, and their statistics."""
    postgresql = engine.dialect.name == "postgresql"
    octets = r"'\x00'" if postgresql else "x'00'"
    at = "TIMESTAMPTZ '2026-01-01 00:00:00+00' + n * INTERVAL '1 minute'"
    at = at if postgresql else "strftime('%Y-%m-%d %H:%M:%S.000000', '2026-01-01', n || ' minutes')"
    guid = "'001001-0001-' || n || '.par'"
    with engine.begin() as connection:
        for issuer in (1, 2):
            words = f"({issuer}, 'x', 'x', 'x', true, 'SMS', false, true, 0, 5)"
            names = (
                "issuer, name, identifier, contact, active, default_sign_method, sandbox, integrated,"
                " daily_limit, priority"
            )
            connection.execute(text(f"INSERT INTO issuers ({names}) VALUES {words}"))
        # An external id is unique within its issuer: two issuers have the hot one.
        row = f"{guid}, 1 + (n % 100) / 99, CASE WHEN n IN (99, 100) THEN 'hot' ELSE 'e' || n END"
        row += f", {octets}, 'CONTRACT', 12, 7, {at}, {at}, {at}, {at}, 'r', 'ab', {octets}, 'SMS', '{{}}'"
        connection.execute(text(f"INSERT INTO transactions ({TRANSACTIONS}) {NUMBERS} SELECT {row} FROM s"))
        for position in (0, 1):
            row = f"{guid}, {position}, '{{}}', 'SMS', 'SIGNED', 7, 0, {', '.join([MARK] * 4)}, {at}, {at}"
            connection.execute(text(f"INSERT INTO recipients ({RECIPIENTS}) {NUMBERS} SELECT {row} FROM s"))
        _overviews(connection, at, octets)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


OVERVIEW = {
    "called": HOT,
    "batch": HOT,
    "state": "READY",
    "lane": 0,
    "moment": T0,
    "beyond": 0,
    "at": T0 + timedelta(days=9),
    "node": "n",
    "number": 9,
    "word": HOT,
    "since": T0 + timedelta(days=2),
    "until": T0 + timedelta(days=2, minutes=15),
    "whose": -1,
    "guid": "g5",
    "owner": "g5",
    "what": "VOLUME",
    "first": "d1",
    "last": "d2",
}


def _overviews(connection: Connection, at: str, octets: str) -> None:
    task = f"'t' || n, 'stamp', 'g' || n, CASE WHEN n % 9 = 0 THEN 'READY' ELSE 'DONE' END, {at}, 0, 0, 0"
    names = "id, kind, guid, state, due_at, attempts, fence, lane"
    connection.execute(text(f"INSERT INTO tasks ({names}) {NUMBERS} SELECT {task} FROM s"))
    entry = f"'n', n, {at}, 'a', 's', '{{}}', {octets}, {octets}, {MARK}, {MARK}"
    names = "node, sequence, happened_at, action, subject, details, previous, digest, about, person"
    connection.execute(text(f"INSERT INTO audit_entries ({names}) {NUMBERS} SELECT {entry} FROM s"))
    yes = "true" if connection.dialect.name == "postgresql" else "1"
    batch = f"'b' || n, 1, 'e' || n, 'p', 'FINISHED', 'DONE', 5, {octets}, 1, {yes}, 'ab', {yes}"
    batch += f", 'r', {at}, 1, 1, 0"
    names = (
        "id, issuer, external_id, policy, status, step, priority, file_sha256, file_size, file_kept,"
        " signer_sha256, covered, request_id, received_at, total, accepted, refused"
    )
    connection.execute(text(f"INSERT INTO batches ({names}) {NUMBERS} SELECT {batch} FROM s"))
    guid = "'001001-0001-' || n || '.par'"
    item = f"'b1', n, 0, 0, CASE WHEN n % 9 = 0 THEN 'REFUSED' ELSE 'ACCEPTED' END, {guid}"
    effect = f"'e' || n, {guid}, 'SMS', 'NOTICE', {at}, 'DELIVERED', {at}"
    names = "id, guid, channel, purpose, intended_at, outcome, finished_at"
    connection.execute(text(f"INSERT INTO effects ({names}) {NUMBERS} SELECT {effect} FROM s"))
    names = "id, owner, event, event_time, status, rendered_sha256, body"
    evidence = f"'v' || n, 'g' || n, 'e', {at}, 'SEALED', {octets}, {octets}"
    connection.execute(text(f"INSERT INTO evidences ({names}) {NUMBERS} SELECT {evidence} FROM s"))
    names = "deposit, phase, period_from, period_to, header"
    deposit = f"n, 'SEALED', {at}, {at}, {octets}"
    connection.execute(text(f"INSERT INTO deposits ({names}) {NUMBERS} SELECT {deposit} FROM s"))
    names = "deposit, owner, leaf_sha256, body"
    leaf = f"n, 'g' || n, {octets}, {octets}"
    connection.execute(text(f"INSERT INTO deposit_leaves ({names}) {NUMBERS} SELECT {leaf} FROM s"))
    names = "guid, xml, xml_sha256, pdf, pdf_sha256, created_at"
    certificate = f"{guid}, {octets}, {octets}, {octets}, {octets}, {at}"
    connection.execute(text(f"INSERT INTO certificates ({names}) {NUMBERS} SELECT {certificate} FROM s"))
    figure = "n % 3 - 1, 'd' || n, 'VOLUME', 'x', 1"
    names = "issuer, day, measure, label, amount"
    connection.execute(text(f"INSERT INTO daily_figures ({names}) {NUMBERS} SELECT {figure} FROM s"))
    names = "batch, position, first_octet, octets, status, guid"
    connection.execute(text(f"INSERT INTO batch_items ({names}) {NUMBERS} SELECT {item} FROM s"))


@dataclass
class Planner:
    """Asks a database what it would do for a statement."""

    engine: Engine

    def plan(self, statement: Any, value: object) -> Any:
        prepared = Prepared(statement, self.engine.dialect)
        asked = {
            "since": T0,
            "place": T0 + timedelta(days=9),
            "after": "001001-0001-5.par",
            "most": PAGE,
            "value": value,
        } | OVERVIEW
        postgresql = self.engine.dialect.name == "postgresql"
        how = "EXPLAIN (FORMAT JSON)" if postgresql else "EXPLAIN QUERY PLAN"
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"{how} {prepared.sql}", prepared.bound(asked))
            rows = cursor.fetchall()
        finally:
            connection.close()
        return _json(rows[0][0]) if postgresql else [row[3] for row in rows]


def _json(plan: Any) -> list[dict[str, Any]]:
    """Every node of a plan of PostgreSQL's."""
    nodes, left = [], [(json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]]
    while left:
        node = left.pop()
        nodes.append(node)
        left += node.get("Plans", [])
    return nodes


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def planner(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planner]:
    if request.param == "sqlite":
        folder: Path = tmp_path_factory.mktemp("console-plans")
        yield from _planner(f"sqlite:///{folder / 'gateway.sqlite'}")
        return
    with postgresql_database() as url:
        yield from _planner(url)


def _planner(url: str) -> Iterator[Planner]:
    engine = build_engine(url)
    upgrade(engine)
    filled(engine)
    yield Planner(engine)
    engine.dispose()


def wrong(planner: Planner, statement: Any, value: object) -> list[str]:
    """What a search must not do over ten million rows: read a table, or sort more than a page."""
    plan = planner.plan(statement, value)
    if planner.engine.dialect.name == "sqlite":
        bad = (step for step in plan if "SCAN" in step or "TEMP B-TREE FOR ORDER" in step)
        return [step for step in bad if step != "SCAN page"]
    return [
        f"{node['Node Type']} of {node['Plan Rows']}"
        for node in plan
        if node["Node Type"] == "Seq Scan" or ("Sort" in node["Node Type"] and node["Plan Rows"] > PAGE)
    ]


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("value", [HOT, RARE, "nobody"])
def test_every_search_uses_an_index(planner: Planner, name: str, value: str) -> None:
    """Whether a value is many transactions', few ones' or nobody's, no table is read, nothing is sorted."""
    asked = {HOT: 1, RARE: 2, "nobody": 3}[value] if name.startswith(SearchBy.ISSUER.value) else value
    assert wrong(planner, SEARCHES[name], asked) == []


@pytest.mark.parametrize("name", OVERVIEWS)
def test_every_overview_uses_an_index(planner: Planner, name: str) -> None:
    """Neither the outbox nor the audit log is read whole, however long they are."""
    assert wrong(planner, OVERVIEWS[name], HOT) == []


@pytest.mark.parametrize("name", COUNTED)
def test_neither_a_day_nor_a_story_reads_a_table(planner: Planner, name: str) -> None:
    """They cost what happened in them, not what is kept."""
    found = wrong(planner, COUNTED[name], HOT)
    assert [step for step in found if "Seq Scan" in step or "SCAN" in step] == []


def test_one_transaction_is_found_by_its_key(planner: Planner) -> None:
    assert wrong(planner, search_store.GET, "001001-0001-5.par") == []


def test_the_check_sees_a_bad_plan(planner: Planner) -> None:
    """A search by what no index holds is called wrong."""
    bad = select(T.guid).where(T.request_id == bindparam("value")).order_by(T.start_at)
    assert wrong(planner, bad, "x")


def test_every_kind_of_search_is_planned() -> None:
    """No kind of search is forgotten here."""
    assert {*search_store.STATEMENTS} == {*SearchBy} - {SearchBy.GUID, SearchBy.BATCH}
