"""The people of the consoles: sessions, recovery codes, pauses after wrong tries, two-person approvals.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0011"
down_revision = "0010"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def upgrade() -> None:
    _staff()
    _signed_in()
    _approvals()


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("login_mark", sa.String(40), nullable=False),
        sa.Column("subject_mark", sa.String(40), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(60), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("password", sa.String(200), nullable=True),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("enrolled_at", instant(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("added_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_staff_issuer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login_mark", name=op.f("uq_staff_login_mark")),
        sa.UniqueConstraint("subject_mark", name=op.f("uq_staff_subject_mark")),
    )


def _signed_in() -> None:
    op.create_table(
        "staff_sessions",
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("way", sa.String(60), nullable=False),
        sa.Column("started_at", instant(), nullable=False),
        sa.Column("seen_at", instant(), nullable=False),
        sa.Column("ends_at", instant(), nullable=False),
        sa.Column("proven_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_staff_sessions_person")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_staff_sessions")),
    )
    op.create_index("ix_staff_sessions_person", "staff_sessions", ["person"], unique=False)
    op.create_table(
        "staff_codes",
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["staff.id"], name=op.f("fk_staff_codes_person")),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_staff_codes")),
    )
    op.create_index("ix_staff_codes_person", "staff_codes", ["person"], unique=False)
    op.create_table(
        "sign_in_pauses",
        sa.Column("mark", sa.String(40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", instant(), nullable=False),
        sa.Column("paused_until", instant(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_sign_in_pauses")),
    )


def _approvals() -> None:
    op.create_table(
        "approvals",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("change_kind", sa.String(60), nullable=False),
        sa.Column("digest", sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle"), nullable=False),
        sa.Column("subject", sa.String(200), nullable=True),
        sa.Column("reason", sa.String(400), nullable=True),
        sa.Column("requested_by", sa.String(40), nullable=False),
        sa.Column("requested_at", instant(), nullable=False),
        sa.Column("ends_at", instant(), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("decided_by", sa.String(40), nullable=True),
        sa.Column("decided_at", instant(), nullable=True),
        sa.Column("done_at", instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index("ix_approvals_change_kind", "approvals", ["change_kind", "state"], unique=False)
