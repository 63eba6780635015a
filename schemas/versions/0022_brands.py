"""What an issuer's pages and notices look like.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0022"
down_revision = "0021"


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
        "issuer_brands",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sender_name", sa.String(240), nullable=True),
        sa.Column("colour", sa.String(7), nullable=True),
        sa.Column("logo_sha256", digest(), nullable=True),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_wide", sa.Integer(), nullable=False),
        sa.Column("logo_high", sa.Integer(), nullable=False),
        sa.Column("changed_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_issuer_brands_issuer")),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_issuer_brands")),
    )
    op.create_index("ix_issuer_brands_logo_sha256", "issuer_brands", ["logo_sha256"])
