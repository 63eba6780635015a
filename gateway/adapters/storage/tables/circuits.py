"""Issuers' circuits, each as it was from an instant on: a transaction keeps the one that it began with."""

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from gateway.adapters.storage.columns import METADATA, Instant

issuer_circuits = Table(
    "issuer_circuits",
    METADATA,
    Column("issuer", Integer, ForeignKey("issuers.issuer"), primary_key=True, autoincrement=False),
    Column("since", Instant, primary_key=True),
    Column("body", Text, nullable=False),
)
