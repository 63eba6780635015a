"""Pages that were shown, and answers to forms.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    pass
