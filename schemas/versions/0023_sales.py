"""Employees of issuers at points of sale and call centres.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    pass
