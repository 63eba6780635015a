"""Calls that dictate codes and record an acceptance.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0023"
down_revision = "0022"


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def upgrade() -> None:
    digest = sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")
    for column in (
        # No channel: the code went by SMS.
        sa.Column("channel", sa.String(60), nullable=True),
        sa.Column("call_state", sa.String(60), nullable=True),
        sa.Column("call_answered_at", instant(), nullable=True),
        sa.Column("call_ended_at", instant(), nullable=True),
        sa.Column("call_seconds", sa.Integer(), nullable=True),
        sa.Column("recording", sa.String(400), nullable=True),
        sa.Column("speech_sha256", digest, nullable=True),
        sa.Column("bound_sha256", digest, nullable=True),
    ):
        op.add_column("challenges", column)
