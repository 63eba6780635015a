"""The web sender: drafts, their rows (one recipient each), kept templates, alerts and who has read them.

`personal` is sealed under the draft's own data key (`draft-ID`), which is destroyed with it. A row bears the
GUID of what it became, so that a purge of the transaction takes the row along.
"""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from gateway.adapters.storage.columns import BLOB, GUID, METADATA, NAME, OWNER, Instant, Words

DRAFT_ID = String(32)

drafts = Table(
    "drafts",
    METADATA,
    Column("draft", DRAFT_ID, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), nullable=False),
    Column("author", OWNER, nullable=False),
    Column("status", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("total", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("sent_by", Words(100)),
    Column("session_word", Words(100)),
    Column("personal", BLOB),
    CheckConstraint("version > 0", name="version"),
    Index("ix_drafts_issuer", "issuer", "status", "updated_at"),
    Index("ix_drafts_expires", "expires_at"),
)

draft_rows = Table(
    "draft_rows",
    METADATA,
    Column("draft", DRAFT_ID, ForeignKey("drafts.draft"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("status", NAME, nullable=False),
    Column("guid", GUID, ForeignKey("transactions.guid")),
    Column("code", Words(20)),
    Column("detail", Words(1000)),
    Column("personal", BLOB),
    Index("ix_draft_rows_status", "draft", "status", "position"),
    Index("ix_draft_rows_guid", "guid"),
)

sender_templates = Table(
    "sender_templates",
    METADATA,
    Column("template", DRAFT_ID, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), nullable=False),
    Column("name", String(255), nullable=False),
    Column("body", Text, nullable=False),
    Column("author", OWNER, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),
    CheckConstraint("version > 0", name="version"),
    Index("ix_sender_templates_issuer", "issuer", "template", "version"),
)

sender_alerts = Table(
    "sender_alerts",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("turned_on", Boolean, nullable=False),
    Column("since", Instant, nullable=False),
)

sender_readers = Table(
    "sender_readers",
    METADATA,
    Column("person", OWNER, primary_key=True),
    Column("seen_at", Instant, nullable=False),
)
