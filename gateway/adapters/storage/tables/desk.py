"""Contacts that no message may reach any more, and what the desk was asked to do once only.

A contact is a keyed hash, as recipients' are. `guid` is empty for a block in force everywhere; those of one
transaction, and its requests, go with it when it is purged.
"""

from sqlalchemy import Column, ForeignKey, Identity, Index, String, Table

from gateway.adapters.storage.columns import GUID, METADATA, NAME, ORDINAL, Instant, Words

contact_blocks = Table(
    "contact_blocks",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("mark", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("guid", GUID, ForeignKey("transactions.guid")),
    Column("blocked_at", Instant, nullable=False),
    Column("blocked_by", NAME, nullable=False),
    Column("released_at", Instant),
    Column("released_by", Words(60)),
    Index("ix_contact_blocks_mark", "mark"),
    Index("ix_contact_blocks_guid", "guid"),
)

desk_requests = Table(
    "desk_requests",
    METADATA,
    Column("token", String(160), primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("action", NAME, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Index("ix_desk_requests_guid", "guid"),
)
