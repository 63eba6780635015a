"""Consents of recipients, per issuer.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    pass
