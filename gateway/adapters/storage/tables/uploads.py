"""Uploads that issuers announced, and the pieces of them that are there."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from gateway.adapters.storage.columns import DIGEST, METADATA, NAME, Instant, Words

uploads = Table(
    "uploads",
    METADATA,
    Column("id", NAME, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), nullable=False),
    Column("octets", BigInteger, nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("status", NAME, nullable=False),
    Column("file_id", Words(60)),
    Column("used_for", Words(255)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_uploads_issuer", "issuer", "status"),
    Index("ix_uploads_expires_at", "expires_at"),
    Index("ix_uploads_file_id", "file_id"),
)

upload_pieces = Table(
    "upload_pieces",
    METADATA,
    Column("upload", NAME, ForeignKey("uploads.id"), primary_key=True),
    Column("first_octet", BigInteger, primary_key=True, autoincrement=False),
    Column("octets", BigInteger, nullable=False),
    Column("file_id", NAME, nullable=False),
    Index("ix_upload_pieces_file_id", "file_id"),
)
