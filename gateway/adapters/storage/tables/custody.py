"""Custody: extensions, contracts and holds of transactions, their fixity, imports, and what a purge leaves.

`fixity` and `fixity_failures` are kept by owner (a GUID, a refused submission's request id, a tombstone's),
and `tombstones` outlive their transactions: no foreign key stands on those.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index, Integer, Table

from gateway.adapters.storage.columns import DIGEST, GUID, METADATA, NAME, ORDINAL, OWNER, Instant, Words

custody_extensions = Table(
    "custody_extensions",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("old_end", Instant, nullable=False),
    Column("new_end", Instant, nullable=False),
    Column("months", Integer, nullable=False),
    Column("cause", NAME, nullable=False),
    Column("token", Words(100)),
    Column("extended_at", Instant, nullable=False),
    Index("ix_custody_extensions_guid", "guid"),
)

custody_contracts = Table(
    "custody_contracts",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("months", Integer, nullable=False),
    Column("until", Instant, nullable=False),
    Column("set_at", Instant, nullable=False),
    CheckConstraint("months > 0", name="months"),
)

custody_holds = Table(
    "custody_holds",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("reason", NAME, nullable=False),
    Column("placed_at", Instant, nullable=False),
    Column("placed_by", NAME, nullable=False),
    Column("released_at", Instant),
    Column("released_by", Words(60)),
    Index("ix_custody_holds_guid", "guid"),
)

custody_imports = Table(
    "custody_imports",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("export_id", NAME, nullable=False),
    Column("archived_sha256", DIGEST, nullable=False),
    Column("imported_at", Instant, nullable=False),
)

import_records = Table(
    "import_records",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("record_sha256", DIGEST, nullable=False),
    Column("leaf_sha256", DIGEST, nullable=False),
)

tombstones = Table(
    "tombstones",
    METADATA,
    Column("guid", GUID, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), nullable=False),
    Column("purged_at", Instant, nullable=False),
    Column("reason", NAME, nullable=False),
    Column("files", Integer, nullable=False),
    Column("commitment", DIGEST, nullable=False),
    Column("external_mark", DIGEST, nullable=False),
    Index("ix_tombstones_external_mark", "external_mark"),
)

fixity = Table(
    "fixity",
    METADATA,
    Column("owner", OWNER, primary_key=True),
    Column("due_at", Instant, nullable=False),
    Column("lease_until", Instant),
    Column("fence", BigInteger, nullable=False),
    Column("checked_at", Instant),
    Column("result", NAME),
    Column("objects", Integer, nullable=False),
    Column("octets", BigInteger, nullable=False),
    Index("ix_fixity_due", "due_at", "owner"),
    Index("ix_fixity_result", "result"),
)

fixity_failures = Table(
    "fixity_failures",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("owner", OWNER, nullable=False),
    Column("object", OWNER, nullable=False),
    Column("problem", NAME, nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("mended_at", Instant),
    Index("ix_fixity_failures_owner", "owner"),
)
