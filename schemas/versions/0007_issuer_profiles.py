"""What an issuer's profile says beside its sign method: sandbox, integration, daily limit, priority."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for column in (
        sa.Column("sandbox", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("integrated", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("daily_limit", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("priority", sa.Integer(), nullable=False, server_default="5"),
    ):
        op.add_column("issuers", column)
