"""The configuration's sections: every key with its default, its form and its meaning, and nothing else.

Paths are relative to `[gateway] data`, and that one to the configuration file.
"""

# `key` gives dataclasses.field itself, which this rule cannot see.
# ruff: noqa: RUF009

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from gateway.settings import values as v
from gateway.settings.bounces_section import BouncesSection
from gateway.settings.circuits_section import CircuitsSection
from gateway.settings.copies_section import CopiesSection
from gateway.settings.custody_sections import CustodySection
from gateway.settings.deposit_sections import DepositSection
from gateway.settings.depositary_section import DepositarySection
from gateway.settings.door_section import DoorSection
from gateway.settings.drop_section import DropSection
from gateway.settings.email_section import EmailSection
from gateway.settings.feedback_section import FeedbackSection
from gateway.settings.notification_section import NotificationSection
from gateway.settings.ops_sections import OpsSection, TraceSection
from gateway.settings.pages_section import PagesSection
from gateway.settings.post_section import PostSection
from gateway.settings.publication_section import PublicationSection
from gateway.settings.recipient_section import RecipientsSection
from gateway.settings.seal_sections import RevocationSection, SealSection
from gateway.settings.sender_sections import SenderSection
from gateway.settings.sms_sections import SmppSection, SmsHttpSection, SmsSection
from gateway.settings.staff_sections import ApprovalsSection, OidcSection, StaffSection
from gateway.settings.template_sections import AlertsSection, TemplatesSection
from gateway.settings.tracker_section import TrackerSection
from gateway.settings.upload_section import UploadSection
from gateway.settings.values import key
from gateway.settings.vault_sections import S3Section, VaultSection
from gateway.settings.verify_sections import VerifySection
from gateway.settings.voice_section import VoiceSection
from gateway.settings.worker_sections import BrokerSection, WorkerSection

URI = r"[A-Za-z][A-Za-z0-9+.-]*:\S+"
OID = r"[0-2](\.\d{1,39}){1,20}"


@dataclass(frozen=True, slots=True)
class GatewaySection:
    """Who this installation is."""

    installation: str = key(None, v.matching(r"\d{6}", "six digits"), "First six digits of every GUID.")
    base_url: str = key(None, v.base_url, "Public address; access links begin with it.")
    data: Path = key(None, v.path, "Folder of everything that this installation keeps.")
    operator: str = key("Fehaciente", v.text, "The third party's name, as recipients read it.")
    node: str = key("node1", v.node, "This host's name in the audit log; @hostname: its own.")


@dataclass(frozen=True, slots=True)
class HttpSection:
    """The embedded server; a buffering TLS proxy stands in front of it (conf/nginx.conf)."""

    host: str = key("127.0.0.1", v.text, "Address to listen on.")
    port: int = key("8080", v.integer(1, 65535), "Port to listen on.")
    trusted_proxy: str = key(
        "127.0.0.1", v.optional_text, "Address of the proxy whose X-Forwarded-For is believed; empty: none."
    )
    processes: int = key("1", v.integer(1, 64), "Serving processes; as many as cores use all of them.")
    threads: int = key("8", v.integer(1, 256), "Requests that each process serves at once.")
    max_body: int = key("64 MiB", v.size, "Largest request body; more is answered 413.")
    max_attached: int = key(
        "1 GiB", v.size, "Largest message with attachments, for the SOAP door only; more is answered 413."
    )
    attachments: int = key("64", v.integer(1, 10000), "Attachments of one message, at most.")
    body_deadline: timedelta = key("60s", v.duration, "Longest time that a request body may take.")
    secure_cookies: bool = key("yes", v.flag, "Cookies over TLS only; `no` for trying on loopback.")


@dataclass(frozen=True, slots=True)
class DatabaseSection:
    """Where rows are kept."""

    url: str = key("", v.database_url, "SQLAlchemy URL without password; empty: SQLite in the data folder.")
    password_file: Path | None = key("", v.optional_path, "File (0600) with the database's password.")


@dataclass(frozen=True, slots=True)
class PkiSection:
    """Keys and certificates, PEM. The defaults are what `fehaciente pki init` writes."""

    seal_key: Path = key("pki/seal.key", v.path, "Private key that seals evidence.")
    seal_chain: Path = key("pki/seal.pem", v.path, "Its certificate and chain, leaf first.")
    seal_password_file: Path | None = key("", v.optional_path, "File (0600) with the seal key's password.")
    anchors: Path = key("pki/ca.pem", v.path, "Roots that our seals and time-stamps lead to.")
    issuer_anchors: Path = key("pki/ca.pem", v.path, "Roots that issuers' certificates lead to.")
    issuer_intermediates: tuple[Path, ...] = key(
        "pki/issuer-ca.pem", v.optional_paths, "Intermediate certificates of issuers."
    )
    issuer_crls: tuple[Path, ...] = key(
        "pki/ca.crl, pki/issuer-ca.crl", v.optional_paths, "Revocation lists of issuers' authorities."
    )
    tsa_key: Path = key("pki/tsa.key", v.path, "Private key of the embedded time-stamping authority.")
    tsa_chain: Path = key("pki/tsa.pem", v.path, "Its certificate and chain, leaf first.")
    algorithm_policy: Path | None = key(
        "", v.optional_path, "Algorithms and their end dates (JSON); empty: the packaged policy."
    )


