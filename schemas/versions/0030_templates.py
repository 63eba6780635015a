"""Templates of issuers.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle

revision = "0030"
down_revision = "0029"

INSTANT = (
    sa.DateTime()
    .with_variant(sa.DateTime(timezone=True), "postgresql")
    .with_variant(oracle.TIMESTAMP(), "oracle")
)
DIGEST = sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    op.create_table(
        "issuer_templates",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("fields", sa.Text()),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", DIGEST, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT),
        sa.CheckConstraint("version > 0", name=op.f("ck_issuer_templates_version")),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name="fk_issuer_templates_issuer"),
        sa.PrimaryKeyConstraint("issuer", "name", "version", name="pk_issuer_templates"),
    )
