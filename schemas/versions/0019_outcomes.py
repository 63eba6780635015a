"""One-time links by which recipients fetch a copy of their evidence.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle

revision = "0019"
down_revision = "0018"

INSTANT = (
    sa.DateTime()
    .with_variant(sa.DateTime(timezone=True), "postgresql")
    .with_variant(oracle.TIMESTAMP(), "oracle")
)
DIGEST = sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    op.create_table(
        "copy_links",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_copy_links_guid")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_copy_links")),
    )
    op.create_index("ix_copy_links_guid", "copy_links", ["guid", "position"])
