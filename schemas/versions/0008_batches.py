"""Batches and their items, daily limits, reserved external ids, and lanes of tasks."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0008"
down_revision = "0007"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    _batches()
    _items()
    _limits()
    _uploads()
    op.add_column("tasks", sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("transactions", sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("ix_tasks_due", "tasks")
    op.create_index("ix_tasks_due", "tasks", ["state", "lane", "due_at"], unique=False)


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(255), nullable=False),
        sa.Column("policy", sa.String(60), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("step", sa.String(60), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("file_sha256", digest(), nullable=False),
        sa.Column("file_size", sa.BigInteger(), nullable=False),
        sa.Column("file_kept", sa.Boolean(), nullable=False),
        sa.Column("content_id", sa.String(60), nullable=True),
        sa.Column("signer_sha256", sa.String(64), nullable=True),
        sa.Column("covered", sa.Boolean(), nullable=False),
        sa.Column("file_signer", sa.String(64), nullable=True),
        sa.Column("request_id", sa.String(100), nullable=False),
        sa.Column("received_at", instant(), nullable=False),
        sa.Column("finished_at", instant(), nullable=True),
        sa.Column("wait_until", instant(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_batches_issuer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("issuer", "external_id", name="uq_batches_external_id"),
    )
    for name, columns in (
        ("ix_batches_status", ["status", "priority", "received_at"]),
        ("ix_batches_received_at", ["received_at", "id"]),
        ("ix_batches_issuer", ["issuer", "received_at", "id"]),
        ("ix_batches_finished_at", ["file_kept", "finished_at"]),
        ("ix_batches_content_id", ["content_id"]),
    ):
        op.create_index(name, "batches", columns, unique=False)


def _items() -> None:
    op.create_table(
        "batch_items",
        sa.Column("batch", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_octet", sa.BigInteger(), nullable=False),
        sa.Column("octets", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(255), nullable=True),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("lease_until", instant(), nullable=True),
        sa.Column("guid", sa.String(40), nullable=True),
        sa.Column("code", sa.String(60), nullable=True),
        sa.Column("personal", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("position > 0", name=op.f("ck_batch_items_position")),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_batch_items_batch")),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_batch_items_guid")),
        sa.PrimaryKeyConstraint("batch", "position", name=op.f("pk_batch_items")),
    )
    op.create_index("ix_batch_items_status", "batch_items", ["batch", "status", "position"], unique=False)
    op.create_index("ix_batch_items_guid", "batch_items", ["guid"], unique=False)
    op.create_index("ix_batch_items_external_id", "batch_items", ["external_id"], unique=False)


def _limits() -> None:
    op.create_table(
        "batch_days",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_batch_days_issuer")),
        sa.PrimaryKeyConstraint("issuer", "day", name=op.f("pk_batch_days")),
    )
    op.create_table(
        "batch_reservations",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.String(255), nullable=False),
        sa.Column("batch", sa.String(60), nullable=False),
        sa.Column("content_digest", digest(), nullable=False),
        sa.ForeignKeyConstraint(["batch"], ["batches.id"], name=op.f("fk_batch_reservations_batch")),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_batch_reservations_issuer")),
        sa.PrimaryKeyConstraint("issuer", "external_id", name=op.f("pk_batch_reservations")),
    )
    op.create_index("ix_batch_reservations_batch", "batch_reservations", ["batch"], unique=False)


def _uploads() -> None:
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("sha256", digest(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("file_id", sa.String(60), nullable=True),
        sa.Column("used_for", sa.String(255), nullable=True),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_uploads_issuer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_issuer", "uploads", ["issuer", "status"], unique=False)
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"], unique=False)
    op.create_index("ix_uploads_file_id", "uploads", ["file_id"], unique=False)
    op.create_table(
        "upload_pieces",
        sa.Column("upload", sa.String(60), nullable=False),
        sa.Column("first_octet", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["upload"], ["uploads.id"], name=op.f("fk_upload_pieces_upload")),
        sa.PrimaryKeyConstraint("upload", "first_octet", name=op.f("pk_upload_pieces")),
    )
    op.create_index("ix_upload_pieces_file_id", "upload_pieces", ["file_id"], unique=False)
