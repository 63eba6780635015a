"""Doubles of ports that several tests share, and a SOAP door wired by hand around real crypto and schemas.

Only what stands behind a port is faked: parsing, signatures, certificates, schemas and Spyne are real.
"""

import hashlib
import io
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree
from waitress.server import create_server
from waitress.wasyncore import close_all

from gateway import resources
from gateway.adapters.crypto import devpki, wsse
from gateway.adapters.crypto.issuer_trust import IssuerTrust
from gateway.adapters.crypto.trust import Anchors
from gateway.adapters.crypto.wsse_policy import Policy
from gateway.adapters.xml import schemas, transaction_xml
from gateway.adapters.xml.parser import parse
from gateway.client.signature import Signer
from gateway.domain.cancellation import CancelCode
from gateway.domain.catalogue import Service
from gateway.domain.custody import Cause, Extension
from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.evidence import ErdsEvent
from gateway.domain.listing import Listed, ListedRecipient
from gateway.domain.parties import Issuer, PartyKind, Recipient
from gateway.domain.record import (
    DocumentRecord,
    EventRecord,
    EvidenceStatus,
    RecipientRecord,
    StoredEvidence,
    TransactionRecord,
)
from gateway.domain.results import RecipientState, Result
from gateway.domain.retention import Duration
from gateway.domain.sandbox import SandboxMessage
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.domain.transaction import Transaction
from gateway.domain.validation import ValidationReport
from gateway.entrypoints.soap import app
from gateway.entrypoints.soap.body import Limits
from gateway.entrypoints.soap.contract import Contract
from gateway.entrypoints.soap.dispatch import Dispatcher
from gateway.entrypoints.soap.door import Door
from gateway.entrypoints.soap.ports import BatchOperations, Checks, Handling, Operations
from gateway.usecases.access_url import AccessUrl
from gateway.usecases.commands import RecordRejection, Reference, Submit
from gateway.usecases.results import (
    CertificateFile,
    DocumentFile,
    DocumentKind,
    EvidenceFile,
    ListPage,
    PackResult,
    SubmitReceipt,
    Timeline,
)
from gateway.usecases.sandbox.drive import Driven
from tests.batch_double import RecordedBatches
from tests.memory_spool import MemorySpool
from tests.report_samples import PACK, PASSED

BANK = Issuer(1, "Banco de Pruebas", "A28000001", "https://banco.example/ayuda")

GUID = "001001-0001-000000000000001.par"
MOMENT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SOAP_LIMIT = 2 * 1024 * 1024


class FixedClock:
    """A clock that stands still until it is set."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@cache
def pki() -> Path:
    """A development PKI, made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="pki-")) / "pki"
    devpki.create(folder, now=datetime.now(UTC))
    return folder


def issued(kind: devpki.KeyKind = "rsa", name: str = BANK.name) -> tuple[bytes, bytes]:
    """An issuer's certificate chain and key, PEM, by the development PKI: always the same for a name."""
    return _issued(kind, name)


@cache
def _issued(kind: devpki.KeyKind, name: str) -> tuple[bytes, bytes]:
    return devpki.issue_issuer(pki(), name, key=kind, now=datetime.now(UTC))


def signer(kind: devpki.KeyKind = "rsa", name: str = BANK.name) -> Signer:
    """The signer of that issuer, with its certificate."""
    return _signer(kind, name)


@cache
def _signer(kind: devpki.KeyKind, name: str) -> Signer:
    chain, key = issued(kind, name)
    return Signer.from_pem(key, chain)


def issuer_trust() -> IssuerTrust:
    """Trust in the development PKI's issuers, with its revocation lists."""
    intermediate = x509.load_pem_x509_certificate((pki() / "issuer-ca.pem").read_bytes())
    lists = [x509.load_pem_x509_crl((pki() / f"{each}.crl").read_bytes()) for each in ("ca", "issuer-ca")]
    return IssuerTrust(Anchors.from_file(pki() / "ca.pem"), [intermediate], lists)


