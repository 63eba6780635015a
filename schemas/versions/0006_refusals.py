"""An index by which refused submissions are found whose time is over.

It stands apart from 0001, which made the table, because databases exist that were made by that one.
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_rejections_received_at", "rejections", ["received_at", "request_id"], unique=False)
