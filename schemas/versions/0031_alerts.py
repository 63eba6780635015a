"""Alerts of issuers.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Nothing yet."""
