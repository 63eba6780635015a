"""Corrections of recipients, blocked contacts, lists of transactions, and the sandbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle

revision = "0010"
down_revision = "0009"

INSTANT = (
    sa.DateTime()
    .with_variant(sa.DateTime(timezone=True), "postgresql")
    .with_variant(oracle.TIMESTAMP(), "oracle")
)
ORDINAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LISTED = ("received_at", "guid")


def upgrade() -> None:
    _columns()
    _indexes()
    op.create_table(
        "contact_blocks",
        sa.Column("ordinal", ORDINAL, sa.Identity(), nullable=False),
        sa.Column("mark", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("guid", sa.String(40)),
        sa.Column("blocked_at", INSTANT, nullable=False),
        sa.Column("blocked_by", sa.String(60), nullable=False),
        sa.Column("released_at", INSTANT),
        sa.Column("released_by", sa.String(60)),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_contact_blocks_guid"),
        sa.PrimaryKeyConstraint("ordinal", name="pk_contact_blocks"),
    )
    op.create_index("ix_contact_blocks_mark", "contact_blocks", ["mark"])
    op.create_index("ix_contact_blocks_guid", "contact_blocks", ["guid"])
    op.create_table(
        "desk_requests",
        sa.Column("token", sa.String(160), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_desk_requests_guid"),
        sa.PrimaryKeyConstraint("token", name="pk_desk_requests"),
    )
    op.create_index("ix_desk_requests_guid", "desk_requests", ["guid"])
    _sandbox()


def _sandbox() -> None:
    op.create_table(
        "sandbox_messages",
        sa.Column("ordinal", ORDINAL, sa.Identity(), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.Column("personal", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_sandbox_messages_guid"),
        sa.PrimaryKeyConstraint("ordinal", name="pk_sandbox_messages"),
        sa.UniqueConstraint("id", name="uq_sandbox_messages_id"),
    )
    op.create_index("ix_sandbox_messages_guid", "sandbox_messages", ["guid"])
    op.create_table(
        "sandbox_scripts",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("script", sa.String(60), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_sandbox_scripts_guid"),
        sa.PrimaryKeyConstraint("guid", "position", name="pk_sandbox_scripts"),
    )


def _columns() -> None:
    sandbox = sa.Column("sandbox", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("transactions", sandbox)
    for name in ("series", "link_version"):
        op.add_column("recipients", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("recipients", sa.Column("corrected_at", INSTANT))


def _indexes() -> None:
    for name, column in (("by_state", "state"), ("by_result", "result")):
        op.create_index(f"ix_transactions_{name}", "transactions", ["issuer", column, *LISTED])
