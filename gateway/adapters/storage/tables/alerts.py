"""Mailboxes that issuers are alerted at: the issuer's own, as its contact is, and of no recipient."""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from gateway.adapters.storage.columns import METADATA, Instant

alert_addresses = Table(
    "alert_addresses",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("address", String(320), primary_key=True),
    Column("added_at", Instant, nullable=False),
)
