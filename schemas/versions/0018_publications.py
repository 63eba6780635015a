"""Publications: what was public, when, and who saw or accepted it.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    pass
