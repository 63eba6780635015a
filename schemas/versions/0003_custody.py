"""Custody: extensions, contracts, holds, fixity, imports and tombstones.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0003"
down_revision = "0002"


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
    _agreements()
    _transactions()
    _tombstones()
    _fixity()


def _agreements() -> None:
    op.create_table(
        "custody_contracts",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("until", instant(), nullable=False),
        sa.Column("set_at", instant(), nullable=False),
        sa.CheckConstraint("months > 0", name=op.f("ck_custody_contracts_months")),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_custody_contracts_issuer")),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_custody_contracts")),
    )
    op.create_table(
        "custody_extensions",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("old_end", instant(), nullable=False),
        sa.Column("new_end", instant(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(60), nullable=False),
        sa.Column("token", sa.String(100), nullable=True),
        sa.Column("extended_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_custody_extensions_guid")),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_custody_extensions")),
    )
    op.create_index("ix_custody_extensions_guid", "custody_extensions", ["guid"], unique=False)


def _transactions() -> None:
    op.create_index("ix_tasks_guid", "tasks", ["guid"], unique=False)
    op.create_index("ix_transactions_custody", "transactions", ["custody_until", "guid"], unique=False)
    op.create_index("ix_transactions_issuer", "transactions", ["issuer", "guid"], unique=False)
    op.create_index(
        "ix_transactions_ending", "transactions", ["issuer", "custody_until", "guid"], unique=False
    )
    op.create_table(
        "custody_holds",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("placed_at", instant(), nullable=False),
        sa.Column("placed_by", sa.String(60), nullable=False),
        sa.Column("released_at", instant(), nullable=True),
        sa.Column("released_by", sa.String(60), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_custody_holds_guid")),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_custody_holds")),
    )
    op.create_index("ix_custody_holds_guid", "custody_holds", ["guid"], unique=False)
    op.create_table(
        "custody_imports",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("export_id", sa.String(60), nullable=False),
        sa.Column("archived_sha256", digest(), nullable=False),
        sa.Column("imported_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_custody_imports_guid")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_custody_imports")),
    )
    op.create_table(
        "import_records",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_sha256", digest(), nullable=False),
        sa.Column("leaf_sha256", digest(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_import_records_guid")),
        sa.PrimaryKeyConstraint("guid", "position", name=op.f("pk_import_records")),
    )


def _tombstones() -> None:
    op.create_table(
        "tombstones",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("purged_at", instant(), nullable=False),
        sa.Column("reason", sa.String(60), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("commitment", digest(), nullable=False),
        sa.Column("external_mark", digest(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_tombstones_issuer")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_tombstones")),
    )
    op.create_index("ix_tombstones_external_mark", "tombstones", ["external_mark"], unique=False)


def _fixity() -> None:
    op.create_table(
        "fixity",
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("due_at", instant(), nullable=False),
        sa.Column("lease_until", instant(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("checked_at", instant(), nullable=True),
        sa.Column("result", sa.String(60), nullable=True),
        sa.Column("objects", sa.Integer(), nullable=False),
        sa.Column("octets", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_fixity")),
    )
    op.create_index("ix_fixity_due", "fixity", ["due_at", "owner"], unique=False)
    op.create_index("ix_fixity_result", "fixity", ["result"], unique=False)
    op.create_table(
        "fixity_failures",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("object", sa.String(100), nullable=False),
        sa.Column("problem", sa.String(60), nullable=False),
        sa.Column("found_at", instant(), nullable=False),
        sa.Column("mended_at", instant(), nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_fixity_failures")),
    )
    op.create_index("ix_fixity_failures_owner", "fixity_failures", ["owner"], unique=False)
