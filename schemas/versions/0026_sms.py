"""SMS.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """Nothing yet."""
