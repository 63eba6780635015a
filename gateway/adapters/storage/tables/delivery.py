"""What leaves towards recipients: effects (intent, then result) and operation codes as keyed hashes."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    UniqueConstraint,
    text,
)

from gateway.adapters.storage.columns import BLOB, DIGEST, GUID, METADATA, NAME, ORDINAL, Instant, Words
from gateway.adapters.storage.tables.work import TASK_ID

UNKNOWN = text("outcome = 'UNKNOWN'")

effects = Table(
    "effects",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("id", TASK_ID, nullable=False),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("position", Integer),
    Column("channel", NAME, nullable=False),
    Column("purpose", NAME, nullable=False),
    Column("address", Words(400)),
    Column("intended_at", Instant, nullable=False),
    Column("outcome", NAME),
    Column("finished_at", Instant),
    Column("reference", Words(400)),
    Column("detail", Words(1000)),
    Column("personal", BLOB),
    UniqueConstraint("id"),
    Index("ix_effects_guid", "guid"),
    Index("ix_effects_finished", "finished_at"),
    Index("ix_effects_unknown", "finished_at", sqlite_where=UNKNOWN, postgresql_where=UNKNOWN),
)

challenges = Table(
    "challenges",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("id", TASK_ID, nullable=False),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("act", NAME, nullable=False),
    Column("method", NAME, nullable=False),
    Column("state", NAME, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("key_id", Words(100)),
    Column("digest", DIGEST),
    Column("attempts", Integer, nullable=False),
    Column("handed_over_at", Instant),
    Column("channel", NAME),
    Column("call_state", NAME),
    Column("call_answered_at", Instant),
    Column("call_ended_at", Instant),
    Column("call_seconds", Integer),
    Column("recording", Words(400)),
    Column("speech_sha256", DIGEST),
    Column("bound_sha256", DIGEST),
    UniqueConstraint("id"),
    CheckConstraint("attempts >= 0", name="attempts"),
    Index("ix_challenges_guid", "guid", "position"),
)
