"""Key-encryption keys that have to die, because a data key that they wrapped was destroyed.

Without it nobody would know which copies in old backups still open.
"""

from sqlalchemy import Column, Table

from gateway.adapters.storage.columns import METADATA, OWNER, Instant

condemned_keks = Table(
    "condemned_keks",
    METADATA,
    Column("kek_id", OWNER, primary_key=True),
    Column("seen_at", Instant),
    Column("emptied_at", Instant),
    Column("destroyed_at", Instant),
)
