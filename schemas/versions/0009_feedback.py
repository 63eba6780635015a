"""Feedback to issuers: subscriptions, their secrets, the queue of notifications, and every attempt.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0009"
down_revision = "0008"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def upgrade() -> None:
    _subscriptions()
    _queue()
    _attempts()


def _subscriptions() -> None:
    op.create_table(
        "feedback_subscriptions",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("address", sa.String(1000), nullable=False),
        sa.Column("events", sa.String(2000), nullable=False),
        sa.Column("pins", sa.String(700), nullable=True),
        sa.Column("ca", sa.LargeBinary(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("stopped", sa.String(60), nullable=True),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rest_until", instant(), nullable=True),
        sa.Column("served_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name="fk_feedback_subs_issuer"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_subscriptions")),
    )
    op.create_index("ix_feedback_subs_issuer", "feedback_subscriptions", ["issuer"], unique=False)
    op.create_table(
        "feedback_secrets",
        sa.Column("subscription", sa.String(60), nullable=False),
        sa.Column("key_id", sa.String(60), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"], ["feedback_subscriptions.id"], name="fk_feedback_secrets_sub"
        ),
        sa.PrimaryKeyConstraint("subscription", "key_id", name=op.f("pk_feedback_secrets")),
    )


def _queue() -> None:
    op.create_table(
        "feedback_queue",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("subscription", sa.String(60), nullable=False),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(60), nullable=False),
        sa.Column("queued_at", instant(), nullable=False),
        sa.Column("due_at", instant(), nullable=False),
        sa.Column("lease_until", instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("tried_since", instant(), nullable=True),
        sa.Column("answered_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_feedback_queue_guid")),
        sa.ForeignKeyConstraint(
            ["subscription"], ["feedback_subscriptions.id"], name="fk_feedback_queue_sub"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_queue")),
        sa.UniqueConstraint("guid", "subscription", "sequence", name="uq_feedback_queue_event"),
    )
    for name, columns in (
        ("due", ["subscription", "phase", "due_at"]),
        ("lease", ["subscription", "lease_until"]),
        ("phase", ["phase", "queued_at"]),
    ):
        op.create_index(f"ix_feedback_queue_{name}", "feedback_queue", columns, unique=False)


def _attempts() -> None:
    op.create_table(
        "feedback_attempts",
        sa.Column("notification", sa.String(60), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("intended_at", instant(), nullable=False),
        sa.Column("telling", sa.String(60), nullable=True),
        sa.Column("finished_at", instant(), nullable=True),
        sa.Column("http_status", sa.SmallInteger(), nullable=True),
        sa.Column("detail", sa.String(200), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_feedback_attempts_guid")),
        sa.PrimaryKeyConstraint("notification", "attempt", name=op.f("pk_feedback_attempts")),
    )
    op.create_index("ix_feedback_attempts_guid", "feedback_attempts", ["guid"], unique=False)
