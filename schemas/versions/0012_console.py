"""What the console searches by: marks and identifiers together with the reception that lists are in order of.

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


def _searches() -> None:
    for mark in MARKS:
        op.drop_index(f"ix_recipients_{mark}_key", table_name="recipients")
        op.create_index(f"ix_recipients_{mark}", "recipients", [f"{mark}_key", "received_at", "guid"])
    op.drop_index("ix_transactions_external_id", table_name="transactions")
    op.create_index("ix_transactions_external", "transactions", ["external_id", "received_at", "guid"])
    op.create_index("ix_transactions_received", "transactions", ["received_at", "guid"])
    op.create_index("ix_transactions_of_issuer", "transactions", ["issuer", "received_at", "guid"])
