"""What recipients do before the act: pages that they were shown, and answers to the issuer's form."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table

from gateway.adapters.storage.columns import BLOB, GUID, METADATA, NAME, Instant

shown_pages = Table(
    "shown_pages",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("link_version", Integer, primary_key=True, autoincrement=False),
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("page", Integer, primary_key=True, autoincrement=False),
    Column("manner", NAME, nullable=False),
    Column("shown_at", Instant, nullable=False),
    CheckConstraint("page >= 0", name="page"),
)

form_answers = Table(
    "form_answers",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("answered_at", Instant, nullable=False),
    Column("personal", BLOB, nullable=False),
)
