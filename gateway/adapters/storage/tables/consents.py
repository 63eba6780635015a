"""Consents that recipients gave, by issuer and a mark of the legal identity; a purge takes them along."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from gateway.adapters.storage.columns import DIGEST, GUID, METADATA, NAME, Instant, Words

consents = Table(
    "consents",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("consent", String(128), primary_key=True),
    Column("issuer", Integer, nullable=False),
    Column("identity_key", Words(100)),
    Column("purpose", NAME, nullable=False),
    Column("version", String(64), nullable=False),
    Column("text_sha256", DIGEST, nullable=False),
    Column("given_at", Instant, nullable=False),
    Column("withdrawn_at", Instant),
    Index("ix_consents_identity", "identity_key", "issuer", "given_at"),
)
