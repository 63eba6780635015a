"""Recipients' sessions, one-time links and limits at the portal's door.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle

revision = "0020"
down_revision = "0019"

INSTANT = (
    sa.DateTime()
    .with_variant(sa.DateTime(timezone=True), "postgresql")
    .with_variant(oracle.TIMESTAMP(), "oracle")
)
DIGEST = sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    _sessions()
    _tickets()
    op.create_table(
        "issuer_origins",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("origin", sa.String(255), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name="fk_issuer_origins_issuer"),
        sa.PrimaryKeyConstraint("issuer", "origin", name="pk_issuer_origins"),
    )


def _sessions() -> None:
    op.create_table(
        "portal_sessions",
        sa.Column("session", DIGEST, nullable=False),
        sa.Column("device", DIGEST, nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("agent", DIGEST),
        sa.Column("embedded", sa.Boolean(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("ended_by", sa.String(60)),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_portal_sessions_guid"),
        sa.PrimaryKeyConstraint("session", name="pk_portal_sessions"),
    )
    op.create_index("ix_portal_sessions_guid", "portal_sessions", ["guid", "position", "opened_at"])


def _tickets() -> None:
    op.create_table(
        "access_tickets",
        sa.Column("digest", DIGEST, nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("link_version", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("valid_until", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT),
        sa.Column("personal", sa.LargeBinary()),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name="fk_access_tickets_guid"),
        sa.PrimaryKeyConstraint("digest", name="pk_access_tickets"),
    )
    op.create_index("ix_access_tickets_guid", "access_tickets", ["guid"])
    op.create_index("ix_access_tickets_until", "access_tickets", ["valid_until"])
