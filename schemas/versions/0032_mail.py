"""Mail.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Nothing yet."""
