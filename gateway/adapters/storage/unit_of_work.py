"""One database transaction with all stores over it, and the database that opens them.

What is not committed never happened. No statement stands here: those are the stores'.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from gateway.adapters.storage.alert_address_store import AlertAddressStore
from gateway.adapters.storage.approval_store import ApprovalStore
from gateway.adapters.storage.audit_store import DEFAULT_NODE, AuditStore, Node
from gateway.adapters.storage.backlog_store import BacklogStore
from gateway.adapters.storage.batch_item_store import BatchItemStore
from gateway.adapters.storage.batch_limit_store import QuotaStore, ReservationStore
from gateway.adapters.storage.batch_store import BatchStore
from gateway.adapters.storage.block_store import BlockStore
from gateway.adapters.storage.brand_store import BrandStore
from gateway.adapters.storage.certificate_store import CertificateStore
from gateway.adapters.storage.challenge_store import ChallengeStore
from gateway.adapters.storage.circuit_store import CircuitStore
from gateway.adapters.storage.consent_store import ConsentStore
from gateway.adapters.storage.copy_link_store import CopyLinkStore
from gateway.adapters.storage.custody_store import SqlCustodyStore
from gateway.adapters.storage.deposit_queue_store import DepositQueueStore
from gateway.adapters.storage.deposit_store import DepositLeafStore, DepositSendingStore, DepositStore
from gateway.adapters.storage.desk_request_store import DeskRequestStore
from gateway.adapters.storage.device_session_store import DeviceSessionStore
from gateway.adapters.storage.document_store import DocumentStore
from gateway.adapters.storage.draft_store import DraftStore
from gateway.adapters.storage.effect_store import EffectStore
from gateway.adapters.storage.engine import LOCK_SECONDS, SQLITE, reader
from gateway.adapters.storage.errand_store import ErrandStore
from gateway.adapters.storage.event_store import EventStore
from gateway.adapters.storage.evidence_store import EvidenceStore
from gateway.adapters.storage.export_store import ExportStore
from gateway.adapters.storage.feedback_store import FeedbackStore
from gateway.adapters.storage.figure_store import FigureStore
from gateway.adapters.storage.fixity_store import SqlFixityStore
from gateway.adapters.storage.guid_block_store import GuidBlockStore
from gateway.adapters.storage.hold_store import HoldStore
from gateway.adapters.storage.issuer_store import IssuerStore
from gateway.adapters.storage.kek_store import KekStore
from gateway.adapters.storage.key_store import KeyStore
from gateway.adapters.storage.listing_store import ListingStore
from gateway.adapters.storage.message_store import KeptMessageStore, MessagePartStore
from gateway.adapters.storage.overview_store import OverviewStore
from gateway.adapters.storage.pack_store import PackStore
from gateway.adapters.storage.pause_store import PauseStore
from gateway.adapters.storage.personal import Cipher, NoKeys, Personal
from gateway.adapters.storage.protection_store import ProtectionStore
from gateway.adapters.storage.publication_store import PublicationStore
from gateway.adapters.storage.reading_store import FormAnswerStore, ShownPageStore
from gateway.adapters.storage.recipient_store import RecipientStore
from gateway.adapters.storage.record_store import RecordStore
from gateway.adapters.storage.rejection_store import RejectionStore
from gateway.adapters.storage.replay_store import ReplayStore
from gateway.adapters.storage.report_store import ReportStore
from gateway.adapters.storage.sample_store import SampleStore
from gateway.adapters.storage.sandbox_store import SandboxStore
from gateway.adapters.storage.search_store import SearchStore
from gateway.adapters.storage.sender_store import SenderStore
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.sessions import Sessions
from gateway.adapters.storage.signed_file_store import SignedFileStore
from gateway.adapters.storage.staff_session_store import StaffCodeStore, StaffSessionStore
from gateway.adapters.storage.staff_store import StaffStore
from gateway.adapters.storage.staged_copy_store import StagedCopyStore
from gateway.adapters.storage.stamp_store import StampStore
from gateway.adapters.storage.story_store import StoryStore
from gateway.adapters.storage.subscription_store import SubscriptionStore
from gateway.adapters.storage.task_store import TaskStore
from gateway.adapters.storage.template_store import IssuerTemplateStore
from gateway.adapters.storage.ticket_store import OriginStore, TicketStore
from gateway.adapters.storage.tombstone_store import TombstoneStore
from gateway.adapters.storage.transaction_store import TransactionStore
from gateway.adapters.storage.upload_store import UploadStore
from gateway.domain.errors import ErrorKind, GatewayError


class SqlUnitOfWork:
    """All stores over one transaction. `commit()` ends the unit: using it afterwards raises INTERNAL."""

    def __init__(self, session: Session, node: Node = DEFAULT_NODE, cipher: Cipher | None = None) -> None:
        self._session = session
        personal = Personal(session, cipher or NoKeys())
        self.audit = AuditStore(session, node)
        self.issuers = IssuerStore(session)
        self.brands = BrandStore(session)
        self.circuits = CircuitStore(session)
        self.transactions = TransactionStore(session, personal)
        self.recipients = RecipientStore(session, personal)
        self.documents = DocumentStore(session, personal)
        self.signed_files = SignedFileStore(session)
        self.staged_copies = StagedCopyStore(session)
        self.errands = ErrandStore(session)
        self.events = EventStore(session, personal)
        self.evidences = EvidenceStore(session)
        self.keys = KeyStore(session, personal)
        self.keks = KekStore(session)
        self.tasks = TaskStore(session)
        self.backlog = BacklogStore(session)
        self.effects = EffectStore(session, personal)
        self.reports = ReportStore(session, personal)
        self.message_parts = MessagePartStore(session)
        self.kept_messages = KeptMessageStore(session)
        self.challenges = ChallengeStore(session)
        self.certificates = CertificateStore(session)
        self.packs = PackStore(session)
        self.samples = SampleStore(session)
        self.shown_pages = ShownPageStore(session)
        self.form_answers = FormAnswerStore(session, personal)
        self.consents = ConsentStore(session, personal)
        self.stamps = StampStore(session)
        self.rejections = RejectionStore(session, personal)
        self.replays = ReplayStore(session)
        self._jobs(session, personal)
        self._doors(session, personal)

    def _jobs(self, session: Session, personal: Personal) -> None:
        """What is looked at long after: deposits, custody, purges."""
        self.deposit_queue = DepositQueueStore(session)
        self.deposits = DepositStore(session)
        self.deposit_leaves = DepositLeafStore(session)
        self.deposit_sendings = DepositSendingStore(session)
        self.records = RecordStore(session)
        self.custody = SqlCustodyStore(session)
        self.holds = HoldStore(session)
        self.fixity = SqlFixityStore(session)
        self.tombstones = TombstoneStore(session)
        self.protection = ProtectionStore(session, personal)
        self.staff = StaffStore(session, personal)
        self.staff_sessions = StaffSessionStore(session, personal)
        self.staff_codes = StaffCodeStore(session, personal)
        self.pauses = PauseStore(session, personal)
        self.approvals = ApprovalStore(session)
        self.guid_blocks = GuidBlockStore(session)

    def _doors(self, session: Session, personal: Personal) -> None:
        """What belongs to one door: batches, feedback, the web sender, the desk, the console."""
        self.batches = BatchStore(session, personal)
        self.batch_items = BatchItemStore(session, personal)
        self.quotas = QuotaStore(session)
        self.reservations = ReservationStore(session)
        self.uploads = UploadStore(session)
        self.subscriptions = SubscriptionStore(session)
        self.feedback = FeedbackStore(session)
        self.drafts = DraftStore(session, personal)
        self.sender = SenderStore(session)
        self.issuer_templates = IssuerTemplateStore(session)
        self.alert_addresses = AlertAddressStore(session)
        self.listings = ListingStore(session)
        self.publications = PublicationStore(session, personal)
        self.blocks = BlockStore(session, personal)
        self.portal_sessions = DeviceSessionStore(session)
        self.access_tickets = TicketStore(session, personal)
        self.origins = OriginStore(session)
        self.sandbox = SandboxStore(session, personal)
        self.desk_requests = DeskRequestStore(session)
        self.copy_links = CopyLinkStore(session)
        self.searches = SearchStore(session, personal)
        self.stories = StoryStore(session)
        self.overviews = OverviewStore(session)
        self.figures = FigureStore(session)
        self.exports = ExportStore(session)

    def commit(self) -> None:
        self._session.commit()


class WriterLock:
    """Queues the writers of this process, for SQLite has one writer and makes the others poll."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Raises TEMPORARILY_UNAVAILABLE after LOCK_SECONDS, RuntimeError when this thread has it already."""
        if self._owner == threading.get_ident():
            raise RuntimeError("a unit of work that writes is already open in this thread")
        if not self._lock.acquire(timeout=LOCK_SECONDS):
            raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
        self._owner = threading.get_ident()
        try:
            yield
        finally:
            self._owner = 0
            self._lock.release()


