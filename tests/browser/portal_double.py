"""The portal's use cases in memory: one recipient, real state, the same refusals as the gateway's own.

It holds what `tests/browser` needs to drive the pages without a database; codes leave after a short while,
as a worker's would, into `inbox`.
"""

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from gateway.adapters.captcha.challenges import SelfHostedCaptchas
from gateway.adapters.channels.conditions import GeneralConditions
from gateway.domain.biometrics import bound_digest
from gateway.domain.brand import OURS, Look
from gateway.domain.catalogue import Service
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError, Text
from gateway.domain.parties import Identity, IdentityType, Issuer, PartyKind, Recipient
from gateway.domain.record import DocumentRecord, RecipientRecord, TransactionRecord
from gateway.domain.results import RecipientState, Result
from gateway.domain.signing import SignMethod
from gateway.domain.states import State
from gateway.domain.strokes import Drawing, checked
from gateway.domain.transaction import Transaction
from gateway.entrypoints.web.portal.use_cases import PortalUseCases
from gateway.usecases.commands import Arrival, Session
from gateway.usecases.results import (
    CodeStatus,
    ConditionsView,
    DocumentFile,
    DocumentKind,
    LinkView,
    OwnOutcome,
    PortalView,
    Stage,
)
from gateway.usecases.sign_on_pad import Bound
from tests.pdf_samples import plain

GUID = "001001-0001-000000000123456.par"
TOKEN = "Zt4Yw0hQy8mJr2s1kVbNcXeUoPi7aGfLd3SxTq9RzWM"
IDENTIFIER = "12345678Z"
ISSUER = Issuer(1, "Banco Ejemplar, S.A.", "A00000000", "ayuda@bank.example")
CAPTCHAS = SelfHostedCaptchas(bytes(32))
RETURN_URL = "https://bank.example/gracias?op=77"
TERMINAL = frozenset({RecipientState.SIGNED, RecipientState.REJECTED, RecipientState.WITHDRAWN})


@dataclass
class Clock:
    """Real time plus whatever a test lets pass; one that is `standing` moves by the test alone."""

    passed: timedelta = timedelta()
    standing: datetime | None = None

    def now(self) -> datetime:
        return (self.standing or datetime.now(UTC)) + self.passed


def _not_here(*_: object) -> Any:
    raise AssertionError("the double does not do this")


@dataclass(frozen=True)
class SentCode:
    code: str
    act: str
    requested_at: datetime
    attempts: int = 0
    used: bool = False


