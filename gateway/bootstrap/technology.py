"""From settings to adapters: one value that holds every technology the use cases run on."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from sqlalchemy.engine import make_url

from gateway.adapters.channels.conditions import GeneralConditions
from gateway.adapters.channels.console import ConsoleCourier
from gateway.adapters.channels.email.courier import EmailCourier
from gateway.adapters.channels.email.relay import Relay, Security
from gateway.adapters.channels.notices import NoticeTexts
from gateway.adapters.crypto import keys
from gateway.adapters.crypto.algorithm_policy import AlgorithmPolicy
from gateway.adapters.crypto.codes import KeyedCodes
from gateway.adapters.crypto.key_signer import KeySigner
from gateway.adapters.crypto.pades import PdfSealer
from gateway.adapters.crypto.revocation import CachedRevocation
from gateway.adapters.crypto.revocation_http import Fetcher
from gateway.adapters.crypto.sealing import EvidenceSealer
from gateway.adapters.crypto.signer import Signer
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.tsa import TimestampClient, TsaSource
from gateway.adapters.crypto.tsa_authority import TimestampAuthority
from gateway.adapters.crypto.tsa_http import HttpTransport
from gateway.adapters.crypto.validation_data import Revocation
from gateway.adapters.crypto.xades import Sealer
from gateway.adapters.documents.paper import DocumentPaper
from gateway.adapters.documents.reading import guard_against_bombs
from gateway.adapters.storage.audit_store import Node
from gateway.adapters.storage.engine import build_engine
from gateway.adapters.storage.guids import DatabaseGuids
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.telemetry.audit import AuditLog
from gateway.adapters.telemetry.metrics import Metrics
from gateway.adapters.vault.files import FileVault
from gateway.adapters.vault.keyring import Keyring
from gateway.bootstrap.observed import ObservedCourier
from gateway.domain.delivery import Channel
from gateway.domain.evidence import EvidenceParty
from gateway.settings import Settings, read_secret
from gateway.usecases.ports import Clock, Couriers

EMBEDDED = "embedded"
# What one stream of a PDF may inflate to; a page's content is a few megabytes at most.
INFLATED_LIMIT = 64 * 1024 * 1024


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True)
class Technology:
    """Every adapter that use cases run on. `authority` is the embedded TSA, if it is configured."""

    clock: Clock
    database: SqlDatabase
    guids: DatabaseGuids
    vault: FileVault
    keks: Keyring
    paper: DocumentPaper
    sealer: EvidenceSealer
    pdf_sealer: PdfSealer
    signer: Signer
    timestamper: TimestampClient
    revocation: Revocation
    algorithms: AlgorithmPolicy
    authority: TimestampAuthority | None
    couriers: Couriers
    notices: NoticeTexts
    codes: KeyedCodes
    conditions: GeneralConditions
    metrics: Metrics
    audit: AuditLog


def technology(settings: Settings, clock: Clock | None = None) -> Technology:
    """Build everything; raises GatewayError(CONFIGURATION) or SettingsError, naming what is wrong.

    `clock` is the machine's unless another is given.
    """
    guard_against_bombs(INFLATED_LIMIT)
    clock, metrics = clock or SystemClock(), Metrics()
    database, keyring = open_database(settings, clock), Keyring(settings.vault.keys)
    authority = _authority(settings, clock)
    timestamper, pair = _timestamper(settings, clock, authority), _seal_pair(settings)
    signer, revocation = KeySigner(pair), _revocation(settings, clock)
    return Technology(
        clock=clock,
        database=database,
        guids=DatabaseGuids(database, int(settings.gateway.installation)),
        vault=FileVault(settings.vault.folder, keyring),
        keks=keyring,
        paper=DocumentPaper(settings.limits.document_size, settings.limits.pages),
        sealer=_sealer(settings, clock, pair, timestamper),
        pdf_sealer=PdfSealer(signer, timestamper, revocation, clock),
        signer=signer,
        timestamper=timestamper,
        revocation=revocation,
        algorithms=AlgorithmPolicy.load(settings.pki.algorithm_policy),
        authority=authority,
        couriers=_couriers(settings, clock, metrics),
        notices=NoticeTexts(settings.gateway.operator),
        codes=KeyedCodes.from_folder(settings.codes.keys),
        conditions=GeneralConditions(),
        metrics=metrics,
        audit=AuditLog(database),
    )


def open_database(settings: Settings, clock: Clock | None = None) -> SqlDatabase:
    """SQLite in the data folder unless a URL is given; connections for every thread of the process."""
    url = settings.database.url or f"sqlite:///{settings.gateway.data / 'fehaciente.sqlite'}"
    if settings.database.password_file:
        secret = read_secret(settings.database.password_file)
        url = make_url(url).set(password=secret).render_as_string(hide_password=False)
    if not settings.database.url:
        settings.gateway.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    node = Node(settings.gateway.node, clock or SystemClock())
    return SqlDatabase(build_engine(url, pool_size=settings.http.threads + settings.worker.threads), node)


def certificates(files: tuple[Path, ...]) -> list[x509.Certificate]:
    return [found for file in files for found in x509.load_pem_x509_certificates(file.read_bytes())]


def _authority(settings: Settings, clock: Clock) -> TimestampAuthority | None:
    if EMBEDDED not in settings.tsa.authorities:
        return None
    pair = keys.load(settings.pki.tsa_key, settings.pki.tsa_chain)
    return TimestampAuthority(pair, settings.tsa.policy, clock)


def _revocation(settings: Settings, clock: Clock) -> Revocation:
    revocation = settings.revocation
    fetcher = Fetcher(revocation.timeout.total_seconds()) if revocation.online else None
    return CachedRevocation(clock, revocation.lists, fetcher, max_age=revocation.max_age)


def _seal_pair(settings: Settings) -> keys.KeyPair:
    secret = settings.pki.seal_password_file
    password = read_secret(secret).encode() if secret else None
    return keys.load(settings.pki.seal_key, settings.pki.seal_chain, password)


def _timestamper(settings: Settings, clock: Clock, authority: TimestampAuthority | None) -> TimestampClient:
    return TimestampClient(
        [_source(name, settings, authority) for name in settings.tsa.authorities],
        Anchors.from_file(settings.pki.anchors),
        clock,
        settings.tsa.max_offset,
    )


def _sealer(
    settings: Settings, clock: Clock, pair: keys.KeyPair, timestamper: TimestampClient
) -> EvidenceSealer:
    provider = EvidenceParty(
        name=settings.evidence.provider_name,
        identifier=settings.evidence.provider_identifier,
        scheme="CIF" if settings.evidence.provider_identifier else "",
        kind="COMPANY",
    )
    sealer = Sealer(pair, timestamper, clock)
    return EvidenceSealer(sealer, timestamper, settings.evidence.policy_id, provider)


def _source(name: str, settings: Settings, authority: TimestampAuthority | None) -> TsaSource:
    if name == EMBEDDED and authority is not None:
        return TsaSource(EMBEDDED, authority.respond, settings.tsa.policy)
    return TsaSource(name, HttpTransport(name, settings.tsa.timeout.total_seconds()))


def _couriers(settings: Settings, clock: Clock, metrics: Metrics) -> Couriers:
    stream = sys.stdout if settings.console.print else None
    console = ConsoleCourier(settings.console.folder, clock, stream)
    email = EmailCourier(_relay(settings), clock) if settings.email.channel == "smtp" else console
    couriers = {Channel.EMAIL: email, Channel.SMS: console}
    return {channel: ObservedCourier(courier, metrics) for channel, courier in couriers.items()}


def _relay(settings: Settings) -> Relay:
    email = settings.email
    return Relay(
        host=email.host,
        port=email.port,
        sender=email.sender,
        security=Security(email.security),
        user=email.user,
        password=read_secret(email.password_file) if email.password_file else "",
        timeout=email.timeout.total_seconds(),
        hostname=email.hostname,
        bounces=email.bounces,
        direct=email.direct,
        ca_file=email.ca_file,
    )
