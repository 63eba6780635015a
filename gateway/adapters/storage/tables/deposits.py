"""Deposits, their files and sendings, the leaves and trees that evidence records are made of, and the queue.

`owner` is a GUID, or the request id of a refused submission: so no foreign key stands on it.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Identity, Index, Integer, String, Table

from gateway.adapters.storage.columns import (
    BLOB,
    DIGEST,
    METADATA,
    NAME,
    ORDINAL,
    OWNER,
    Instant,
    Words,
)

deposit_queue = Table(
    "deposit_queue",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("owner", OWNER, nullable=False),
    Column("name", String(200), nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("queued_at", Instant, nullable=False),
    # The deposit that took it; the row goes when its leaf is made.
    Column("deposit", BigInteger),
    Index("ix_deposit_queue_deposit", "deposit", "owner"),
    Index("ix_deposit_queue_owner", "owner"),
)

deposits = Table(
    "deposits",
    METADATA,
    # Numbered without gaps by whoever closes it, for a missing one must be evident.
    Column("deposit", BigInteger, primary_key=True, autoincrement=False),
    Column("phase", NAME, nullable=False),
    Column("period_from", Instant, nullable=False),
    Column("period_to", Instant, nullable=False),
    Column("header", BLOB, nullable=False),
    Column("lease_until", Instant),
    Column("leaves", BigInteger),
    Column("root", DIGEST),
    Column("xml_sha256", DIGEST),
    Column("sealed_at", Instant),
    Column("protocol", Words(200)),
    Column("receipt_sha256", DIGEST),
    Column("receipt_at", Instant),
)

deposit_files = Table(
    "deposit_files",
    METADATA,
    Column("deposit", BigInteger, ForeignKey("deposits.deposit"), primary_key=True, autoincrement=False),
    Column("name", NAME, primary_key=True),
    Column("octets", BLOB, nullable=False),
)

deposit_leaves = Table(
    "deposit_leaves",
    METADATA,
    Column("deposit", BigInteger, ForeignKey("deposits.deposit"), primary_key=True, autoincrement=False),
    Column("owner", OWNER, primary_key=True),
    Column("leaf_sha256", DIGEST, nullable=False),
    Column("body", BLOB, nullable=False),
    Index("ix_deposit_leaves_owner", "owner", "deposit"),
)

deposit_sendings = Table(
    "deposit_sendings",
    METADATA,
    Column("deposit", BigInteger, ForeignKey("deposits.deposit"), primary_key=True, autoincrement=False),
    Column("way", NAME, primary_key=True),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("intended_at", Instant, nullable=False),
    Column("outcome", NAME),
    Column("finished_at", Instant),
    Column("reference", Words(400)),
    Column("detail", Words(1000)),
)

tree_stamps = Table(
    "tree_stamps",
    METADATA,
    Column("tree", NAME, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("digest", NAME, nullable=False),
    Column("token", BLOB, nullable=False),
    Column("gen_time", Instant, nullable=False),
    Column("authority", Words(400)),
    Column("evidence", BLOB),
    Column("final", Boolean, nullable=False),
    Column("xml_path", BLOB),
    Column("asn1_path", BLOB),
)

record_paths = Table(
    "record_paths",
    METADATA,
    Column("deposit", BigInteger, ForeignKey("deposits.deposit"), primary_key=True, autoincrement=False),
    Column("owner", OWNER, primary_key=True),
    Column("chain", Integer, primary_key=True, autoincrement=False),
    Column("tree", NAME, nullable=False),
    Column("covers", Integer, nullable=False),
    Column("xml_path", BLOB),
    Column("asn1_path", BLOB),
    Column("members", BLOB),
)
