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


def upgrade() -> None:
    op.create_table(
        "condemned_keks",
        sa.Column("kek_id", sa.String(100), nullable=False),
        sa.Column("seen_at", instant(), nullable=True),
        sa.Column("emptied_at", instant(), nullable=True),
        sa.Column("destroyed_at", instant(), nullable=True),
        sa.PrimaryKeyConstraint("kek_id", name=op.f("pk_condemned_keks")),
    )
    op.create_index("ix_data_keys_kek_id", "data_keys", ["kek_id"], unique=False)
