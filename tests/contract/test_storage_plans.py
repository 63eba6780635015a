"""The queries of jobs find their rows by an index: SQLite's own plans say so, on the migrated schema."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.dialects import sqlite

from gateway.adapters.storage import (
    custody_store,
    deposit_queue_store,
    feedback_store,
    fixity_store,
    key_store,
    record_store,
    subscription_store,
    task_store,
    tombstone_store,
)
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.migrate import upgrade

QUEUE, CUSTODY, FIXITY, TOMBS = deposit_queue_store, custody_store, fixity_store, tombstone_store
FOUND: dict[str, Any] = {
    "take": QUEUE.TAKE,
    "items": QUEUE.ITEMS,
    "put back": QUEUE.PUT_BACK,
    "queued": TOMBS.QUEUED,
    "work": TOMBS.WORK,
    "reap": task_store.REAP,
    "listening": subscription_store.LISTENING,
    "next to tell": feedback_store.NEXT,
    "being told": feedback_store.IN_FLIGHT,
    "hasten": feedback_store.HASTEN,
    "follow": feedback_store.FOLLOW,
    "told of one": feedback_store.OF,
    "attempts of one": feedback_store.ATTEMPTS,
    "oldest untold": feedback_store.OLDEST,
    "unanswered": feedback_store.UNANSWERED,
    **{f"erase {number}": each for number, each in enumerate(TOMBS.ERASE)},
}
# These come in order, page by page: sorting everything for each page would be quadratic.
PAGED: dict[str, Any] = {
    "owners": QUEUE.OWNERS,
    "ending": CUSTODY.ENDING,
    "ended": CUSTODY.ENDED,
    "closed": CUSTODY.CLOSED,
    "fixity due": FIXITY.DUE,
    "not enrolled": FIXITY.NEW,
    "tasks due": task_store.DUE,
    "survivors": key_store.WRAPPED_BY,
    "by digest": record_store.BY_DIGEST,
    "newest stamps": record_store.NEWEST,
}


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What SQLite says that it would do, by the query's name."""
    file: Path = tmp_path_factory.mktemp("plans") / "gateway.sqlite"
    engine = build_engine(f"sqlite:///{file}")
    upgrade(engine)
    with engine.connect() as connection:
        found = {name: _plan(connection, each) for name, each in (FOUND | PAGED).items()}
    engine.dispose()
    return found


def _plan(connection: Any, statement: Any) -> str:
    compiled = statement.compile(dialect=sqlite.dialect())  # type: ignore[no-untyped-call]
    values = tuple(compiled.params.get(name) for name in compiled.positiontup)
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
    return "; ".join(row.detail for row in rows)


@pytest.mark.parametrize("name", [*FOUND, *PAGED])
def test_no_job_reads_a_whole_table(plans: dict[str, str], name: str) -> None:
    """Each begins by an index."""
    assert "SCAN" not in plans[name], plans[name]


@pytest.mark.parametrize("name", PAGED)
def test_no_page_is_sorted(plans: dict[str, str], name: str) -> None:
    """The index gives the order too."""
    assert "TEMP B-TREE" not in plans[name], plans[name]
