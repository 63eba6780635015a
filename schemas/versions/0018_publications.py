"""Publications: what was public, when, and who saw or accepted it.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0018"
down_revision = "0017"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("published_at", instant(), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("log_sha256", sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle"), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_publications_guid")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_publications")),
    )
    op.create_table(
        "public_visits",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("at", instant(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_public_visits_guid")),
        sa.PrimaryKeyConstraint("guid", "id", name=op.f("pk_public_visits")),
    )
    op.create_index("ix_public_visits_period", "public_visits", ["guid", "period"])
