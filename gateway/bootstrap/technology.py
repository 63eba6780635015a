"""From settings to adapters: one value that holds every technology the use cases run on."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from sqlalchemy.engine import make_url

from gateway.adapters.channels.conditions import GeneralConditions
from gateway.adapters.channels.console import ConsoleCourier
from gateway.adapters.channels.notices import NoticeTexts
from gateway.adapters.channels.sms.session import Session
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.codes import KeyedCodes
from gateway.adapters.crypto.depositary import CmsDepositary, NoDepositary
from gateway.adapters.crypto.detached import DetachedSealer
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.sealing import EvidenceSealer
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.tsa import TimestampClient
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.validation_data import Revocation
from gateway.adapters.documents.paper import DocumentPaper
from gateway.adapters.documents.reading import guard_against_bombs
from gateway.adapters.pages.drawer import ProcessDrawer
from gateway.adapters.pages.memory import RememberedPages
from gateway.adapters.storage.audit_store import Node
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.guids import DatabaseGuids
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.telemetry.audit import AuditLog
from gateway.adapters.telemetry.metrics import Metrics
from gateway.adapters.telemetry.traces import NoTraces, OtelTraces, Traces
from gateway.adapters.templates.process import ProcessComposer
from gateway.adapters.vault.files import FileVault
from gateway.adapters.vault.keyring import Keyring
from gateway.adapters.vault.search_key import ColumnKeys, search_key
from gateway.bootstrap import approved
from gateway.bootstrap.mail import mail_courier, tracker
from gateway.bootstrap.observed import AuthorityGauges, ObservedCourier
from gateway.bootstrap.post import postal_courier
from gateway.bootstrap.sealing import sealing
from gateway.bootstrap.sms import smpp_session, sms_courier
from gateway.bootstrap.vaults import vault
from gateway.bootstrap.voice import voice_provider
from gateway.domain.delivery import Channel
from gateway.settings import Settings, read_secret
from gateway.usecases.ports import Clock, Courier, Couriers, Depositary, MessageMark, VoiceProvider

if TYPE_CHECKING:
    from gateway.adapters.vault.s3 import S3Vault

# What one stream of a PDF may inflate to; a page's content is a few megabytes at most.
INFLATED_LIMIT = 64 * 1024 * 1024


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Technology:
    """Every adapter that use cases run on. `authority` is the embedded TSA, if it is configured, `smpp` the
    session with an SMSC, if there is one."""

    clock: Clock
    database: SqlDatabase
    guids: DatabaseGuids
    vault: "FileVault | S3Vault"
    keks: Keyring
    paper: DocumentPaper
    pages: RememberedPages
    composer: ProcessComposer
    sealer: EvidenceSealer
    pdf_sealer: PdfSealer
    detached_sealer: DetachedSealer
    signer: Signer
    timestamper: TimestampClient
    revocation: Revocation
    algorithms: AlgorithmPolicy
    authority: TimestampAuthority | None
    couriers: Couriers
    voice: VoiceProvider
    smpp: Session | None
    notices: NoticeTexts
    codes: KeyedCodes
    conditions: GeneralConditions
    metrics: Metrics
    traces: Traces
    audit: AuditLog
    depositary: Depositary


def technology(settings: Settings, clock: Clock | None = None) -> Technology:
    """Build everything; raises GatewayError(CONFIGURATION) or SettingsError, naming what is wrong.

    `clock` is the machine's unless another is given.
    """
    guard_against_bombs(INFLATED_LIMIT)
    clock, metrics = clock or SystemClock(), Metrics()
    keyring = Keyring(settings.vault.keys)
    database = open_database(settings, clock, ColumnKeys(keyring, search_key(settings.vault.search_key)))
    allowed = approved.reloading(settings, database, clock)
    seals = sealing(settings, clock, AuthorityGauges(metrics), allowed)
    codes, lines = KeyedCodes.from_folder(settings.codes.keys), _lines(settings, clock, database)
    return Technology(
        clock=clock,
        database=database,
        guids=DatabaseGuids(database, int(settings.gateway.installation)),
        vault=vault(settings, keyring),
        keks=keyring,
        paper=DocumentPaper(settings.limits.document_size, settings.limits.pages),
        composer=composer(settings),
        pages=_pages(settings, clock),
        sealer=seals.evidence,
        pdf_sealer=seals.pdf,
        detached_sealer=seals.detached,
        signer=seals.signer,
        timestamper=seals.timestamper,
        revocation=seals.trust.revocation,
        algorithms=seals.trust.algorithms,
        authority=seals.authority,
        couriers=_couriers(settings, clock, metrics, lines, codes.message_mark),
        voice=lines[0],
        smpp=lines[1],
        notices=NoticeTexts(settings.gateway.operator),
        codes=codes,
        conditions=GeneralConditions(),
        metrics=metrics,
        traces=_traces(settings),
        audit=AuditLog(database),
        depositary=_depositary(settings),
    )


def _depositary(settings: Settings) -> Depositary:
    file = settings.depositary.certificate
    return CmsDepositary.from_file(file) if file else NoDepositary()


def open_database(
    settings: Settings, clock: Clock | None = None, cipher: ColumnKeys | None = None
) -> SqlDatabase:
    """SQLite in the data folder unless a URL is given; connections for every thread of the process.

    Without `cipher` nothing personal can be read or written: migrations need none.
    """
    url = settings.database.url or f"sqlite:///{settings.gateway.data / 'fehaciente.sqlite'}"
    if settings.database.password_file:
        secret = read_secret(settings.database.password_file)
        url = make_url(url).set(password=secret).render_as_string(hide_password=False)
    if not settings.database.url:
        settings.gateway.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    node = Node(settings.gateway.node, clock or SystemClock())
    threads = settings.http.threads + settings.worker.threads + settings.feedback.threads
    engine = build_engine(url, pool_size=threads)
    return SqlDatabase(engine, node, cipher)


def certificates(files: tuple[Path, ...]) -> list[x509.Certificate]:
    return [found for file in files for found in x509.load_pem_x509_certificates(file.read_bytes())]


def composer(settings: Settings) -> ProcessComposer:
    templates = settings.templates
    return ProcessComposer(templates.time, templates.memory, templates.at_once)


def _pages(settings: Settings, clock: Clock) -> RememberedPages:
    pages = settings.pages
    drawer = ProcessDrawer(pages.time, pages.memory, pages.pixels, pages.at_once)
    return RememberedPages(drawer, clock, pages.remembered)


def _console(settings: Settings, clock: Clock) -> ConsoleCourier:
    stream = sys.stdout if settings.console.print else None
    return ConsoleCourier(settings.console.folder, clock, stream)


def _lines(settings: Settings, clock: Clock, database: SqlDatabase) -> tuple[VoiceProvider, Session | None]:
    """What is shared by those who send and those who hear of calls and messages."""
    voice = voice_provider(settings, clock, database, _console(settings, clock))
    return voice, smpp_session(settings, clock)


def _couriers(
    settings: Settings,
    clock: Clock,
    metrics: Metrics,
    lines: tuple[VoiceProvider, Session | None],
    mark: MessageMark,
) -> Couriers:
    console, (voice, smpp) = _console(settings, clock), lines
    email = (
        mail_courier(settings, clock, tracker(settings, mark))
        if settings.email.channel == "smtp"
        else console
    )
    couriers: dict[Channel, Courier] = {Channel.EMAIL: email, Channel.VOICE: voice}
    couriers[Channel.SMS] = sms_courier(settings, clock, smpp, console)
    couriers[Channel.POSTAL] = postal_courier(settings, clock, mark, console)
    return {channel: ObservedCourier(courier, metrics) for channel, courier in couriers.items()}


def _traces(settings: Settings) -> Traces:
    if not settings.trace.endpoint:
        return NoTraces()
    place = {"service.instance.id": settings.gateway.node, "service.namespace": settings.gateway.installation}
    return OtelTraces(settings.trace.endpoint, settings.trace.ratio / 100, place)
