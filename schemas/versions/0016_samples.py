"""Biometric samples, locked for the depositary.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0016"
down_revision = "0015"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    op.create_table(
        "sealed_samples",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("cms_sha256", digest(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("bound_sha256", digest(), nullable=False),
        sa.Column("depositary_sha256", sa.String(64), nullable=False),
        sa.Column("taken_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_sealed_samples_guid")),
        sa.PrimaryKeyConstraint("guid", "cms_sha256", name=op.f("pk_sealed_samples")),
    )
