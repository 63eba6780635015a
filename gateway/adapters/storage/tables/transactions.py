"""A transaction, its recipients, documents and timeline.

`asked` is what the issuer said, as JSON without document contents; the `*_key` columns of a recipient are
normalised copies that support searches by.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from gateway.adapters.storage.columns import DIGEST, GUID, HEX_DIGEST, METADATA, NAME, Instant, Words

transactions = Table(
    "transactions",
    METADATA,
    Column("guid", GUID, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), nullable=False),
    Column("external_id", String(255), nullable=False),
    Column("content_digest", DIGEST, nullable=False),
    Column("service", NAME, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("result", Integer, nullable=False),
    Column("subject", Words(1000)),
    Column("language", Words(35)),
    Column("received_at", Instant, nullable=False),
    Column("start_at", Instant, nullable=False),
    Column("close_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("custody_until", Instant),
    Column("request_id", String(100), nullable=False),
    Column("signer_sha256", HEX_DIGEST, nullable=False),
    Column("raw_sha256", DIGEST, nullable=False),
    Column("default_sign_method", NAME, nullable=False),
    Column("asked", Text, nullable=False),
    UniqueConstraint("issuer", "external_id", name="uq_transactions_external_id"),
    CheckConstraint("state BETWEEN 0 AND 12", name="state"),
    CheckConstraint("result >= 0", name="result"),
    Index("ix_transactions_state_close", "state", "close_at"),
    Index("ix_transactions_external_id", "external_id"),
    Index("ix_transactions_custody", "custody_until", "guid"),
)

recipients = Table(
    "recipients",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("asked", Text, nullable=False),
    Column("sign_method", NAME, nullable=False),
    Column("state", NAME, nullable=False),
    Column("result", Integer, nullable=False),
    Column("link_digest", DIGEST),
    Column("failures", Integer, nullable=False),
    Column("locked_until", Instant),
    Column("conditions_at", Instant),
    Column("unlocked_at", Instant),
    Column("decided_at", Instant),
    Column("reason", Words(1000)),
    Column("identity_key", Words(100)),
    Column("access_key", Words(100)),
    Column("phone_key", Words(40)),
    Column("email_key", Words(320)),
    CheckConstraint("failures >= 0", name="failures"),
    Index("ix_recipients_link_digest", "link_digest", unique=True),
    Index("ix_recipients_identity_key", "identity_key"),
    Index("ix_recipients_access_key", "access_key"),
    Index("ix_recipients_phone_key", "phone_key"),
    Index("ix_recipients_email_key", "email_key"),
)

documents = Table(
    "documents",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", String(255), nullable=False),
    Column("name", Words(400)),
    Column("media_type", String(255), nullable=False),
    Column("byte_size", BigInteger, nullable=False),
    Column("original_sha256", DIGEST, nullable=False),
    Column("pages", Integer),
    Column("signed", Boolean, nullable=False),
    Column("stamped_sha256", DIGEST),
    Column("stamped_size", BigInteger),
)

events = Table(
    "events",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("id", String(100), nullable=False),
    Column("kind", NAME, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("position", Integer),
    Column("happened_at", Instant, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Column("details", Text, nullable=False),
    CheckConstraint("state BETWEEN 0 AND 12", name="state"),
)
