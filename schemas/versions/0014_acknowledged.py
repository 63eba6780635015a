"""Recipients who acknowledged a notification, and may read it until it is settled.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    instant = (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )
    op.add_column("recipients", sa.Column("acknowledged_at", instant, nullable=True))
