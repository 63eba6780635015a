"""Biometric samples: which there are; each lies in the vault, locked for the depositary."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from gateway.adapters.storage.columns import DIGEST, GUID, HEX_DIGEST, METADATA, NAME, Instant

sealed_samples = Table(
    "sealed_samples",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("cms_sha256", DIGEST, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("media_type", String(100), nullable=False),
    Column("byte_size", Integer, nullable=False),
    Column("bound_sha256", DIGEST, nullable=False),
    Column("depositary_sha256", HEX_DIGEST, nullable=False),
    Column("taken_at", Instant, nullable=False),
)