@dataclass
class MemoryRegistry:
    """Registered certificates by SHA-256."""

    issuers: dict[bytes, Issuer] = field(default_factory=dict)

    def register(self, certificate: x509.Certificate, issuer: Issuer) -> None:
        self.issuers[certificate.fingerprint(SHA256())] = issuer

    def __call__(self, sha256: bytes) -> Issuer | None:
        return self.issuers.get(sha256)


@dataclass
class MemoryReplays:
    """Messages seen, with the end of their life."""

    seen: dict[bytes, datetime] = field(default_factory=dict)

    def __call__(self, digest: bytes, seen_at: datetime, expires_at: datetime) -> bool:
        if digest in self.seen:
            return False
        self.seen[digest] = expires_at
        return True


def transaction_record() -> TransactionRecord:
    return TransactionRecord(
        guid=GUID,
        issuer=BANK.number,
        external_id="EXP-1",
        content_digest=hashlib.sha256(b"content").digest(),
        service=Service.CONTRACT_EXPRESS,
        state=State.ACCESSED,
        result=Result.PENDING,
        subject="Contrato",
        language="es",
        received_at=MOMENT,
        start_at=MOMENT,
        close_at=MOMENT,
        updated_at=MOMENT,
        request_id="request-1",
        signer_sha256="00" * 32,
        raw_sha256=bytes(32),
        default_sign_method=SignMethod.SMS,
        asked=Transaction(Service.CONTRACT_EXPRESS, "EXP-1", "Contrato"),
    )


class CannedQueries:
    """Answers about one transaction, and NOT_FOUND about any other."""

    def _known(self, reference: Reference) -> TransactionRecord:
        record = transaction_record()
        if reference.guid != record.guid and reference.external_id != record.external_id:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return record

    def events(self, issuer: Issuer, reference: Reference) -> Timeline:
        events = (
            EventRecord(GUID, 0, "e-0", "RECEIVED", State.RECEIVED, None, MOMENT, MOMENT),
            EventRecord(GUID, 1, "e-1", "VALIDATED", State.VALIDATED, None, MOMENT, MOMENT),
            EventRecord(
                GUID, 2, "e-2", "ACCESSED", State.ACCESSED, 0, MOMENT, MOMENT, (("address", "\x00<ñ>"),)
            ),
        )
        return Timeline(self._known(reference), events)

    def documents(self, issuer: Issuer, reference: Reference, kind: DocumentKind) -> Sequence[DocumentFile]:
        self._known(reference)
        octets = b"%PDF-1.7 not quite"
        sha256 = hashlib.sha256(octets).digest()
        record = DocumentRecord(GUID, 0, "contract", "contrato.pdf", "application/pdf", len(octets), sha256)
        return [DocumentFile(record, kind, "application/pdf", sha256, octets)]

    def evidence(self, issuer: Issuer, reference: Reference, evidence_id: str) -> Sequence[EvidenceFile]:
        self._known(reference)
        sealed = StoredEvidence(
            "ev-1",
            GUID,
            None,
            ErdsEvent.SUBMISSION_ACCEPTANCE,
            MOMENT,
            EvidenceStatus.SEALED,
            bytes(32),
            b"x",
        )
        rendered = replace(sealed, id="ev-2", event=ErdsEvent.SIGNED, status=EvidenceStatus.RENDERED)
        return [EvidenceFile(sealed, b"<Evidence/>"), EvidenceFile(rendered, b"")]

    def certificate(self, issuer: Issuer, reference: Reference, media_type: str) -> CertificateFile:
        self._known(reference)
        return CertificateFile(media_type, hashlib.sha256(b"certificate").digest(), b"certificate", MOMENT)


