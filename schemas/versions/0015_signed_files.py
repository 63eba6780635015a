"""Documents that recipients signed.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    pass