class SqlDatabase:
    """Opens units of work on an engine. Database errors leave as GatewayError, never as foreign ones."""

    def __init__(self, engine: Engine, node: Node = DEFAULT_NODE, cipher: Cipher | None = None) -> None:
        """`node` is who appends to the audit log; without `cipher` nothing personal is written or read."""
        self.engine = engine
        self._node = node
        self._cipher = cipher
        self._reader = reader(engine)
        self._sessions = Sessions(engine.dialect)
        self._queue = WriterLock() if engine.dialect.name == SQLITE else None

    @contextmanager
    def write(self, *, synced: bool = True) -> Iterator[SqlUnitOfWork]:
        """On SQLite one writer at a time: open no second one inside, nor wait for anything slow."""
        if self._queue is None:
            with self._sessions.open(self.engine, reads=False, synced=synced) as session:
                yield self._unit(session)
        else:
            with self._queue.held(), self._sessions.open(self.engine, reads=False, synced=synced) as session:
                yield self._unit(session)

    @contextmanager
    def read(self) -> Iterator[SqlUnitOfWork]:
        """SQLite and PostgreSQL refuse changes here (GatewayError INTERNAL)."""
        with self._sessions.open(self._reader, reads=True) as session:
            yield self._unit(session)

    def _unit(self, session: Session) -> SqlUnitOfWork:
        return SqlUnitOfWork(session, self._node, self._cipher)

    def close(self) -> None:
        """Close the idle connections."""
        self._reader.dispose()
        self.engine.dispose()
