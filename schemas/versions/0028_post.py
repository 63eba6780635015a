"""Letters.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0028"
down_revision = "0024"


def upgrade() -> None:
    """Nothing yet."""
