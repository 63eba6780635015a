"""Signed copies of documents, that recipients' own certificates (or drawn signatures) make.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0015"
down_revision = "0014"


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
        "signed_files",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("document", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("media_type", sa.String(255), nullable=False),
        sa.Column("sha256", digest(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.CheckConstraint("byte_size > 0", name=op.f("ck_signed_files_byte_size")),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_signed_files_guid")),
        sa.PrimaryKeyConstraint("guid", "document", "recipient", name=op.f("pk_signed_files")),
    )
