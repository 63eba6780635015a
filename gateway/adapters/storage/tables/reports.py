"""What channels tell of messages after they took them, by which names, and the messages as handed over."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from gateway.adapters.storage.columns import BLOB, DIGEST, GUID, METADATA, NAME, Instant
from gateway.adapters.storage.tables.work import TASK_ID

REFERENCE = String(200)

message_parts = Table(
    "message_parts",
    METADATA,
    Column("channel", NAME, primary_key=True),
    Column("reference", REFERENCE, primary_key=True),
    Column("effect", TASK_ID, nullable=False),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("delivered_at", Instant),
    Index("ix_message_parts_effect", "effect"),
    Index("ix_message_parts_guid", "guid"),
)

kept_messages = Table(
    "kept_messages",
    METADATA,
    Column("effect", TASK_ID, primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("byte_size", Integer, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("kept_at", Instant, nullable=False),
    Index("ix_kept_messages_guid", "guid"),
)

# The owner is the transaction, or the report itself while nobody knows whose it is: no foreign key.
channel_reports = Table(
    "channel_reports",
    METADATA,
    Column("id", TASK_ID, primary_key=True),
    Column("owner", GUID, nullable=False),
    Column("mark", DIGEST, nullable=False),
    Column("channel", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("failure", NAME),
    Column("happened_at", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("raw_sha256", DIGEST, nullable=False),
    Column("matched_at", Instant),
    Column("given_up", Boolean, nullable=False),
    Column("personal", BLOB),
    UniqueConstraint("mark"),
    Index("ix_channel_reports_owner", "owner"),
    Index("ix_channel_reports_waiting", "matched_at", "given_up", "received_at"),
)
