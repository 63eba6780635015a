"""Feedback to issuers: subscriptions with their sealed secrets, the queue of notifications, every attempt.

What a notification says stands in `events` and `transactions` and is joined when it is told.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from gateway.adapters.storage.columns import BLOB, GUID, METADATA, NAME, Instant, Words

feedback_subscriptions = Table(
    "feedback_subscriptions",
    METADATA,
    Column("id", NAME, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer", name="fk_feedback_subs_issuer"), nullable=False),
    Column("kind", NAME, nullable=False),
    Column("address", String(1000), nullable=False),
    Column("events", String(2000), nullable=False),
    Column("pins", Words(700)),
    Column("ca", BLOB),
    Column("enabled", Boolean, nullable=False),
    Column("stopped", Words(60)),
    Column("created_at", Instant, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("rest_until", Instant),
    Column("served_at", Instant, nullable=False),
    Index("ix_feedback_subs_issuer", "issuer"),
)

feedback_secrets = Table(
    "feedback_secrets",
    METADATA,
    Column(
        "subscription",
        NAME,
        ForeignKey("feedback_subscriptions.id", name="fk_feedback_secrets_sub"),
        primary_key=True,
    ),
    Column("key_id", NAME, primary_key=True),
    Column("sealed", BLOB, nullable=False),
    Column("added_at", Instant, nullable=False),
)

feedback_queue = Table(
    "feedback_queue",
    METADATA,
    Column("id", NAME, primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column(
        "subscription",
        NAME,
        ForeignKey("feedback_subscriptions.id", name="fk_feedback_queue_sub"),
        nullable=False,
    ),
    Column("result", Integer, nullable=False),
    Column("phase", NAME, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("attempts", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("tried_since", Instant),
    Column("answered_at", Instant),
    UniqueConstraint("guid", "subscription", "sequence", name="uq_feedback_queue_event"),
    Index("ix_feedback_queue_due", "subscription", "phase", "due_at"),
    Index("ix_feedback_queue_lease", "subscription", "lease_until"),
    Index("ix_feedback_queue_phase", "phase", "queued_at"),
)

feedback_attempts = Table(
    "feedback_attempts",
    METADATA,
    Column("notification", NAME, primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("intended_at", Instant, nullable=False),
    Column("telling", NAME),
    Column("finished_at", Instant),
    Column("http_status", SmallInteger),
    Column("detail", Words(200)),
    Index("ix_feedback_attempts_guid", "guid"),
)
