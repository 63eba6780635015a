"""The recipients' door: sessions of devices, one-time tickets, and the origins that may frame the portal.

Sessions and tickets hang on their transaction and go with it when it is purged. A ticket's own return
address, which may tell of people, is sealed as `personal` under the transaction's data key.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from gateway.adapters.storage.columns import BLOB, DIGEST, GUID, METADATA, NAME, Instant

portal_sessions = Table(
    "portal_sessions",
    METADATA,
    Column("session", DIGEST, primary_key=True),
    Column("device", DIGEST, nullable=False),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("link_version", Integer, nullable=False),
    Column("agent", DIGEST),
    Column("embedded", Boolean, nullable=False),
    Column("opened_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", NAME),
    Index("ix_portal_sessions_guid", "guid", "position", "opened_at"),
)

access_tickets = Table(
    "access_tickets",
    METADATA,
    Column("digest", DIGEST, primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("link_version", Integer, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("used_at", Instant),
    Column("personal", BLOB),
    Index("ix_access_tickets_guid", "guid"),
    Index("ix_access_tickets_until", "valid_until"),
)

issuer_origins = Table(
    "issuer_origins",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("origin", String(255), primary_key=True),
    Column("added_at", Instant, nullable=False),
)
