"""The outbox of tasks with leases and fences, and the digests of requests already seen."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, String, Table

from gateway.adapters.storage.columns import DIGEST, METADATA, NAME, OWNER, Instant, Words

TASK_ID = String(200)

tasks = Table(
    "tasks",
    METADATA,
    Column("id", TASK_ID, primary_key=True),
    Column("kind", NAME, nullable=False),
    Column("guid", Words(OWNER.length)),
    Column("subject", Words(400)),
    Column("state", NAME, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("last_error", Words(1000)),
    Column("lane", Integer, nullable=False, server_default="0"),
    CheckConstraint("attempts >= 0", name="attempts"),
    Index("ix_tasks_due", "state", "lane", "due_at"),
    Index("ix_tasks_guid", "guid"),
)

replays = Table(
    "replays",
    METADATA,
    Column("digest", DIGEST, primary_key=True),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_replays_expires_at", "expires_at"),
)
