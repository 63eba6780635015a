"""Mailboxes that issuers are alerted at.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle

revision = "0031"
down_revision = "0030"

INSTANT = (
    sa.DateTime()
    .with_variant(sa.DateTime(timezone=True), "postgresql")
    .with_variant(oracle.TIMESTAMP(), "oracle")
)


def upgrade() -> None:
    op.create_table(
        "alert_addresses",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name="fk_alert_addresses_issuer"),
        sa.PrimaryKeyConstraint("issuer", "address", name="pk_alert_addresses"),
    )
