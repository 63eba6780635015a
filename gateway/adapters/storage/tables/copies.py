"""One-time links by which recipients fetch a copy of their evidence, without the links."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table

from gateway.adapters.storage.columns import DIGEST, GUID, METADATA, Instant

copy_links = Table(
    "copy_links",
    METADATA,
    Column("digest", DIGEST, primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Index("ix_copy_links_guid", "guid", "position"),
)
