"""Strokes and recordings, sealed for the depositary.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    pass
