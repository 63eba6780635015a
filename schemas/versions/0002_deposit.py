"""Deposits, their leaves, evidence records and the queue of what was sealed since the last one."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def ordinal() -> TypeEngine[Any]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deposit_queue",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("sha256", digest(), nullable=False),
        sa.Column("queued_at", instant(), nullable=False),
        sa.Column("deposit", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_deposit_queue")),
    )
    op.create_index("ix_deposit_queue_deposit", "deposit_queue", ["deposit", "owner"], unique=False)
    op.create_index("ix_deposit_queue_owner", "deposit_queue", ["owner"], unique=False)
    _deposits()
    _parts()
    _records()


def _deposits() -> None:
    op.create_table(
        "deposits",
        sa.Column("deposit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phase", sa.String(60), nullable=False),
        sa.Column("period_from", instant(), nullable=False),
        sa.Column("period_to", instant(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("lease_until", instant(), nullable=True),
        sa.Column("leaves", sa.BigInteger(), nullable=True),
        sa.Column("root", digest(), nullable=True),
        sa.Column("xml_sha256", digest(), nullable=True),
        sa.Column("sealed_at", instant(), nullable=True),
        sa.Column("protocol", sa.String(200), nullable=True),
        sa.Column("receipt_sha256", digest(), nullable=True),
        sa.Column("receipt_at", instant(), nullable=True),
        sa.PrimaryKeyConstraint("deposit", name=op.f("pk_deposits")),
    )


def _parts() -> None:
    op.create_table(
        "deposit_files",
        sa.Column("deposit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["deposit"], ["deposits.deposit"], name=op.f("fk_deposit_files_deposit")),
        sa.PrimaryKeyConstraint("deposit", "name", name=op.f("pk_deposit_files")),
    )
    op.create_table(
        "deposit_leaves",
        sa.Column("deposit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("leaf_sha256", digest(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["deposit"], ["deposits.deposit"], name=op.f("fk_deposit_leaves_deposit")),
        sa.PrimaryKeyConstraint("deposit", "owner", name=op.f("pk_deposit_leaves")),
    )
    op.create_index("ix_deposit_leaves_owner", "deposit_leaves", ["owner", "deposit"], unique=False)
    op.create_table(
        "deposit_sendings",
        sa.Column("deposit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("way", sa.String(60), nullable=False),
        sa.Column("attempt", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("intended_at", instant(), nullable=False),
        sa.Column("outcome", sa.String(60), nullable=True),
        sa.Column("finished_at", instant(), nullable=True),
        sa.Column("reference", sa.String(400), nullable=True),
        sa.Column("detail", sa.String(1000), nullable=True),
        sa.ForeignKeyConstraint(["deposit"], ["deposits.deposit"], name=op.f("fk_deposit_sendings_deposit")),
        sa.PrimaryKeyConstraint("deposit", "way", "attempt", name=op.f("pk_deposit_sendings")),
    )


def _records() -> None:
    op.create_table(
        "tree_stamps",
        sa.Column("tree", sa.String(60), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(60), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("gen_time", instant(), nullable=False),
        sa.Column("authority", sa.String(400), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.Column("xml_path", sa.LargeBinary(), nullable=True),
        sa.Column("asn1_path", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("tree", "position", name=op.f("pk_tree_stamps")),
    )
    op.create_table(
        "record_paths",
        sa.Column("deposit", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("chain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tree", sa.String(60), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("xml_path", sa.LargeBinary(), nullable=True),
        sa.Column("asn1_path", sa.LargeBinary(), nullable=True),
        sa.Column("members", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["deposit"], ["deposits.deposit"], name=op.f("fk_record_paths_deposit")),
        sa.PrimaryKeyConstraint("deposit", "owner", "chain", name=op.f("pk_record_paths")),
    )
