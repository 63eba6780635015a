"""The relational schema as SQLAlchemy Core tables; `METADATA` is complete once this package is imported.

What is in force in a database is decided by the migrations in schemas/, which a test holds equal to this.
"""

from gateway.adapters.storage.columns import METADATA
from gateway.adapters.storage.tables.alerts import alert_addresses
from gateway.adapters.storage.tables.audit import audit_entries, audit_heads
from gateway.adapters.storage.tables.batches import batch_days, batch_items, batch_reservations, batches
from gateway.adapters.storage.tables.biometrics import sealed_samples
from gateway.adapters.storage.tables.circuits import issuer_circuits
from gateway.adapters.storage.tables.consents import consents
from gateway.adapters.storage.tables.console import console_exports, daily_figures
from gateway.adapters.storage.tables.copies import copy_links
from gateway.adapters.storage.tables.custody import (
    custody_contracts,
    custody_extensions,
    custody_holds,
    custody_imports,
    fixity,
    fixity_failures,
    import_records,
    tombstones,
)
from gateway.adapters.storage.tables.delivery import challenges, effects
from gateway.adapters.storage.tables.deposits import (
    deposit_files,
    deposit_leaves,
    deposit_queue,
    deposit_sendings,
    deposits,
    record_paths,
    tree_stamps,
)
from gateway.adapters.storage.tables.desk import contact_blocks, desk_requests
from gateway.adapters.storage.tables.door import access_tickets, issuer_origins, portal_sessions
from gateway.adapters.storage.tables.feedback import (
    feedback_attempts,
    feedback_queue,
    feedback_secrets,
    feedback_subscriptions,
)
from gateway.adapters.storage.tables.issuers import guid_blocks, issuer_brands, issuer_certificates, issuers
from gateway.adapters.storage.tables.privacy import condemned_keks, unprotected
from gateway.adapters.storage.tables.proofs import (
    certificates,
    data_keys,
    digest_stamps,
    evidences,
    packs,
    rejections,
)
from gateway.adapters.storage.tables.publications import public_visits, publications
from gateway.adapters.storage.tables.readings import form_answers, shown_pages
from gateway.adapters.storage.tables.reports import channel_reports, kept_messages, message_parts
from gateway.adapters.storage.tables.sandbox import sandbox_messages, sandbox_scripts
from gateway.adapters.storage.tables.sender import (
    draft_rows,
    drafts,
    sender_alerts,
    sender_readers,
    sender_templates,
)
from gateway.adapters.storage.tables.staff import (
    approvals,
    sign_in_pauses,
    staff,
    staff_codes,
    staff_sessions,
)
from gateway.adapters.storage.tables.templates import issuer_templates
from gateway.adapters.storage.tables.transactions import (
    documents,
    events,
    recipients,
    signed_files,
    signing_errands,
    staged_copies,
    transactions,
)
from gateway.adapters.storage.tables.uploads import upload_pieces, uploads
from gateway.adapters.storage.tables.work import replays, tasks

__all__ = [
    "METADATA",
    "access_tickets",
    "alert_addresses",
    "approvals",
    "audit_entries",
    "audit_heads",
    "batch_days",
    "batch_items",
    "batch_reservations",
    "batches",
    "certificates",
    "challenges",
    "channel_reports",
    "condemned_keks",
    "consents",
    "console_exports",
    "contact_blocks",
    "copy_links",
    "custody_contracts",
    "custody_extensions",
    "custody_holds",
    "custody_imports",
    "daily_figures",
    "data_keys",
    "deposit_files",
    "deposit_leaves",
    "deposit_queue",
    "deposit_sendings",
    "deposits",
    "desk_requests",
    "digest_stamps",
    "documents",
    "draft_rows",
    "drafts",
    "effects",
    "events",
    "evidences",
    "feedback_attempts",
    "feedback_queue",
    "feedback_secrets",
    "feedback_subscriptions",
    "fixity",
    "fixity_failures",
    "form_answers",
    "guid_blocks",
    "import_records",
    "issuer_brands",
    "issuer_certificates",
    "issuer_circuits",
    "issuer_origins",
    "issuer_templates",
    "issuers",
    "kept_messages",
    "message_parts",
    "packs",
    "portal_sessions",
    "public_visits",
    "publications",
    "recipients",
    "record_paths",
    "rejections",
    "replays",
    "sandbox_messages",
    "sandbox_scripts",
    "sealed_samples",
    "sender_alerts",
    "sender_readers",
    "sender_templates",
    "shown_pages",
    "sign_in_pauses",
    "signed_files",
    "signing_errands",
    "staff",
    "staff_codes",
    "staff_sessions",
    "staged_copies",
    "tasks",
    "tombstones",
    "transactions",
    "tree_stamps",
    "unprotected",
    "upload_pieces",
    "uploads",
]
