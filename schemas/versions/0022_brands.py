"""What an issuer's pages and notices look like.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    pass
