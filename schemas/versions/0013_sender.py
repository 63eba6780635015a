"""The web sender: drafts, their rows, kept templates, alerts, and certificates that are retired.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0013"
down_revision = "0012"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def issuer(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f(f"fk_{name}_issuer"))


def upgrade() -> None:
    op.add_column("issuer_certificates", sa.Column("retired_at", instant(), nullable=True))
    _drafts()
    _rows()
    _templates()
    _alerts()


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("draft", sa.String(32), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("updated_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("sent_by", sa.String(100), nullable=True),
        sa.Column("session_word", sa.String(100), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_drafts_version")),
        issuer("drafts"),
        sa.PrimaryKeyConstraint("draft", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_issuer", "drafts", ["issuer", "status", "updated_at"])
    op.create_index("ix_drafts_expires", "drafts", ["expires_at"])


def _rows() -> None:
    op.create_table(
        "draft_rows",
        sa.Column("draft", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("guid", sa.String(40), nullable=True),
        sa.Column("code", sa.String(20), nullable=True),
        sa.Column("detail", sa.String(1000), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["draft"], ["drafts.draft"], name=op.f("fk_draft_rows_draft")),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_draft_rows_guid")),
        sa.PrimaryKeyConstraint("draft", "position", name=op.f("pk_draft_rows")),
    )
    op.create_index("ix_draft_rows_status", "draft_rows", ["draft", "status", "position"])
    op.create_index("ix_draft_rows_guid", "draft_rows", ["guid"])


def _templates() -> None:
    op.create_table(
        "sender_templates",
        sa.Column("template", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author", sa.String(100), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("retired_at", instant(), nullable=True),
        sa.CheckConstraint("version > 0", name=op.f("ck_sender_templates_version")),
        issuer("sender_templates"),
        sa.PrimaryKeyConstraint("template", "version", name=op.f("pk_sender_templates")),
    )
    op.create_index("ix_sender_templates_issuer", "sender_templates", ["issuer", "template", "version"])


def _alerts() -> None:
    op.create_table(
        "sender_alerts",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turned_on", sa.Boolean(), nullable=False),
        sa.Column("since", instant(), nullable=False),
        issuer("sender_alerts"),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_sender_alerts")),
    )
    op.create_table(
        "sender_readers",
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("seen_at", instant(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_sender_readers")),
    )
