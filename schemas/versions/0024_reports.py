"""Reports of channels, the names of messages, and messages as they were handed over.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle

revision = "0024"
down_revision = "0023"

INSTANT = (
    sa.DateTime()
    .with_variant(sa.DateTime(timezone=True), "postgresql")
    .with_variant(oracle.TIMESTAMP(), "oracle")
)
DIGEST = sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    _messages()
    op.create_table(
        "channel_reports",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("owner", sa.String(40), nullable=False),
        sa.Column("mark", DIGEST, nullable=False),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("failure", sa.String(60)),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.Column("raw_sha256", DIGEST, nullable=False),
        sa.Column("matched_at", INSTANT),
        sa.Column("given_up", sa.Boolean(), nullable=False),
        sa.Column("personal", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_channel_reports"),
        sa.UniqueConstraint("mark", name="uq_channel_reports_mark"),
    )
    op.create_index("ix_channel_reports_owner", "channel_reports", ["owner"])
    op.create_index(
        "ix_channel_reports_waiting", "channel_reports", ["matched_at", "given_up", "received_at"]
    )


def _messages() -> None:
    op.create_table(
        "message_parts",
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("effect", sa.String(200), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("delivered_at", INSTANT),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_message_parts_guid"),
        sa.PrimaryKeyConstraint("channel", "reference", name="pk_message_parts"),
    )
    op.create_index("ix_message_parts_effect", "message_parts", ["effect"])
    op.create_index("ix_message_parts_guid", "message_parts", ["guid"])
    op.create_table(
        "kept_messages",
        sa.Column("effect", sa.String(200), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sha256", DIGEST, nullable=False),
        sa.Column("byte_size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(100), nullable=False),
        sa.Column("kept_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_kept_messages_guid"),
        sa.PrimaryKeyConstraint("effect", name="pk_kept_messages"),
    )
    op.create_index("ix_kept_messages_guid", "kept_messages", ["guid"])
