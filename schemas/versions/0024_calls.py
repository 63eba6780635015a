"""Calls that dictate codes and record an acceptance.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    pass