def handling() -> Handling:
    """What is under way, canned: one transaction, whatever is asked."""
    recipients = (
        ListedRecipient(0, RecipientState.SIGNED, Result.PENDING, MOMENT),
        ListedRecipient(1, RecipientState.PENDING, Result.PENDING),
    )
    known = Listed(GUID, "EXP-1", State.ACCESSED, Result.PENDING, MOMENT, MOMENT, recipients)
    recipient = RecipientRecord(
        GUID, 0, Recipient(PartyKind.PERSON, "Ana"), SignMethod.SMS, corrected_at=MOMENT
    )

    message = SandboxMessage("notice-1.0", GUID, 0, Channel.SMS, "+999000013", "", "<a> \x07", MOMENT)

    def states(issuer: Issuer, references: Sequence[Reference]) -> Sequence[tuple[str, Listed | ErrorKind]]:
        named = [each.guid or each.external_id for each in references]
        return [(each, known if each in {GUID, "EXP-1"} else ErrorKind.NOT_FOUND) for each in named]

    return Handling(
        states=states,
        list_page=lambda *_: ListPage((known,), "bmV4dA=="),
        correct=lambda *_: recipient,
        remind=lambda *_: [0],
        drive=lambda *_: Driven(known, (message,)),
        access_url=lambda *_: AccessUrl(GUID, 0, "https://gateway.example/e/x", MOMENT),
    )


@dataclass
class RecordedOperations:
    """Use cases that note what they were asked. `failure` is raised by Submit when set."""

    submissions: list[Submit] = field(default_factory=list)
    rejections: list[RecordRejection] = field(default_factory=list)
    cancellations: list[str] = field(default_factory=list)
    extensions: list[tuple[Duration, str]] = field(default_factory=list)
    verifications: list[tuple[str, datetime | None, Mapping[str, bytes]]] = field(default_factory=list)
    failure: Exception | None = None
    batches: BatchOperations = field(default_factory=lambda: RecordedBatches().operations())

    def submit(self, command: Submit) -> SubmitReceipt:
        if self.failure:
            raise self.failure
        self.submissions.append(command)
        external_id = command.transaction.external_id
        return SubmitReceipt(
            GUID, external_id, State.VALIDATED, MOMENT, command.content_digest, command.request_id
        )

    def cancel(
        self, issuer: Issuer, reference: Reference, reason: str, code: CancelCode | None = None
    ) -> TransactionRecord:
        self.cancellations.append(reason)
        return replace(transaction_record(), state=State.DECIDED, result=Result.CANCELLED_BY_ISSUER)

    def extend_custody(self, issuer: Issuer, reference: Reference, by: Duration, token: str) -> Extension:
        if reference.guid != GUID:
            raise GatewayError(ErrorKind.NOT_FOUND)
        self.extensions.append((by, token))
        return Extension(GUID, MOMENT, by.after(MOMENT), by.months, Cause.ISSUER, MOMENT, token)

    def verify(
        self, name: str, octets: bytes, at: datetime | None, companions: Mapping[str, bytes]
    ) -> ValidationReport:
        if octets == b"A":
            raise GatewayError(ErrorKind.MEDIA_TYPE_REFUSED, "neither XML nor PDF")
        self.verifications.append((name, at, companions))
        return replace(PACK, name=name, facts=PASSED.facts)

    def operations(self) -> Operations:
        return Operations(
            read=transaction_xml.read_valid,
            content_digest=transaction_xml.content_digest,
            submit=self.submit,
            reject=self.rejections.append,
            queries=CannedQueries(),
            pack_of=lambda _issuer, reference: PackResult(
                reference.guid, hashlib.sha256(b"PK").digest(), b"PK", MOMENT
            ),
            cancel=self.cancel,
            handling=handling(),
            verify=self.verify,
            renders={"xml": lambda reports, language: f"{len(reports)} in {language}".encode()},
            extend_custody=self.extend_custody,
            batches=self.batches,
        )


