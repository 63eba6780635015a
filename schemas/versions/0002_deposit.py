"""Deposits, their leaves, evidence records and the queue of what was sealed since the last one."""

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Nothing yet."""
