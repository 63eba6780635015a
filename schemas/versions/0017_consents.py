"""Consents of recipients, per issuer.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0017"
down_revision = "0016"


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
        "consents",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("consent", sa.String(128), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("identity_key", sa.String(100), nullable=True),
        sa.Column("purpose", sa.String(60), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("text_sha256", digest(), nullable=False),
        sa.Column("given_at", instant(), nullable=False),
        sa.Column("withdrawn_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_consents_guid")),
        sa.PrimaryKeyConstraint("guid", "position", "consent", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_identity", "consents", ["identity_key", "issuer", "given_at"])
