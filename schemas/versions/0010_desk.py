"""Corrections of recipients and the sandbox."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    pass
