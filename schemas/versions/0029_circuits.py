"""Issuers' circuits.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0029"
down_revision = "0028"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def upgrade() -> None:
    op.create_table(
        "issuer_circuits",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", instant(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_issuer_circuits_issuer")),
        sa.PrimaryKeyConstraint("issuer", "since", name=op.f("pk_issuer_circuits")),
    )
