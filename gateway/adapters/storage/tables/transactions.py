"""A transaction, its recipients, documents and timeline.

`personal` is what tells of people, sealed under the transaction's data key; `subject`, `asked`, `name`,
`details` and `reason` hold it only in rows from before revision 0004 that the upkeep has not reached yet. The
`*_key` columns of a recipient are keyed hashes that support searches by.
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

from gateway.adapters.storage.columns import BLOB, DIGEST, GUID, HEX_DIGEST, METADATA, NAME, Instant, Words

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
    Column("personal", BLOB),
    Column("lane", Integer, nullable=False, server_default="0"),
    Column("sandbox", Boolean, nullable=False),
    UniqueConstraint("issuer", "external_id", name="uq_transactions_external_id"),
    CheckConstraint("state BETWEEN 0 AND 12", name="state"),
    CheckConstraint("result >= 0", name="result"),
    Index("ix_transactions_state_close", "state", "close_at"),
    # The console lists what it finds by reception, newest first: the index gives the order too.
    Index("ix_transactions_external", "external_id", "received_at", "guid"),
    Index("ix_transactions_received", "received_at", "guid"),
    Index("ix_transactions_of_issuer", "issuer", "received_at", "guid"),
    Index("ix_transactions_custody", "custody_until", "guid"),
    Index("ix_transactions_issuer", "issuer", "guid"),
    Index("ix_transactions_ending", "issuer", "custody_until", "guid"),
    Index("ix_transactions_by_state", "issuer", "state", "received_at", "guid"),
    Index("ix_transactions_by_result", "issuer", "result", "received_at", "guid"),
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
    Column("series", Integer, nullable=False),
    Column("link_version", Integer, nullable=False),
    Column("corrected_at", Instant),
    Column("acknowledged_at", Instant),
    Column("answered_at", Instant),
    Column("identity_key", Words(100)),
    Column("access_key", Words(100)),
    Column("phone_key", Words(40)),
    Column("email_key", Words(320)),
    Column("personal", BLOB),
    Column("personal_digest", DIGEST),
    # The transaction's, so that an index lists whom a mark finds by it.
    Column("received_at", Instant),
    CheckConstraint("failures >= 0", name="failures"),
    Index("ix_recipients_link_digest", "link_digest", unique=True),
    Index("ix_recipients_decided", "decided_at"),
    Index("ix_recipients_identity", "identity_key", "received_at", "guid"),
    Index("ix_recipients_access", "access_key", "received_at", "guid"),
    Index("ix_recipients_phone", "phone_key", "received_at", "guid"),
    Index("ix_recipients_email", "email_key", "received_at", "guid"),
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
    Column("personal", BLOB),
)

signed_files = Table(
    "signed_files",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("recipient", Integer, primary_key=True, autoincrement=False),
    Column("kind", NAME, nullable=False),
    Column("media_type", String(255), nullable=False),
    Column("sha256", DIGEST, nullable=False),
    Column("byte_size", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    CheckConstraint("byte_size > 0", name="byte_size"),
)

# Signed copies that came and wait until each document of their recipient has one.
staged_copies = Table(
    "staged_copies",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("document", Integer, primary_key=True, autoincrement=False),
    Column("recipient", Integer, primary_key=True, autoincrement=False),
    Column("sha256", DIGEST, nullable=False),
    Column("byte_size", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# Errands of signing programs on recipients' devices; `body` holds identifier and key, under the data key.
signing_errands = Table(
    "signing_errands",
    METADATA,
    Column("mark", DIGEST, primary_key=True),
    Column("guid", GUID, ForeignKey("transactions.guid"), nullable=False),
    Column("document", Integer, nullable=False),
    Column("recipient", Integer, nullable=False),
    Column("link_version", Integer, nullable=False),
    Column("state", NAME, nullable=False),
    Column("body", BLOB, nullable=False),
    Column("answer_sha256", DIGEST),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("ix_signing_errands_of", "guid", "recipient"),
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
    Column("personal", BLOB),
    CheckConstraint("state BETWEEN 0 AND 12", name="state"),
)
