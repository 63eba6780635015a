"""The audit log's rows, which triggers keep from being changed, and packs.

Types stand here as they were then, so that later changes of the package do not change the past.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import oracle
from sqlalchemy.types import TypeEngine

revision = "0005"
down_revision = "0004"

SQLITE = (
    """CREATE TRIGGER audit_entries_changed BEFORE UPDATE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never changed'); END""",
    """CREATE TRIGGER audit_entries_deleted BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'audit entries are never deleted'); END""",
    """CREATE TRIGGER audit_heads_moved BEFORE UPDATE ON audit_heads
    WHEN NEW.node <> OLD.node OR NEW.sequence <> OLD.sequence + 1
    BEGIN SELECT RAISE(ABORT, 'audit heads move on by one'); END""",
    """CREATE TRIGGER audit_heads_deleted BEFORE DELETE ON audit_heads
    BEGIN SELECT RAISE(ABORT, 'audit heads are never deleted'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_refused() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is only ever added to'; END $$""",
    """CREATE TRIGGER audit_entries_kept BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_entries_emptied BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_heads_moved BEFORE UPDATE ON audit_heads FOR EACH ROW
    WHEN (NEW.node <> OLD.node OR NEW.sequence <> OLD.sequence + 1) EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_heads_kept BEFORE DELETE ON audit_heads
    FOR EACH ROW EXECUTE FUNCTION audit_refused()""",
    """CREATE TRIGGER audit_heads_emptied BEFORE TRUNCATE ON audit_heads
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refused()""",
)
# A second wall, against mistakes rather than against whoever may drop triggers.
TRIGGERS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


def instant() -> TypeEngine[Any]:
    return (
        sa.DateTime()
        .with_variant(sa.DateTime(timezone=True), "postgresql")
        .with_variant(oracle.TIMESTAMP(), "oracle")
    )


def digest() -> TypeEngine[Any]:
    return sa.LargeBinary(32).with_variant(oracle.RAW(32), "oracle")


def upgrade() -> None:
    _packs()
    op.create_table(
        "audit_entries",
        sa.Column("node", sa.String(60), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("happened_at", instant(), nullable=False),
        sa.Column("action", sa.String(128), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("previous", digest(), nullable=False),
        sa.Column("digest", digest(), nullable=False),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_audit_entries_sequence")),
        sa.PrimaryKeyConstraint("node", "sequence", name=op.f("pk_audit_entries")),
    )
    op.create_table(
        "audit_heads",
        sa.Column("node", sa.String(60), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("digest", digest(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_audit_heads")),
    )
    for statement in TRIGGERS.get(op.get_bind().dialect.name, ()):
        op.execute(statement)


def _packs() -> None:
    op.create_table(
        "packs",
        sa.Column("guid", sa.String(40), nullable=False),
        sa.Column("index_sha256", digest(), nullable=False),
        sa.Column("sha256", digest(), nullable=True),
        sa.Column("byte_size", sa.BigInteger(), nullable=True),
        sa.Column("made_at", instant(), nullable=True),
        sa.ForeignKeyConstraint(["guid"], ["transactions.guid"], name=op.f("fk_packs_guid")),
        sa.PrimaryKeyConstraint("guid", name=op.f("pk_packs")),
    )
