"""Evidence, certificates, packs, digest time-stamps, refused submissions, and the wrapped data keys.

`owner` is a GUID, or the request id of a refused submission: so no foreign key stands on it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
)

from gateway.adapters.storage.columns import (
    BLOB,
    DIGEST,
    GUID,
    HEX_DIGEST,
    METADATA,
    NAME,
    ORDINAL,
    OWNER,
    Instant,
    Words,
)

data_keys = Table(
    "data_keys",
    METADATA,
    Column("owner", OWNER, primary_key=True),
    Column("kek_id", String(100), nullable=False),
    Column("wrapped", BLOB, nullable=False),
    Index("ix_data_keys_kek_id", "kek_id"),
)

evidences = Table(
    "evidences",
    METADATA,
    Column("ordinal", ORDINAL, Identity(), primary_key=True),
    Column("id", OWNER, nullable=False),
    Column("owner", OWNER, nullable=False),
    Column("position", Integer),
    Column("event", String(200), nullable=False),
    Column("event_time", Instant, nullable=False),
    Column("status", NAME, nullable=False),
    Column("rendered_sha256", DIGEST, nullable=False),
    Column("body", BLOB, nullable=False),
    Column("sealed_sha256", DIGEST),
    Column("stamped_at", Instant),
    Column("signer_sha256", Words(64)),
    UniqueConstraint("id"),
    Index("ix_evidences_owner", "owner"),
)

digest_stamps = Table(
    "digest_stamps",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("manifest", BLOB, nullable=False),
    Column("token", BLOB, nullable=False),
    Column("stamped_at", Instant, nullable=False),
    Column("tsa", Words(400)),
)

certificates = Table(
    "certificates",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("xml", BLOB, nullable=False),
    Column("xml_sha256", DIGEST, nullable=False),
    Column("pdf", BLOB, nullable=False),
    Column("pdf_sha256", DIGEST, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index("ix_certificates_created", "created_at"),
)

packs = Table(
    "packs",
    METADATA,
    Column("guid", GUID, ForeignKey("transactions.guid"), primary_key=True),
    Column("index_sha256", DIGEST, nullable=False),
    Column("sha256", DIGEST),
    Column("byte_size", BigInteger),
    Column("made_at", Instant),
)

rejections = Table(
    "rejections",
    METADATA,
    Column("request_id", OWNER, primary_key=True),
    Column("issuer", Integer, ForeignKey("issuers.issuer"), nullable=False),
    Column("code", NAME, nullable=False),
    Column("detail", Words(1000)),
    Column("received_at", Instant, nullable=False),
    Column("raw_sha256", DIGEST, nullable=False),
    Column("signer_sha256", HEX_DIGEST, nullable=False),
    Column("personal", BLOB),
    Index("ix_rejections_received_at", "received_at", "request_id"),
)
