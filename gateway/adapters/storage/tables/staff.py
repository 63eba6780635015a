"""People who sign in, their sessions and recovery codes, pauses after wrong tries, and two-person approvals.

Login, name and second factor are sealed under the person's own data key; tokens, codes and addresses stand
here as keyed hashes only.
"""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table

from gateway.adapters.storage.columns import BLOB, DIGEST, METADATA, NAME, Instant, Words

MARK, PERSON = String(40), String(40)

staff = Table(
    "staff",
    METADATA,
    Column("id", PERSON, primary_key=True),
    Column("login_mark", MARK, nullable=False, unique=True),
    Column("subject_mark", MARK, unique=True),
    Column("personal", BLOB, nullable=False),
    Column("role", NAME, nullable=False),
    Column("issuer", Integer, ForeignKey("issuers.issuer")),
    Column("language", String(10), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password", Words(200)),
    Column("must_change", Boolean, nullable=False),
    Column("secret", BLOB),
    Column("enrolled_at", Instant),
    Column("last_step", BigInteger, nullable=False),
    Column("added_at", Instant, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    METADATA,
    Column("mark", MARK, primary_key=True),
    Column("person", PERSON, ForeignKey("staff.id"), nullable=False, index=True),
    Column("way", NAME, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("proven_at", Instant),
)

staff_codes = Table(
    "staff_codes",
    METADATA,
    Column("mark", MARK, primary_key=True),
    Column("person", PERSON, ForeignKey("staff.id"), nullable=False, index=True),
)

sign_in_pauses = Table(
    "sign_in_pauses",
    METADATA,
    Column("mark", MARK, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("paused_until", Instant, nullable=False),
)

approvals = Table(
    "approvals",
    METADATA,
    Column("id", String(40), primary_key=True),
    Column("change_kind", NAME, nullable=False),
    Column("digest", DIGEST, nullable=False),
    Column("subject", Words(200)),
    Column("reason", Words(400)),
    Column("requested_by", PERSON, nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("state", NAME, nullable=False),
    Column("decided_by", Words(40)),
    Column("decided_at", Instant),
    Column("done_at", Instant),
    Index("ix_approvals_change_kind", "change_kind", "state"),
)
