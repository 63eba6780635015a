"""Sandbox transactions: what would have been sent, sealed, and what their recipients shall do."""

from sqlalchemy import Column, ForeignKey, Identity, Index, Integer, Table, UniqueConstraint

from gateway.adapters.storage.columns import BLOB, GUID, METADATA, NAME, ORDINAL, Instant
from gateway.adapters.storage.tables.work import TASK_ID

sandbox_messages = Table(
    "sandbox_messages",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("id", TASK_ID, nullable=False),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("channel", NAME, nullable=False),
    Column("kept_at", Instant, nullable=False),
    Column("personal", BLOB, nullable=False),
    UniqueConstraint("id"),
    Index("ix_sandbox_messages_guid", "guid"),
)

sandbox_scripts = Table(
    "sandbox_scripts",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("script", NAME, nullable=False),
)
