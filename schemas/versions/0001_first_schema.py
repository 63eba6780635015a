"""The first schema: issuers, transactions, evidence, delivery, work.

Its types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def ordinal() -> TypeEngine[Any]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "data_keys",
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("kek_id", sa.String(100), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_data_keys")),
    )
    op.create_table(
        "evidences",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("owner", sa.String(100), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(200), nullable=False),
        sa.Column("event_time", instant(), nullable=False),
        sa.Column("status", sa.String(60), nullable=False),
        sa.Column("rendered_sha256", digest(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_sha256", digest(), nullable=True),
        sa.Column("stamped_at", instant(), nullable=True),
        sa.Column("signer_sha256", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_evidences")),
        sa.UniqueConstraint("id", name=op.f("uq_evidences_id")),
    )
    op.create_index("ix_evidences_owner", "evidences", ["owner"], unique=False)
    op.create_table(
        "guid_blocks",
        sa.Column("installation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "issuer", name=op.f("pk_guid_blocks")),
    )
    op.create_table(
        "issuers",
        sa.Column("issuer", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("identifier", sa.String(100), nullable=False),
        sa.Column("contact", sa.String(400), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("default_sign_method", sa.String(60), nullable=False),
        sa.CheckConstraint("issuer BETWEEN 0 AND 9999", name=op.f("ck_issuers_issuer")),
        sa.PrimaryKeyConstraint("issuer", name=op.f("pk_issuers")),
    )
    op.create_table(
        "replays",
        sa.Column("digest", digest(), nullable=False),
        sa.Column("seen_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_replays")),
    )
    op.create_index("ix_replays_expires_at", "replays", ["expires_at"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("guid", sa.String(100), nullable=True),
        sa.Column("subject", sa.String(400), nullable=True),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("due_at", instant(), nullable=False),
        sa.Column("lease_until", instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.String(1000), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_tasks_attempts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    op.create_index("ix_tasks_due", "tasks", ["state", "due_at"], unique=False)
    op.create_table(
        "issuer_certificates",
        sa.Column("sha256", digest(), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("der", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_issuer_certificates_issuer")),
        sa.PrimaryKeyConstraint("sha256", "issuer", name=op.f("pk_issuer_certificates")),
    )
    op.create_table(
        "rejections",
        sa.Column("request_id", sa.String(100), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("detail", sa.String(1000), nullable=True),
        sa.Column("received_at", instant(), nullable=False),
        sa.Column("raw_sha256", digest(), nullable=False),
        sa.Column("signer_sha256", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_rejections_issuer")),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_rejections")),
    )
    op.create_table(
        "transactions",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("issuer", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(255), nullable=False),
        sa.Column("content_digest", digest(), nullable=False),
        sa.Column("service", sa.String(60), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(1000), nullable=True),
        sa.Column("language", sa.String(35), nullable=True),
        sa.Column("received_at", instant(), nullable=False),
        sa.Column("start_at", instant(), nullable=False),
        sa.Column("close_at", instant(), nullable=False),
        sa.Column("updated_at", instant(), nullable=False),
        sa.Column("custody_until", instant(), nullable=True),
        sa.Column("request_id", sa.String(100), nullable=False),
        sa.Column("signer_sha256", sa.String(64), nullable=False),
        sa.Column("raw_sha256", digest(), nullable=False),
        sa.Column("default_sign_method", sa.String(60), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.CheckConstraint("result >= 0", name=op.f("ck_transactions_result")),
        sa.CheckConstraint("state BETWEEN 0 AND 12", name=op.f("ck_transactions_state")),
        sa.ForeignKeyConstraint(["issuer"], ["issuers.issuer"], name=op.f("fk_transactions_issuer")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_transactions")),
        sa.UniqueConstraint("issuer", "external_id", name="uq_transactions_external_id"),
    )
    op.create_index("ix_transactions_external_id", "transactions", ["external_id"], unique=False)
    op.create_index("ix_transactions_state_close", "transactions", ["state", "close_at"], unique=False)
    op.create_table(
        "certificates",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("xml_sha256", digest(), nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", digest(), nullable=False),
        sa.Column("created_at", instant(), nullable=False),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_certificates_guid")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_certificates")),
    )
    op.create_table(
        "challenges",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(60), nullable=False),
        sa.Column("method", sa.String(60), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("requested_at", instant(), nullable=False),
        sa.Column("expires_at", instant(), nullable=False),
        sa.Column("key_id", sa.String(100), nullable=True),
        sa.Column("digest", digest(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handed_over_at", instant(), nullable=True),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_challenges_attempts")),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_challenges_guid")),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_challenges")),
        sa.UniqueConstraint("id", name=op.f("uq_challenges_id")),
    )
    op.create_index("ix_challenges_guid", "challenges", ["guid", "position"], unique=False)
    op.create_table(
        "digest_stamps",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("manifest", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", instant(), nullable=False),
        sa.Column("tsa", sa.String(400), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_digest_stamps_guid")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_digest_stamps")),
    )
    op.create_table(
        "documents",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("name", sa.String(400), nullable=True),
        sa.Column("media_type", sa.String(255), nullable=False),
        sa.Column("byte_size", sa.BigInteger(), nullable=False),
        sa.Column("original_sha256", digest(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("stamped_sha256", digest(), nullable=True),
        sa.Column("stamped_size", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_documents_guid")),
        sa.PrimaryKeyConstraint("guid", "position", name=op.f("pk_documents")),
    )
    op.create_table(
        "effects",
        sa.Column("ordinal", ordinal(), sa.Identity(always=False), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(60), nullable=False),
        sa.Column("purpose", sa.String(60), nullable=False),
        sa.Column("address", sa.String(400), nullable=True),
        sa.Column("intended_at", instant(), nullable=False),
        sa.Column("outcome", sa.String(60), nullable=True),
        sa.Column("finished_at", instant(), nullable=True),
        sa.Column("reference", sa.String(400), nullable=True),
        sa.Column("detail", sa.String(1000), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_effects_guid")),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_effects")),
        sa.UniqueConstraint("id", name=op.f("uq_effects_id")),
    )
    op.create_index("ix_effects_guid", "effects", ["guid"], unique=False)
    op.create_table(
        "events",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("happened_at", instant(), nullable=False),
        sa.Column("recorded_at", instant(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.CheckConstraint("state BETWEEN 0 AND 12", name=op.f("ck_events_state")),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_events_guid")),
        sa.PrimaryKeyConstraint("guid", "sequence", name=op.f("pk_events")),
    )
    op.create_table(
        "recipients",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("sign_method", sa.String(60), nullable=False),
        sa.Column("state", sa.String(60), nullable=False),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("link_digest", digest(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", instant(), nullable=True),
        sa.Column("conditions_at", instant(), nullable=True),
        sa.Column("unlocked_at", instant(), nullable=True),
        sa.Column("decided_at", instant(), nullable=True),
        sa.Column("reason", sa.String(1000), nullable=True),
        sa.Column("identity_key", sa.String(100), nullable=True),
        sa.Column("access_key", sa.String(100), nullable=True),
        sa.Column("phone_key", sa.String(40), nullable=True),
        sa.Column("email_key", sa.String(320), nullable=True),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_recipients_failures")),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_recipients_guid")),
        sa.PrimaryKeyConstraint("guid", "position", name=op.f("pk_recipients")),
    )
    op.create_index("ix_recipients_access_key", "recipients", ["access_key"], unique=False)
    op.create_index("ix_recipients_email_key", "recipients", ["email_key"], unique=False)
    op.create_index("ix_recipients_identity_key", "recipients", ["identity_key"], unique=False)
    op.create_index("ix_recipients_link_digest", "recipients", ["link_digest"], unique=True)
    op.create_index("ix_recipients_phone_key", "recipients", ["phone_key"], unique=False)
