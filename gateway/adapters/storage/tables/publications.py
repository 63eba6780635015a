"""Publications: each one's row, and everybody who saw it; `personal` is sealed under the data key."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from gateway.adapters.storage.columns import BLOB, DIGEST, GUID, METADATA, NAME, Instant

publications = Table(
    "publications",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("published_at", Instant, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("log_sha256", DIGEST),
)

public_visits = Table(
    "public_visits",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("id", String(36), primary_key=True),
    Column("kind", NAME, nullable=False),
    Column("at", Instant, nullable=False),
    # The check that fixed it in its evidence.
    Column("period", Integer),
    Column("personal", BLOB, nullable=False),
    Index("ix_public_visits_period", "guid", "period"),
)
