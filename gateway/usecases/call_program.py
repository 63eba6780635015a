"""Errands: the recipient's signing program fetches a document, and stores what it signed, by an identifier.

Whoever knows an identifier can only deliver octets, once and for some minutes: the act is made by the
identified recipient's own session, and what was delivered is judged like any file that comes.
"""

import hashlib
import json
import secrets
import string
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.recipient_signature import Errand, ErrandState
from gateway.domain.record import DataKey
from gateway.usecases.commands import Session
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Database, SigningProgram, UnitOfWork, Vault
from gateway.usecases.ports.signatures import ErrandWords
from gateway.usecases.take_signed import SigningLimits, TakeSigned, at_stage, theirs
from gateway.usecases.visit import visit_if_open, visit_of

LETTERS = string.ascii_letters + string.digits
# What the program takes: 20 letters and digits at most, 119 bits of chance; a key of 8.
IDENTIFIER, KEY = 20, 8
OVER = ErrorKind.SIGNING_REQUEST_OVER


@dataclass(frozen=True, slots=True)
class Call:
    """An errand as its recipient's page shows it; `invitation` is empty once it does not wait any more."""

    document: int
    state: ErrandState
    invitation: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CallProgram:
    database: Database
    vault: Vault
    program: SigningProgram
    take_signed: TakeSigned
    journal: Journal
    clock: Clock
    limits: SigningLimits

    def call(self, session: Session, position: int) -> None:
        """Begin an errand for one document; an earlier one for it is over. Raises GatewayError:
        TOO_MANY_ATTEMPTS, DOCUMENT_NOT_FOUND, STEP_OUT_OF_ORDER, CLOSED."""
        words = ErrandWords(_drawn(IDENTIFIER), _drawn(KEY))
        mark = mark_of(words.identifier)
        with self.database.write() as uow:
            here = at_stage(visit_of(uow, session, self.clock))
            if position not in {each.position for each in theirs(uow, here)}:
                raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
            errands = uow.errands.of(session.guid, session.position)
            if sum(each.created_at > here.at - self.limits.window for each in errands) >= self.limits.errands:
                raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
            for each in errands:
                if each.document == position and each.state in UNFINISHED:
                    uow.errands.replace(each, replace(each, state=ErrandState.CANCELLED))
            body = json.dumps([words.identifier, words.key]).encode()
            errand = Errand(
                mark=mark,
                guid=session.guid,
                document=position,
                recipient=session.position,
                link_version=session.link_version,
                state=ErrandState.OPEN,
                body=self.vault.protect(uow.keys.get(session.guid), body, _context(mark)),
                created_at=here.at,
                expires_at=here.at + self.limits.errand,
            )
            uow.errands.add(errand)
            what = Happening(here.at, session.position, details=(("document", str(position + 1)),))
            self.journal.noted(uow, here.record, "SIGNING_REQUESTED", what)
            uow.commit()

    def calls(self, session: Session) -> tuple[Call, ...]:
        """The newest errand of each document. Raises STEP_OUT_OF_ORDER, CLOSED."""
        with self.database.read() as uow:
            here = at_stage(visit_of(uow, session, self.clock, lock=False))
            key = uow.keys.get(session.guid)
            newest = {each.document: each for each in self._of(uow, session)}
        return tuple(self._call(each, key, here.at) for each in newest.values())

    def fetch(self, identifier: str) -> str:
        """What the program signs, once. Raises GatewayError(SIGNING_REQUEST_OVER)."""
        with self.database.write() as uow:
            errand, key = self._waiting(uow, identifier, ErrandState.OPEN)
            documents = {each.position: each for each in uow.documents.of(errand.guid)}
            if not uow.errands.replace(errand, replace(errand, state=ErrandState.FETCHED)):
                raise GatewayError(OVER)
            uow.commit()
        sha256 = documents[errand.document].stamped_sha256
        if sha256 is None:
            raise GatewayError(OVER)
        words = self._words(errand, key)
        return self.program.request(words, self.vault.get(errand.guid, key, sha256))

    def deliver(self, identifier: str, text: str) -> None:
        """What the program signed, once. Raises GatewayError: SIGNING_REQUEST_OVER, TOO_LARGE,
        SIGNED_FILE_UNREADABLE."""
        with self.database.read() as uow:
            errand, key = self._waiting(uow, identifier, *UNFINISHED)
        signed = self.program.answer(self._words(errand, key), text)
        if signed is not None and len(signed) > self.limits.largest:
            raise GatewayError(ErrorKind.TOO_LARGE)
        sha256 = self.vault.put(errand.guid, key, [signed])[0] if signed else None
        state = ErrandState.ANSWERED if sha256 else ErrandState.CANCELLED
        with self.database.write() as uow:
            current, _ = self._waiting(uow, identifier, *UNFINISHED)
            if not uow.errands.replace(current, replace(current, state=state, answer_sha256=sha256)):
                raise GatewayError(OVER)
            uow.commit()

    def take(self, session: Session) -> bool:
        """Judge and stage whatever the program delivered; whether every document has a signed copy now.

        Raises as `TakeSigned.take`, and SIGNED_FILE_MISSING when nothing was delivered.
        """
        with self.database.read() as uow:
            at_stage(visit_of(uow, session, self.clock, lock=False))
            key = uow.keys.get(session.guid)
            errands = [each for each in self._of(uow, session) if each.state is ErrandState.ANSWERED]
        complete = False
        for errand in errands:
            if self._used(errand) and errand.answer_sha256:
                signed = self.vault.get(session.guid, key, errand.answer_sha256)
                complete = self.take_signed.take(session, errand.document, signed)
        if not errands:
            raise GatewayError(ErrorKind.SIGNED_FILE_MISSING)
        return complete

    def _used(self, errand: Errand) -> bool:
        with self.database.write() as uow:
            won = uow.errands.replace(errand, replace(errand, state=ErrandState.USED))
            uow.commit()
        return won

    def _of(self, uow: UnitOfWork, session: Session) -> list[Errand]:
        found = uow.errands.of(session.guid, session.position)
        return [each for each in found if each.link_version == session.link_version]

    def _waiting(self, uow: UnitOfWork, identifier: str, *states: ErrandState) -> tuple[Errand, DataKey]:
        """The errand, while its time is not over and its transaction is open."""
        errand = uow.errands.get(mark_of(identifier))
        if errand is None or errand.state not in states or not errand.waits(self.clock.now()):
            raise GatewayError(OVER)
        here = visit_if_open(uow, errand.guid, errand.recipient, self.clock, lock=False)
        if here is None or here.recipient.link_version != errand.link_version:
            raise GatewayError(OVER)
        return errand, uow.keys.get(errand.guid)

    def _call(self, errand: Errand, key: DataKey, now: datetime) -> Call:
        waits = errand.state is ErrandState.OPEN and errand.waits(now)
        invitation = self.program.invitation(self._words(errand, key)) if waits else ""
        over = errand.state in UNFINISHED and not errand.waits(now)
        state = ErrandState.CANCELLED if over else errand.state
        return Call(errand.document, state, invitation, errand.expires_at)

    def _words(self, errand: Errand, key: DataKey) -> ErrandWords:
        return ErrandWords(*json.loads(self.vault.reveal(key, errand.body, _context(errand.mark))))


UNFINISHED = (ErrandState.OPEN, ErrandState.FETCHED)


def mark_of(identifier: str) -> bytes:
    """Identifiers are kept as digests: who reads the rows cannot deliver anything."""
    return hashlib.sha256(identifier.encode()).digest()


def _context(mark: bytes) -> str:
    return f"errand-{mark.hex()}"


def _drawn(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
