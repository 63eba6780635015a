"""The act by certificate: the recipient's own signature over each document takes the place of codes.

A file that came is judged at once and staged; when each document has one, all are judged again at the act's
own time, time-stamped and kept, and the act is made. What is refused leaves an event and nothing else.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain import legal_identity
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.recipient_signature import Details, RecipientSignature, StagedCopy, ToBeSigned
from gateway.domain.record import DataKey, DocumentRecord, RecipientRecord, SignedFile
from gateway.domain.signing import SignMethod
from gateway.usecases import signed_copies
from gateway.usecases.acts import perform
from gateway.usecases.commands import Session
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.participation import acted_on
from gateway.usecases.ports import Clock, Database, RecipientSignatures, UnitOfWork, Vault, Wake
from gateway.usecases.results import Stage
from gateway.usecases.stages import stage_of
from gateway.usecases.visit import Visit, visit_of

REFUSED, STAGED = "SIGNED_FILE_REFUSED", "SIGNED_FILE_TAKEN"
# What the recipient did wrong, and what counts against their tries; anything else is ours to mend.
THEIRS = frozenset(
    {
        ErrorKind.SIGNED_FILE_UNREADABLE,
        ErrorKind.SIGNED_FILE_DIFFERS,
        ErrorKind.RECIPIENT_SIGNATURE_INVALID,
        ErrorKind.RECIPIENT_CERTIFICATE_REFUSED,
        ErrorKind.SIGNER_MISMATCH,
        ErrorKind.TOO_LARGE,
    }
)
MEDIA = {"PADES": "application/pdf", "XADES": "application/xml"}


@dataclass(frozen=True, slots=True)
class SigningLimits:
    """`largest`: octets of a signed copy; `tries`: refused files within `window` after which nothing is read
    any more for a while; `errand`: how long a call of a signing program waits, `errands` of them at most."""

    largest: int = 32 * 1024 * 1024
    tries: int = 20
    errands: int = 30
    errand: timedelta = timedelta(minutes=10)
    window: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """One file with what was found in it."""

    document: DocumentRecord
    octets: bytes
    signature: RecipientSignature


@dataclass(frozen=True, slots=True)
class TakeSigned:
    database: Database
    vault: Vault
    signatures: RecipientSignatures
    journal: Journal
    clock: Clock
    wake: Wake
    limits: SigningLimits = SigningLimits()

    def to_sign(self, session: Session) -> tuple[ToBeSigned, ...]:
        """What this recipient has to sign, and what has come of it. Raises STEP_OUT_OF_ORDER, CLOSED."""
        with self.database.read() as uow:
            here = at_stage(visit_of(uow, session, self.clock, lock=False))
            taken = {copy.document for copy in uow.staged_copies.of(session.guid, session.position)}
            return tuple(_to_be_signed(each, each.position in taken) for each in theirs(uow, here))

    def take(self, session: Session, position: int, signed: bytes) -> bool:
        """Judge a signed copy of the document and stage it; whether every document has one now.

        Raises GatewayError as `RecipientSignatures.judge`, and SIGNER_MISMATCH, TOO_LARGE,
        TOO_MANY_ATTEMPTS, DOCUMENT_NOT_FOUND, STEP_OUT_OF_ORDER, CLOSED.
        """
        with self.database.read() as uow:
            here = at_stage(visit_of(uow, session, self.clock, lock=False))
            self._may_try(uow, here)
            key = uow.keys.get(session.guid)
            documents = {each.position: each for each in theirs(uow, here)}
        if position not in documents:
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
        judged = self._judge(session, here.recipient, key, documents[position], signed)
        self.vault.put(session.guid, key, [signed])
        return self._stage(session, judged)

    def finish(self, session: Session) -> str:
        """Make the act of what was staged; the issuer's return URL. Raises as `take`, and
        SIGNED_FILE_MISSING while a document has no signed copy; what does not hold any more is dropped."""
        with self.database.read() as uow:
            here = at_stage(visit_of(uow, session, self.clock, lock=False))
            key, documents = uow.keys.get(session.guid), theirs(uow, here)
            staged = {copy.document: copy for copy in uow.staged_copies.of(session.guid, session.position)}
        if {each.position for each in documents} - set(staged):
            raise GatewayError(ErrorKind.SIGNED_FILE_MISSING)
        judged = [self._again(session, here.recipient, key, each, staged) for each in documents]
        kept = {each.document.position: self._preserved(key, each) for each in judged}
        self.vault.put(session.guid, key, kept.values())
        with self.database.write() as uow:
            here = at_stage(visit_of(uow, session, self.clock))
            if _digests(uow.staged_copies.of(session.guid, session.position)) != _digests(staged.values()):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            signed_copies.keep(uow, here.record, [_file(here, each, kept) for each in judged])
            uow.staged_copies.clear(session.guid, session.position)
            perform(uow, self.journal, here, _audit(here, judged, kept))
            uow.commit()
        self.wake()
        return here.record.asked.return_url

    def _again(
        self,
        session: Session,
        recipient: RecipientRecord,
        key: DataKey,
        document: DocumentRecord,
        staged: Mapping[int, StagedCopy],
    ) -> Judged:
        signed = self.vault.get(session.guid, key, staged[document.position].sha256)
        return self._judge(session, recipient, key, document, signed)

    def _judge(
        self,
        session: Session,
        recipient: RecipientRecord,
        key: DataKey,
        document: DocumentRecord,
        signed: bytes,
    ) -> Judged:
        """Note what is refused for the recipient's sake, drop what was staged of the document, and raise."""
        try:
            return Judged(document, signed, self._held(recipient, key, document, signed))
        except GatewayError as error:
            if error.kind in THEIRS:
                self._refused(session, document, signed, error)
            raise

    def _held(
        self, recipient: RecipientRecord, key: DataKey, document: DocumentRecord, signed: bytes
    ) -> RecipientSignature:
        if document.stamped_sha256 is None:
            raise GatewayError(ErrorKind.NOT_YET_THERE)
        copy = self.vault.get(document.guid, key, document.stamped_sha256)
        if len(signed) > self.limits.largest:
            raise GatewayError(ErrorKind.TOO_LARGE)
        signature = self.signatures.judge(copy, signed, self.clock.now())
        if not legal_identity.names(signature.numbers, recipient.asked):
            raise GatewayError(ErrorKind.SIGNER_MISMATCH)
        return signature

    def _preserved(self, key: DataKey, judged: Judged) -> bytes:
        document = judged.document
        copy = self.vault.get(document.guid, key, document.stamped_sha256 or b"")
        return self.signatures.preserve(judged.signature, copy, judged.octets, self.clock.now())

    def _may_try(self, uow: UnitOfWork, here: Visit) -> None:
        since = here.at - self.limits.window
        events = uow.events.of(here.record.guid)
        mine = [each for each in events if each.kind == REFUSED and each.position == here.recipient.position]
        if sum(each.at > since for each in mine) >= self.limits.tries:
            raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)

    def _refused(
        self, session: Session, document: DocumentRecord, signed: bytes, error: GatewayError
    ) -> None:
        with self.database.write() as uow:
            here = at_stage(visit_of(uow, session, self.clock))
            staged = uow.staged_copies.of(session.guid, session.position)
            uow.staged_copies.clear(session.guid, session.position)
            for copy in staged:
                if copy.document != document.position:
                    uow.staged_copies.put(copy)
            details = (*_about(document, hashlib.sha256(signed).digest()), ("refusal", error.kind.code))
            self.journal.noted(
                uow, here.record, REFUSED, Happening(here.at, session.position, details=details)
            )
            uow.commit()

    def _stage(self, session: Session, judged: Judged) -> bool:
        sha256, position = hashlib.sha256(judged.octets).digest(), judged.document.position
        with self.database.write() as uow:
            here = at_stage(visit_of(uow, session, self.clock))
            copy = StagedCopy(session.guid, position, session.position, sha256, len(judged.octets), here.at)
            uow.staged_copies.put(copy)
            what = Happening(here.at, session.position, details=_about(judged.document, sha256))
            self.journal.noted(uow, here.record, STAGED, what)
            there = {each.document for each in uow.staged_copies.of(session.guid, session.position)}
            complete = {each.position for each in theirs(uow, here)} <= there
            uow.commit()
        return complete


