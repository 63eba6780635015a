"""Personal columns under each transaction's own data key, and the key-encryption keys that have to die.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0004"
down_revision = "0003"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    _keks()
    for table in ("transactions", "recipients", "documents", "events", "effects", "rejections"):
        op.add_column(table, sa.Column("personal", sa.LargeBinary(), nullable=True))
    op.add_column("recipients", sa.Column("personal_digest", digest(), nullable=True))
    op.create_table(
        "unprotected",
        sa.Column("owner", sa.String(100), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_unprotected")),
    )
    # Nobody but the gateway has the keys: it seals these owners' rows later, one after the other.
    op.execute("INSERT INTO unprotected (owner) SELECT guid FROM transactions")
    op.execute("INSERT INTO unprotected (owner) SELECT request_id FROM rejections")


def _keks() -> None:
    op.create_table(
        "condemned_keks",
        sa.Column("kek_id", sa.String(100), nullable=False),
        sa.Column("seen_at", instant(), nullable=True),
        sa.Column("emptied_at", instant(), nullable=True),
        sa.Column("destroyed_at", instant(), nullable=True),
        sa.PrimaryKeyConstraint("kek_id", name=op.f("pk_condemned_keks")),
    )
    op.create_index("ix_data_keys_kek_id", "data_keys", ["kek_id"], unique=False)
