"""What was sealed or fixed and waits for the next deposit.

`owner` is a GUID, or the request id of a refused submission: so no foreign key stands on it.
"""

from sqlalchemy import BigInteger, Column, Identity, Index, String, Table

from gateway.adapters.storage.columns import DIGEST, METADATA, ORDINAL, OWNER, Instant

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
)
