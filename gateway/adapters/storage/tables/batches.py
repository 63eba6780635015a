"""Batches, their items, what issuers took of their daily limits, and external ids that are reserved.

`personal` seals what was wrong with a batch or an item, under the batch's data key. A purge erases the items
of its transaction; what a finished batch counted stands in its own row.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from gateway.adapters.storage.columns import (
    BLOB,
    DIGEST,
    GUID,
    METADATA,
    NAME,
    OWNER,
    Instant,
    Words,
)

batches = Table(
    "batches",
    METADATA,
    Column("id", NAME, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), nullable=False),
    Column("external_id", String(255), nullable=False),
    Column("policy", NAME, nullable=False),
    Column("status", NAME, nullable=False),
    Column("step", NAME, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("file_sha256", DIGEST, nullable=False),
    Column("file_size", BigInteger, nullable=False),
    Column("file_kept", Boolean, nullable=False),
    Column("content_id", Words(60)),
    Column("signer_sha256", Words(64)),
    Column("covered", Boolean, nullable=False),
    Column("file_signer", Words(64)),
    Column("request_id", OWNER, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("wait_until", Instant),
    Column("total", Integer, nullable=False),
    Column("accepted", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("code", Words(60)),
    Column("personal", BLOB),
    UniqueConstraint("issuer", "external_id", name="uq_batches_external_id"),
    Index("ix_batches_status", "status", "priority", "received_at"),
    Index("ix_batches_received_at", "received_at", "id"),
    Index("ix_batches_issuer", "issuer", "received_at", "id"),
    Index("ix_batches_finished_at", "file_kept", "finished_at"),
    Index("ix_batches_content_id", "content_id"),
    Index("ix_batches_external", "external_id"),
)

batch_items = Table(
    "batch_items",
    METADATA,
    Column("batch", NAME, ForeignKey("batches.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("first_octet", BigInteger, nullable=False),
    Column("octets", Integer, nullable=False),
    Column("external_id", Words(255)),
    Column("status", NAME, nullable=False),
    Column("lease_until", Instant),
    Column("guid", GUID, ForeignKey("transactions.guid")),
    Column("code", Words(60)),
    Column("personal", BLOB),
    CheckConstraint("position > 0", name="position"),
    Index("ix_batch_items_status", "batch", "status", "position"),
    Index("ix_batch_items_guid", "guid"),
    Index("ix_batch_items_external_id", "external_id"),
)

batch_days = Table(
    "batch_days",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("day", String(10), primary_key=True),
    Column("taken", BigInteger, nullable=False),
)

batch_reservations = Table(
    "batch_reservations",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("external_id", String(255), primary_key=True),
    Column("batch", NAME, ForeignKey("batches.id"), nullable=False),
    Column("content_digest", DIGEST, nullable=False),
    Index("ix_batch_reservations_batch", "batch"),
)
