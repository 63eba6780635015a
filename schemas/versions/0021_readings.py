"""Pages that were shown, and answers to forms.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0021"
down_revision = "0020"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def upgrade() -> None:
    op.add_column("recipients", sa.Column("answered_at", instant(), nullable=True))
    op.create_table(
        "shown_pages",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("link_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("manner", sa.String(60), nullable=False),
        sa.Column("shown_at", instant(), nullable=False),
        sa.CheckConstraint("page >= 0", name=op.f("ck_shown_pages_page")),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_shown_pages_guid")),
        sa.PrimaryKeyConstraint(
            "guid", "position", "link_version", "document", "page", name=op.f("pk_shown_pages")
        ),
    )
    op.create_table(
        "form_answers",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("answered_at", instant(), nullable=False),
        sa.Column("personal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_form_answers_guid")),
        sa.PrimaryKeyConstraint("guid", "position", name=op.f("pk_form_answers")),
    )