@dataclass
class SoapHouse:
    """A door with everything behind it, and a way to call it without a socket."""

    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    replays: MemoryReplays = field(default_factory=MemoryReplays)
    use_cases: RecordedOperations = field(default_factory=RecordedOperations)
    limits: Limits = field(default_factory=lambda: Limits(SOAP_LIMIT, 5.0))
    policy: Policy = field(default_factory=Policy)
    spool: MemorySpool = field(default_factory=MemorySpool)
    address: str = "http://localhost/soap"
    now: Any = lambda: datetime.now(UTC)
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        for kind in ("rsa", "p256"):
            self.registry.register(signer(kind).certificate, BANK)
        checks = Checks(
            parse=lambda octets: parse(octets, limit=self.limits.octets),
            verify=lambda envelope, now: wsse.verify(envelope, now=now, policy=self.policy),
            trust=issuer_trust().check,
            validate=lambda element: schemas.validate(element, "operations"),
            issuer_of=self.registry,
            claim=self.replays,
            now=lambda: self.now(),
        )
        operations = self.use_cases.operations()
        dispatcher = Dispatcher(app.build(operations))
        self.door = Door(checks, operations, dispatcher, contract(self.address), self.spool, self.limits)

    def call(self, **environ: Any) -> tuple[str, dict[str, str], bytes]:
        """Status, headers and body of one WSGI call."""
        told: list[tuple[str, dict[str, str]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            told.append((status, dict(headers)))

        body = b"".join(self.door(environ, start_response))
        return (*told[0], body)

    def post(
        self, octets: bytes, content_type: str = "text/xml; charset=utf-8", action: str = '""', **more: Any
    ) -> tuple[str, dict[str, str], bytes]:
        """POST the octets as a well-behaved client would; `more` overrides the environment."""
        environ = {
            "REQUEST_METHOD": "POST",
            "QUERY_STRING": "",
            "CONTENT_TYPE": content_type,
            "CONTENT_LENGTH": str(len(octets)),
            "HTTP_SOAPACTION": action,
            "wsgi.input": io.BytesIO(octets),
        }
        return self.call(**(environ | more))


def contract(address: str) -> Contract:
    """The hand-written contract, as the bootstrap would load it."""
    files = {path.name: path.read_bytes() for path in resources.folder("xsd").glob("*.xsd")}
    return Contract((resources.folder("wsdl") / "gateway.wsdl").read_bytes(), files, address)


SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
G = "urn:fehaciente:gateway:1.0"


def get_state(guid: str = GUID) -> bytes:
    return f'<g:GetState xmlns:g="{G}"><g:guid>{guid}</g:guid></g:GetState>'.encode()


def submit(sample: str = "contract_express") -> bytes:
    """A Submit around one of the samples."""
    path = Path(__file__).parent / "samples" / f"{sample}.xml"
    transaction = etree.tostring(parse(path.read_bytes(), limit=SOAP_LIMIT))
    return f'<g:Submit xmlns:g="{G}">'.encode() + transaction + b"</g:Submit>"


def envelope(operation: bytes, soap: str = SOAP_11) -> etree._Element:
    """An unsigned envelope around one operation."""
    octets = f'<s:Envelope xmlns:s="{soap}"><s:Body>'.encode() + operation + b"</s:Body></s:Envelope>"
    return parse(octets, limit=4 * SOAP_LIMIT)


def signed(
    operation: bytes, soap: str = SOAP_11, by: Signer | None = None, at: datetime | None = None
) -> bytes:
    """A signed envelope around one operation."""
    root = envelope(operation, soap)
    (by or signer()).sign(root, at)
    return etree.tostring(root)


def fault_code(body: bytes) -> str:
    """The catalogued code of a fault, validated against the schema on the way."""
    fault = parse(body, limit=SOAP_LIMIT).find(".//{urn:fehaciente:faults:1.0}GatewayFault")
    assert fault is not None, body
    schemas.validate(fault, "faults")
    return fault.findtext("{urn:fehaciente:faults:1.0}code") or ""


def envelope_octets(soap: str = SOAP_11) -> bytes:
    """An unsigned GetState."""
    return etree.tostring(envelope(get_state(), soap))


@contextmanager
def serving(
    application: Callable[..., Any], port: int = 0, threads: int = 2, **options: Any
) -> Iterator[int]:
    """A WSGI application behind a real HTTP server on loopback (port 0: any free one); gives its port."""
    server = create_server(application, host="127.0.0.1", port=port, threads=threads, **options)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        # Closed inside its own loop: from here, a select under way would find its descriptors gone.
        server.task_dispatcher.shutdown()
        server.trigger.pull_trigger(lambda: close_all(server._map, ignore_all=True))
        thread.join(5)


def without_service(reason: str) -> None:
    """Something real is missing on this machine: a skip at home, a failure in CI."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