def at_stage(here: Visit) -> Visit:
    """The visit itself. Raises GatewayError(STEP_OUT_OF_ORDER) unless this is what the recipient is to do."""
    if stage_of(here.record, here.recipient) is not Stage.CERTIFICATE:
        raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
    return here


def theirs(uow: UnitOfWork, here: Visit) -> Sequence[DocumentRecord]:
    """What their act is about: nobody signs what they only read, or left out."""
    return acted_on(uow, here)


def _to_be_signed(document: DocumentRecord, taken: bool) -> ToBeSigned:
    if document.stamped_sha256 is None or document.stamped_size is None:
        raise GatewayError(ErrorKind.NOT_YET_THERE)
    return ToBeSigned(document.position, document.name, document.stamped_sha256, document.stamped_size, taken)


def _about(document: DocumentRecord, sha256: bytes) -> Details:
    return (("document", str(document.position + 1)), ("sha256", sha256.hex()))


def _digests(staged: Iterable[StagedCopy]) -> set[tuple[int, bytes]]:
    return {(copy.document, copy.sha256) for copy in staged}


def _file(here: Visit, judged: Judged, kept: Mapping[int, bytes]) -> SignedFile:
    octets, kind = kept[judged.document.position], judged.signature.kind
    return SignedFile(
        guid=here.record.guid,
        document=judged.document.position,
        recipient=here.recipient.position,
        kind=kind,
        media_type=MEDIA[kind.value],
        sha256=hashlib.sha256(octets).digest(),
        size=len(octets),
        created_at=here.at,
    )


def _audit(here: Visit, judged: Sequence[Judged], kept: Mapping[int, bytes]) -> Details:
    """What the evidence says: the certificate once, and each document's digests as given and as signed."""
    identity = here.recipient.asked.identity
    told = judged[0].signature.audit(identity.type.value if identity else "", here.at)
    pairs = []
    for each in judged:
        number = each.document.position + 1
        pairs.append((f"document_{number}_sha256", (each.document.stamped_sha256 or b"").hex()))
        signed = hashlib.sha256(kept[each.document.position]).hexdigest()
        pairs.append((f"document_{number}_signed_sha256", signed))
        if each.signature.certificate_sha256 != judged[0].signature.certificate_sha256:
            pairs.append((f"document_{number}_certificate_sha256", each.signature.certificate_sha256.hex()))
    return (("sign_method", SignMethod.CERTIFICATE.value), *told, *pairs)