@dataclass
class PortalDouble:
    """`calls` names every use case that changes something, in order. `broken` makes all codes fail."""

    service: Service = Service.CONTRACT_EXPRESS
    language: str = "es"
    return_url: str = RETURN_URL
    delay: timedelta = timedelta(milliseconds=900)
    broken: bool = False
    method: SignMethod = SignMethod.SMS
    clock: Clock = field(default_factory=Clock)
    calls: list[str] = field(default_factory=list)
    codes: list[SentCode] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    asks_captcha: bool = False
    failures: int = 0
    locked_until: datetime | None = None
    recipient: RecipientRecord = field(init=False)
    decided_at: datetime | None = None
    look_of_issuer: Look = OURS
    picture: bytes = b""

    def __post_init__(self) -> None:
        person = Recipient(
            PartyKind.PERSON,
            "Nuria",
            "Peñalver Ibáñez",
            identity=Identity(IdentityType.DNI, IDENTIFIER),
            email="nuria@example.org",
            phone="+34600111123",
        )
        self.recipient = RecipientRecord(GUID, 0, person, self.method)

    @property
    def use_cases(self) -> PortalUseCases:
        names = PortalUseCases.__slots__
        return PortalUseCases(**{name: getattr(self, name, _not_here) for name in names})

    @property
    def looks(self) -> "PortalDouble":
        return self

    def of_link(self, token: str) -> Look:
        return self.look_of_issuer if token == TOKEN else OURS

    def logo(self, sha256: str) -> bytes | None:
        return self.picture if sha256 == self.look_of_issuer.logo_sha256 else None

    @property
    def inbox(self) -> list[str]:
        """What the phone has received so far."""
        return [] if self.broken else [sent.code for sent in self.codes if self._delivered(sent)]

    def open_link(self, token: str) -> LinkView:
        if token != TOKEN:
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        self._open()
        label = Text("National identity number (DNI)", "DNI")
        return LinkView("Banco Ejemplar, S.A.", "ayuda@bank.example", self.language, label, self.locked_until)

    def return_status(self, guid: str, position: int) -> str:
        return ""

    def captcha(self, token: str, address: str) -> str:
        return CAPTCHAS.issue(b"", self.clock.now()) if self.asks_captcha else ""

    def captcha_file(self, token: str, address: str, challenge: str, kind: str) -> tuple[bytes, str]:
        return CAPTCHAS.file(challenge, kind, b"", self.clock.now())

    def report_stranger(self, token: str, address: str) -> bool:
        self.calls.append("report_stranger")
        return True

    def keep_session(self, session: Session) -> bool:
        return bool(session.id and session.device)

    def identify(self, token: str, value: str, arrival: Arrival) -> Session:
        self.open_link(token)
        self.calls.append("identify")
        if self.locked_until and self.clock.now() < self.locked_until:
            raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
        if "".join(value.split()).upper() != IDENTIFIER:
            self.failures += 1
            if self.failures >= 5:
                self.failures, self.locked_until = 0, self.clock.now() + timedelta(minutes=15)
            raise GatewayError(ErrorKind.IDENTIFIER_MISMATCH)
        self.failures, self.locked_until = 0, None
        if self.recipient.state is RecipientState.PENDING:
            self._move(RecipientState.ACCESSED)
        return Session(GUID, 0, 0, arrival.session, arrival.device)

    def view(self, session: Session) -> PortalView:
        self._open()
        title = self._record.profile.title
        return PortalView(self._stage, self._record, self.recipient, ISSUER, self._documents, title)

    def accept_conditions(self, session: Session, shown: str | None = None) -> None:
        self._open()
        if shown not in {None, self.conditions_shown(session).mark}:
            raise GatewayError(ErrorKind.CONDITIONS_CHANGED)
        self.calls.append("accept_conditions")
        self.recipient = replace(self.recipient, conditions_at=self.clock.now())

    def conditions_shown(self, session: Session) -> ConditionsView:
        self._open()
        return ConditionsView("1.0", "0" * 64, GeneralConditions().text(self.language))

    def conditions_pdf(self, session: Session) -> bytes:
        self._open()
        return self._pdfs[0]

    def request_code(self, session: Session) -> None:
        self._open()
        act = self._act
        earlier = [sent for sent in self.codes if sent.act == act]
        if len(earlier) >= 3:
            raise GatewayError(ErrorKind.CODE_RESENDS_EXCEEDED)
        if (
            earlier
            and not self.broken
            and self.clock.now() < earlier[-1].requested_at + timedelta(seconds=20)
        ):
            raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
        self.calls.append("request_code")
        self.codes.append(SentCode(f"{secrets.randbelow(10**6):06d}", act, self.clock.now()))
        if act == "SIGN":
            self._move(RecipientState.CHALLENGED)

    def begin_signing(self, session: Session) -> None:
        self._open()
        if self.method.coded or self.recipient.state is RecipientState.ACCESSED:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        self.calls.append("begin_signing")
        self._move(RecipientState.CHALLENGED)

    def request_call(self, session: Session) -> None:
        """Nobody is called here: its recipients sign by SMS."""
        raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)

    def code_status(self, session: Session) -> CodeStatus:
        self._open()
        act = self._act
        mine = [sent for sent in self.codes if sent.act == act]
        last = mine[-1] if mine else None
        return CodeStatus(
            requested=last is not None,
            sent=last is not None and self._live(last),
            failed=last is not None and (last.attempts >= 3 or (self.broken and self._delivered(last))),
            masked_phone=f"••• ••• {self.recipient.asked.phone[-3:]}",
            sends_left=3 - len(mine),
            attempts_left=3 - last.attempts if last else 3,
            expires_at=last.requested_at + timedelta(minutes=10) if last else None,
        )

    def unlock(self, session: Session, code: str) -> None:
        self._open()
        if self._stage is not Stage.UNLOCK:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        self._redeem(code)
        self.calls.append("unlock")
        self.recipient = replace(self.recipient, unlocked_at=self.clock.now())

    def show_documents(self, session: Session) -> None:
        self._require_documents()
        self.calls.append("show_documents")
        if self.recipient.state is RecipientState.ACCESSED:
            self._move(RecipientState.CONSULTED)

    def read_document(self, session: Session, position: int) -> DocumentFile:
        self._require_documents()
        if position >= len(self._documents):
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
        self.calls.append(f"read_document {position}")
        octets = self._pdfs[position]
        digest = hashlib.sha256(octets).digest()
        return DocumentFile(self._documents[position], DocumentKind.STAMPED, PDF, digest, octets)

    def sign(self, session: Session, code: str) -> str:
        self._open()
        if self._stage is not Stage.SIGN:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        self._redeem(code)
        return self._end("sign", RecipientState.SIGNED)

    def pad(self, session: Session) -> Bound:
        self._open()
        digests = tuple(document.stamped_sha256 or b"" for document in self._documents)
        return Bound(self._documents, digests, bound_digest(GUID, digests))

    def sign_on_pad(self, session: Session, drawing: Drawing, bound: str) -> str:
        self._open()
        if self._stage is not Stage.PAD:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        if bound != self.pad(session).sha256.hex():
            raise GatewayError(ErrorKind.DRAWN_FOR_OTHERS)
        self.drawings.append(checked(drawing))
        return self._end("sign_on_pad", RecipientState.SIGNED)

    def reject(self, session: Session, reason: str) -> str:
        self._open()
        self.recipient = replace(self.recipient, reason=reason)
        return self._end("reject", RecipientState.REJECTED)

    def withdraw(self, session: Session) -> str:
        self._open()
        return self._end("withdraw", RecipientState.WITHDRAWN)

    def own_outcome(self, session: Session) -> OwnOutcome | None:
        if self.decided_at is None or self.clock.now() >= self.decided_at + timedelta(minutes=10):
            return None
        names = tuple(document.name for document in self._documents)
        place = self.recipient.state, GUID, ISSUER.name, self.return_url
        return OwnOutcome(*place, self.decided_at, names)

    def _open(self) -> None:
        if self.recipient.state in TERMINAL:
            raise GatewayError(ErrorKind.CLOSED)

    def _move(self, state: RecipientState) -> None:
        self.recipient = replace(self.recipient, state=state)

    def _end(self, call: str, state: RecipientState) -> str:
        self.calls.append(call)
        self._move(state)
        self.decided_at = self.clock.now()
        return self.return_url

    def _delivered(self, sent: SentCode) -> bool:
        return self.clock.now() >= sent.requested_at + self.delay

    def _live(self, sent: SentCode) -> bool:
        fresh = self.clock.now() < sent.requested_at + timedelta(minutes=10)
        usable = not sent.used and sent.attempts < 3
        return self._delivered(sent) and fresh and usable and not self.broken

    def _redeem(self, typed: str) -> None:
        mine = [sent for sent in self.codes if sent.act == self._act]
        if not mine or not self._live(mine[-1]):
            raise GatewayError(ErrorKind.CODE_EXPIRED)
        place = self.codes.index(mine[-1])
        if typed != mine[-1].code:
            self.codes[place] = replace(mine[-1], attempts=mine[-1].attempts + 1)
            if self.codes[place].attempts >= 3 and len(mine) >= 3:
                self._move(RecipientState.WITHDRAWN)
            raise GatewayError(ErrorKind.CODE_WRONG)
        self.codes[place] = replace(mine[-1], used=True)

    def _require_documents(self) -> None:
        self._open()
        if self._stage not in {Stage.DOCUMENTS, Stage.SIGN, Stage.PAD}:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)

    @property
    def _stage(self) -> Stage:
        if self.recipient.conditions_at is None:
            return Stage.CONDITIONS
        if self.service is Service.CONTRACT and self.recipient.unlocked_at is None:
            return Stage.UNLOCK
        if self.recipient.state is not RecipientState.CHALLENGED:
            return Stage.DOCUMENTS
        return Stage.PAD if self.method is SignMethod.BIOMETRIC else Stage.SIGN

    @property
    def _act(self) -> str:
        if self._stage is Stage.UNLOCK:
            return "DOWNLOAD"
        if self._stage is Stage.CONDITIONS or self.recipient.state is RecipientState.ACCESSED:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        return "SIGN"

    @cached_property
    def _pdfs(self) -> tuple[bytes, bytes]:
        return plain(3), plain(1)

    @cached_property
    def _documents(self) -> tuple[DocumentRecord, ...]:
        names = ("Contrato de préstamo.pdf", 'Anexo "tarifas" <2026>.pdf')
        return tuple(
            DocumentRecord(
                GUID,
                place,
                f"d{place}",
                name,
                PDF,
                len(octets),
                hashlib.sha256(name.encode()).digest(),
                pages=3 if place == 0 else 1,
                stamped_sha256=hashlib.sha256(octets).digest(),
                stamped_size=len(octets),
            )
            for place, (name, octets) in enumerate(zip(names, self._pdfs, strict=True))
        )

    @cached_property
    def _record(self) -> TransactionRecord:
        start = self.clock.now()
        asked = Transaction(
            self.service,
            "OP-77",
            "Préstamo personal nº 77",
            body="Le enviamos el contrato que acordamos en la oficina.",
            language=self.language,
            return_url=self.return_url,
        )
        return TransactionRecord(
            guid=GUID,
            issuer=1,
            external_id="OP-77",
            content_digest=b"",
            service=self.service,
            state=State.ACCESSED,
            result=Result.PENDING,
            subject=asked.subject,
            language=self.language,
            received_at=start,
            start_at=start,
            close_at=start + timedelta(days=30),
            updated_at=start,
            request_id="r",
            signer_sha256="",
            raw_sha256=b"",
            default_sign_method=SignMethod.SMS,
            asked=asked,
        )


def _not_here(*_: object) -> None:
    """What this double does not do: stages of other methods have tests of their own."""
    raise GatewayError(ErrorKind.NOT_AVAILABLE_YET)