@dataclass(frozen=True, slots=True)
class TsaSection:
    """Time-stamps (RFC 3161)."""

    authorities: tuple[str, ...] = key("embedded", v.authorities, "`embedded` or URLs, asked in this order.")
    policy: str = key(
        "2.25.155394060238554144667225794048852236953",
        v.matching(OID, "an OID"),
        "Policy of the embedded authority.",
    )
    max_offset: timedelta = key("30s", v.duration, "How far genTime may be from our clock; beyond, no seal.")
    timeout: timedelta = key("5s", v.duration, "Longest wait for one authority.")
    rest: timedelta = key("5s", v.duration, "How long one that failed is left alone; doubled each time.")
    longest_rest: timedelta = key("2m", v.duration, "The longest that it is left alone.")
    check: timedelta = key("1m", v.duration, "Ask one that was not needed for so long what time it is.")


@dataclass(frozen=True, slots=True)
class CodesSection:
    """Operation codes."""

    life: timedelta = key("10m", v.duration, "How long a code can be used.")
    attempts: int = key("3", v.integer(1, 10), "Wrong tries that a code survives, plus one.")
    sends: int = key("3", v.integer(1, 20), "Codes per recipient and act.")
    pause: timedelta = key("20s", v.duration, "Shortest time between two codes.")
    keys: Path = key("keys/codes", v.path, "Folder of the keys that hash codes and derive links.")


@dataclass(frozen=True, slots=True)
class ConsoleSection:
    """The development console."""

    folder: Path = key("outbox", v.path, "Folder of outbox.jsonl.")
    print: bool = key("yes", v.flag, "Print messages as well.")


@dataclass(frozen=True, slots=True)
class EvidenceSection:
    """What evidence says of its issuer, and how long it can be verified."""

    level: str = key(
        "B-LT", v.choice("B-T", "B-LT", "B-LTA"), "Level of its signatures: EN 319 132-1 baseline."
    )
    policy_id: str = key(
        "urn:fehaciente:policy:1.0", v.matching(URI, "a URI"), "Policy under which evidence is issued."
    )
    provider_name: str = key("Fehaciente", v.text, "Legal name of the provider.")
    provider_identifier: str = key("", v.optional_text, "Its tax or registration number.")


@dataclass(frozen=True, slots=True)
class SecuritySection:
    """Signed requests and portal sessions."""

    clock_skew: timedelta = key("60s", v.duration, "How far an issuer's clock may differ.")
    message_life: timedelta = key("5m", v.duration, "How old a signed request may be.")
    session_key: Path = key("keys/session.key", v.path, "File (0600) that signs the portal's cookies.")


@dataclass(frozen=True, slots=True)
class LimitsSection:
    """What a document may be."""

    document_size: int = key("20 MiB", v.size, "Size of one document.")
    pages: int = key("2000", v.integer(1, 100_000), "Pages of one PDF.")


@dataclass(frozen=True, slots=True)
class LogSection:
    """Logs, on standard error."""

    level: str = key("INFO", v.choice("DEBUG", "INFO", "WARNING", "ERROR"), "Least severe level written.")
    format: str = key("text", v.choice("text", "json"), "One line of text, or one JSON object, a record.")


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration; each field is the section of that name."""

    gateway: GatewaySection
    http: HttpSection
    database: DatabaseSection
    vault: VaultSection
    s3: S3Section
    pki: PkiSection
    tsa: TsaSection
    seal: SealSection
    revocation: RevocationSection
    worker: WorkerSection
    broker: BrokerSection
    codes: CodesSection
    door: DoorSection
    uploads: UploadSection
    pages: PagesSection
    email: EmailSection
    bounces: BouncesSection
    tracker: TrackerSection
    sms: SmsSection
    smpp: SmppSection
    sms_http: SmsHttpSection
    voice: VoiceSection
    circuits: CircuitsSection
    post: PostSection
    console: ConsoleSection
    evidence: EvidenceSection
    security: SecuritySection
    limits: LimitsSection
    custody: CustodySection
    verify: VerifySection
    recipients: RecipientsSection
    deposit: DepositSection
    depositary: DepositarySection
    publication: PublicationSection
    copies: CopiesSection
    templates: TemplatesSection
    alerts: AlertsSection
    notification: NotificationSection
    drop: DropSection
    sender: SenderSection
    ops: OpsSection
    trace: TraceSection
    feedback: FeedbackSection
    staff: StaffSection
    oidc: OidcSection
    approvals: ApprovalsSection
    log: LogSection
