"""Issuers' kept templates: a row a version, never changed but for when it was taken out of use.

`fields` has a line for each field, as the command line writes them.
"""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table, Text

from gateway.adapters.storage.columns import BLOB, DIGEST, METADATA, NAME, Instant

issuer_templates = Table(
    "issuer_templates",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("name", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("kind", NAME, nullable=False),
    Column("fields", Text),
    Column("body", BLOB, nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),
    CheckConstraint("version > 0", name="version"),
)
