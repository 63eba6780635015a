"""What the console keeps of its own: counts of each day, and the exports that people asked for."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from gateway.adapters.storage.columns import METADATA, NAME, Instant, Words

daily_figures = Table(
    "daily_figures",
    METADATA,
    # -1: all of them together.
    Column("issuer", Integer, primary_key=True, autoincrement=False),
    # A date by UTC, YYYY-MM-DD.
    Column("day", String(10), primary_key=True),
    Column("measure", NAME, primary_key=True),
    Column("label", NAME, primary_key=True),
    Column("amount", BigInteger, nullable=False),
)

console_exports = Table(
    "console_exports",
    METADATA,
    Column("id", NAME, primary_key=True),
    Column("person", String(100), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    # The search, as JSON: marks, keys and instants, and nothing personal.
    Column("search", Text, nullable=False),
    Column("clear", Boolean, nullable=False),
    Column("language", NAME, nullable=False),
    Column("phase", NAME, nullable=False),
    Column("found", BigInteger, nullable=False),
    Column("done", BigInteger, nullable=False),
    Column("file_id", Words(60)),
    Index("ix_console_exports_person", "person", "asked_at"),
    Index("ix_console_exports_expires", "phase", "expires_at"),
)
