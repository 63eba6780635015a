"""What the console searches by, together with the reception that its lists are in order of; what it counts.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0012"
down_revision = "0011"
MARKS = ("identity", "access", "phone", "email")


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def upgrade() -> None:
    op.add_column("recipients", sa.Column("received_at", instant(), nullable=True))
    op.execute(
        "UPDATE recipients SET received_at = "
        "(SELECT transactions.received_at FROM transactions WHERE transactions.guid = recipients.guid)"
    )
    _searches()
    _audit()
    _figures()
    _exports()


def _searches() -> None:
    for mark in MARKS:
        op.drop_index(f"ix_recipients_{mark}_key", table_name="recipients")
        op.create_index(f"ix_recipients_{mark}", "recipients", [f"{mark}_key", "received_at", "guid"])
    op.drop_index("ix_transactions_external_id", table_name="transactions")
    op.create_index("ix_transactions_external", "transactions", ["external_id", "received_at", "guid"])
    op.create_index("ix_transactions_received", "transactions", ["received_at", "guid"])
    op.create_index("ix_transactions_of_issuer", "transactions", ["issuer", "received_at", "guid"])
    op.create_index("ix_batches_external", "batches", ["external_id"])


def _audit() -> None:
    """Entries from before have neither: nothing may change them."""
    for name in ("about", "person"):
        op.add_column("audit_entries", sa.Column(name, sa.String(128), nullable=True))
        op.create_index(
            f"ix_audit_entries_{name}", "audit_entries", [name, "happened_at", "node", "sequence"]
        )
    op.create_index("ix_audit_entries_at", "audit_entries", ["happened_at", "node", "sequence"])


def _figures() -> None:
    op.create_table(
        "daily_figures",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("measure", sa.String(60), nullable=False),
        sa.Column("label", sa.String(60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "day", "measure", "label", name=op.f("pk_daily_figures")),
    )
    op.create_index("ix_effects_finished", "effects", ["finished_at"])
    op.create_index("ix_recipients_decided", "recipients", ["decided_at"])
    op.create_index("ix_certificates_created", "certificates", ["created_at"])


def _exports() -> None:
    op.create_table(
        "console_exports",
        sa.Column("id", sa.String(60), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("asked_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("clear", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(60), nullable=False),
        sa.Column("phase", sa.String(60), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.String(60), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_exports")),
    )
    op.create_index("ix_console_exports_person", "console_exports", ["person", "asked_at"])
    op.create_index("ix_console_exports_expires", "console_exports", ["phase", "expires_at"])
