"""Key-encryption keys that have to die, for a data key that they wrapped was destroyed; and clear rows.

`unprotected` holds the owners (GUIDs, request ids) whose rows are from before revision 0004, until they are
sealed; in an installation that began later it is always empty.
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

unprotected = Table("unprotected", METADATA, Column("owner", OWNER, primary_key=True))
