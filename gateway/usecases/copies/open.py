"""The one-time link: looked at by anybody, opened once, then for minutes it gives out one person's files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.copies import CopyLink, CopyPolicy
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.usecases.copies.files import CopyFile, CopyFiles
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork
from gateway.usecases.visit import find


@dataclass(frozen=True, slots=True)
class CopyView:
    """What an opened copy shows; before it was opened, `files` is empty and nothing in it is personal."""

    guid: str
    position: int
    issuer_name: str
    language: str
    until: datetime
    files: tuple[CopyFile, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCopy:
    database: Database
    codes: Codes
    files: CopyFiles
    journal: Journal
    policy: CopyPolicy
    clock: Clock

    def look(self, token: str) -> CopyView:
        """Changes nothing, so that a mail scanner spends nothing. Raises GatewayError(COPY_LINK_SPENT)."""
        with self.database.read() as uow:
            link, record = self._link(uow, token)
            issuer = issuer_of(uow, record.issuer)
        return CopyView(link.guid, link.position, issuer.name, record.language, link.expires_at)

    def redeem(self, token: str) -> CopyView:
        """Spend it. Raises GatewayError(COPY_LINK_SPENT)."""
        with self.database.write() as uow:
            link, record = self._link(uow, token)
            uow.transactions.lock(link.guid)
            now = self.clock.now()
            if not uow.copy_links.spend(link.digest, now):
                raise GatewayError(ErrorKind.COPY_LINK_SPENT)
            self.journal.noted(uow, record, "COPY_OPENED", Happening(now, link.position))
            view = self._view(uow, record, link.position, now + self.policy.session)
            uow.commit()
        return view

    def shown(self, guid: str, position: int) -> CopyView:
        """What the one who opened it may fetch. Raises GatewayError(COPY_LINK_SPENT) once it was purged."""
        with self.database.read() as uow:
            record, _ = _kept(uow, guid, position)
            return self._view(uow, record, position, self.clock.now())

    def fetch(self, guid: str, position: int, name: str) -> tuple[CopyFile, bytes]:
        """Each fetching is an event. Raises GatewayError: DOCUMENT_NOT_FOUND, COPY_LINK_SPENT."""
        with self.database.read() as uow:
            record, recipient = _kept(uow, guid, position)
            files = {file.name: file for file in self.files.of(uow, record, recipient)}
            if name not in files:
                raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
            octets = self.files.octets(uow, guid, files[name])
        with self.database.write() as uow:
            details = (("file", name), ("sha256", files[name].sha256.hex()))
            uow.transactions.lock(guid)
            what = Happening(self.clock.now(), position, details=details)
            self.journal.noted(uow, record, "COPY_FETCHED", what)
            uow.commit()
        return files[name], octets

    def _link(self, uow: UnitOfWork, token: str) -> tuple[CopyLink, TransactionRecord]:
        link = uow.copy_links.get(self.codes.token_digest(token))
        record = uow.transactions.get(link.guid) if link else None
        if link is None or record is None or link.used_at is not None or link.expires_at <= self.clock.now():
            raise GatewayError(ErrorKind.COPY_LINK_SPENT)
        return link, record

    def _view(self, uow: UnitOfWork, record: TransactionRecord, position: int, until: datetime) -> CopyView:
        recipient = find(uow.recipients.of(record.guid), position)
        files: Sequence[CopyFile] = self.files.of(uow, record, recipient)
        issuer = issuer_of(uow, record.issuer)
        return CopyView(record.guid, position, issuer.name, record.language, until, tuple(files))


def _kept(uow: UnitOfWork, guid: str, position: int) -> tuple[TransactionRecord, RecipientRecord]:
    record = uow.transactions.get(guid)
    if record is None:
        raise GatewayError(ErrorKind.COPY_LINK_SPENT)
    return record, find(uow.recipients.of(guid), position)
