"""Who may submit, with which certificates, and the blocks of GUIDs that nodes have reserved."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Integer, String, Table

from gateway.adapters.storage.columns import BLOB, DIGEST, METADATA, NAME, Instant

issuers = Table(
    "issuers",
    METADATA,
    Column("issuer", Integer, primary_key=True, autoincrement=False),
    Column("name", String(400), nullable=False),
    Column("identifier", String(100), nullable=False),
    Column("contact", String(400), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("default_sign_method", NAME, nullable=False),
    Column("sandbox", Boolean, nullable=False),
    Column("integrated", Boolean, nullable=False),
    Column("daily_limit", BigInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    CheckConstraint("issuer BETWEEN 0 AND 9999", name="issuer"),
)

issuer_certificates = Table(
    "issuer_certificates",
    METADATA,
    Column("sha256", DIGEST, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True),
    Column("der", BLOB, nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("retired_at", Instant),
)

guid_blocks = Table(
    "guid_blocks",
    METADATA,
    Column("installation", Integer, primary_key=True, autoincrement=False),
    Column("issuer", Integer, primary_key=True, autoincrement=False),
    Column("next_sequence", BigInteger, nullable=False),
)

issuer_brands = Table(
    "issuer_brands",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("sender_name", String(240)),
    Column("colour", String(7)),
    Column("logo_sha256", DIGEST, index=True),
    Column("logo", BLOB),
    Column("logo_wide", Integer, nullable=False),
    Column("logo_high", Integer, nullable=False),
    Column("changed_at", Instant, nullable=False),
)
