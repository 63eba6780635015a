"""Deposits, their leaves, evidence records and the queue of what was sealed since the last one."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def ordinal() -> TypeEngine[Any]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deposit_queue",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sha256", digest(), nullable=False),
        sa.Column("queued_at", instant(), nullable=False),
        sa.Column("deposit", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_deposit_queue")),
    )
    op.create_index("ix_deposit_queue_deposit", "deposit_queue", ["deposit", "owner"], unique=False)
