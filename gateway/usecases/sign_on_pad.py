"""The act by hand: a signature drawn on a pad, locked for the depositary as it arrives, and bound to what it
signs.

Blobs first (the locked sample, one sealed copy with the drawing a document), then one commit with their
rows and the act. The movement itself is in this process's memory only, is never logged, and nobody here can
open what is kept. Without a time-stamp there is no sealed copy, and so no act: the recipient tries again.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.biometrics import SampleKind, SealedSample, binding, bound_digest
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import DataKey, DocumentRecord, SignedFile, SignedKind
from gateway.domain.signature_sheet import SignatureSheet, lines_of
from gateway.domain.signing import SignMethod
from gateway.domain.strokes import Drawing, checked
from gateway.usecases import signed_copies
from gateway.usecases.acts import perform
from gateway.usecases.commands import Session
from gateway.usecases.journal import Journal
from gateway.usecases.participation import acted_on
from gateway.usecases.ports import (
    Clock,
    Database,
    Depositary,
    PdfSealer,
    SampleFormat,
    SheetPaper,
    UnitOfWork,
    Vault,
    Wake,
)
from gateway.usecases.results import Stage
from gateway.usecases.stages import stage_of
from gateway.usecases.visit import Visit, visit_of

# A binding of more documents than fit beside the sample names only the digest that stands for all.
LONGEST_BINDING = 60_000


@dataclass(frozen=True, slots=True)
class Bound:
    """What the stroke is given for."""

    documents: tuple[DocumentRecord, ...]
    digests: tuple[bytes, ...]
    sha256: bytes


@dataclass(frozen=True, slots=True)
class _Kept:
    sample: SealedSample
    files: tuple[SignedFile, ...]


@dataclass(frozen=True, slots=True)
class SignOnPad:
    database: Database
    vault: Vault
    depositary: Depositary
    format: SampleFormat
    paper: SheetPaper
    pdf_sealer: PdfSealer
    journal: Journal
    clock: Clock
    wake: Wake

    def bound(self, session: Session) -> Bound:
        """What the pad's page shows and sends back. Raises GatewayError: STEP_OUT_OF_ORDER, CLOSED."""
        with self.database.read() as uow:
            return _bound(uow, self._here(uow, session, lock=False))

    def __call__(self, session: Session, drawing: Drawing, bound_hex: str) -> str:
        """Sign; returns the issuer's return URL. Raises GatewayError: DRAWING_TOO_SHORT, DRAWING_INVALID,
        DRAWN_FOR_OTHERS, STEP_OUT_OF_ORDER, CLOSED, TEMPORARILY_UNAVAILABLE."""
        checked(drawing)
        with self.database.read() as uow:
            here = self._here(uow, session, lock=False)
            bound, key = _bound(uow, here), uow.keys.get(session.guid)
        if not hmac.compare_digest(bound.sha256.hex(), bound_hex.lower().encode("ascii", "replace").decode()):
            raise GatewayError(ErrorKind.DRAWN_FOR_OTHERS)
        kept = self._kept(here, key, bound, drawing)
        with self.database.write() as uow:
            here = self._here(uow, session, lock=True)
            if _bound(uow, here).sha256 != bound.sha256:
                raise GatewayError(ErrorKind.DRAWN_FOR_OTHERS)
            uow.samples.add(kept.sample)
            signed_copies.keep(uow, here.record, kept.files)
            perform(uow, self.journal, here, self._audit(drawing, kept))
            uow.commit()
        self.wake()
        return here.record.asked.return_url

    def _here(self, uow: UnitOfWork, session: Session, *, lock: bool) -> Visit:
        here = visit_of(uow, session, self.clock, lock=lock)
        if stage_of(here.record, here.recipient) is not Stage.PAD:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        return here

    def _kept(self, here: Visit, key: DataKey, bound: Bound, drawing: Drawing) -> _Kept:
        """Lock the sample before anything else is done with it, then draw, seal and store."""
        guid, position, at = here.record.guid, here.recipient.position, self.clock.now()
        locked = self.depositary.seal(self.format.encode(drawing, _extension(guid, bound)))
        copies = [self._copy(here, key, document, drawing, at) for document in bound.documents]
        sample_sha256, *digests = self.vault.put(guid, key, [locked, *copies])
        sample = SealedSample(
            guid,
            position,
            SampleKind.STROKE,
            self.format.media_type,
            sample_sha256,
            len(locked),
            bound.sha256,
            self.depositary.certificate_sha256,
            at,
        )
        files = tuple(
            SignedFile(guid, document.position, position, SignedKind.DRAWN, PDF, digest, len(copy), at)
            for document, digest, copy in zip(bound.documents, digests, copies, strict=True)
        )
        return _Kept(sample, files)

    def _copy(
        self, here: Visit, key: DataKey, document: DocumentRecord, drawing: Drawing, at: datetime
    ) -> bytes:
        record, asked = here.record, here.recipient.asked
        stamped_sha256 = _stamped(document)
        sheet = SignatureSheet(
            guid=record.guid,
            document_name=document.name,
            stamped_sha256=stamped_sha256,
            signer=_signer(asked.full_name, asked.representative, here),
            at=at,
            language=record.language,
            width=drawing.width,
            height=drawing.height,
            lines=lines_of(drawing),
            test=record.sandbox,
        )
        stamped = self.vault.get(record.guid, key, stamped_sha256)
        return self.pdf_sealer.seal(self.paper.with_sheet(stamped, sheet))

    def _audit(self, drawing: Drawing, kept: _Kept) -> tuple[tuple[str, str], ...]:
        """What the evidence says of the stroke: everything but the stroke."""
        sample = kept.sample
        drawn = tuple(
            (f"document_{file.document + 1}_drawn_sha256", file.sha256.hex()) for file in kept.files
        )
        return (
            ("sign_method", SignMethod.BIOMETRIC.value),
            ("device", drawing.pointer.value),
            ("strokes", str(len(drawing.strokes))),
            ("points", str(drawing.points)),
            ("duration_ms", str(drawing.duration_ms)),
            ("pressure", "measured" if drawing.pressure_measured else "constant"),
            ("sample_format", self.format.name),
            ("sample_sha256", sample.cms_sha256.hex()),
            ("depositary_certificate_sha256", sample.depositary_sha256),
            ("bound_sha256", sample.bound_sha256.hex()),
            *drawn,
        )


def _bound(uow: UnitOfWork, here: Visit) -> Bound:
    documents = acted_on(uow, here)
    digests = tuple(_stamped(document) for document in documents)
    return Bound(documents, digests, bound_digest(here.record.guid, digests))


def _stamped(document: DocumentRecord) -> bytes:
    if document.stamped_sha256 is None:
        raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
    return document.stamped_sha256


def _extension(guid: str, bound: Bound) -> bytes:
    """The binding in words; its SHA-256 is what evidence and row call the bound digest."""
    whole = binding(guid, bound.digests).encode("ascii")
    return whole if len(whole) <= LONGEST_BINDING else f"{guid}\n{bound.sha256.hex()}\n".encode("ascii")


def _signer(name: str, representative: str, here: Visit) -> str:
    identity = here.recipient.asked.identity
    who = f"{representative} ({name})" if representative else name
    return f"{who} · {identity.type.value} {identity.value}" if identity else who
