"""Signed copies of documents, that recipients' own certificates (or drawn signatures) make.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0015"
down_revision = "0014"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def of_transaction(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f(f"fk_{name}_guid"))


def upgrade() -> None:
    _signed_files()
    _staged_copies()
    _signing_errands()


def _staged_copies() -> None:
    op.create_table(
        "staged_copies",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("document", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", digest(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        of_transaction("staged_copies"),
        sa.PrimaryKeyConstraint("guid", "document", "recipient", name=op.f("pk_staged_copies")),
    )


def _signing_errands() -> None:
    op.create_table(
        "signing_errands",
        sa.Column("mark", digest(), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Integer(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("answer_sha256", digest(), nullable=True),
        sa.Column("created_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        of_transaction("signing_errands"),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_signing_errands")),
    )
    op.create_index("ix_signing_errands_of", "signing_errands", ["guid", "recipient"])


def _signed_files() -> None:
    op.create_table(
        "signed_files",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("document", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("media_type", sa.String(255), nullable=False),
        sa.Column("sha256", digest(), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.CheckConstraint("byte_size > 0", name=op.f("ck_signed_files_byte_size")),
        of_transaction("signed_files"),
        sa.PrimaryKeyConstraint("guid", "document", "recipient", name=op.f("pk_signed_files")),
    )
