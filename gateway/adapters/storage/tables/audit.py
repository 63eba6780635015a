"""The audit log's rows, one chain a node, and the newest entry of each as the database noted it.

Triggers, which only the migration knows, refuse to change or delete them.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, String, Table, Text

from gateway.adapters.storage.columns import DIGEST, METADATA, NAME, Instant

audit_entries = Table(
    "audit_entries",
    METADATA,
    Column("node", NAME, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("happened_at", Instant, nullable=False),
    Column("action", String(128), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", DIGEST, nullable=False),
    Column("digest", DIGEST, nullable=False),
    # What the console lists by: taken from subject and details, which alone the digest covers.
    Column("about", String(128)),
    Column("person", String(128)),
    CheckConstraint("sequence > 0", name="sequence"),
    Index("ix_audit_entries_about", "about", "happened_at", "node", "sequence"),
    Index("ix_audit_entries_person", "person", "happened_at", "node", "sequence"),
    Index("ix_audit_entries_at", "happened_at", "node", "sequence"),
)

audit_heads = Table(
    "audit_heads",
    METADATA,
    Column("node", NAME, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("digest", DIGEST, nullable=False),
)
