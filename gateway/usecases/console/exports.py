"""Exporting a search: asked for with a reason, written by a task into an encrypted file, taken once.

Whoever asked takes it, nobody else; it is masked unless they may unmask. A file that nobody takes is removed.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import uuid4

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.export import Export, ExportPhase
from gateway.domain.record import BULK
from gateway.domain.search import EVER, SearchBy, Span
from gateway.domain.staff import Acting, Permission, Person
from gateway.usecases.console.permitted import allow
from gateway.usecases.console.search import Wanted
from gateway.usecases.desk.staff import audit, demand
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Clock, Database, Spool, UnitOfWork, Wake

LIFE = timedelta(hours=1)
LISTED, CHUNK, AT_ONCE = 20, 64 * 1024, 100


@dataclass(frozen=True, slots=True)
class AskExport:
    database: Database
    clock: Clock
    wake: Wake

    def __call__(self, acting: Acting, wanted: Wanted, language: str, *, clear: bool = False) -> str:
        """The export's id; it is written soon. Raises GatewayError: ACCESS_DENIED, RULE_BROKEN without a
        reason."""
        demand(acting, Permission.EXPORT)
        if clear:
            demand(acting, Permission.UNMASK)
        now = self.clock.now()
        export = Export(uuid4().hex, acting.person.id, now, now + LIFE, dumped(wanted), clear, language)
        with self.database.write() as uow:
            uow.exports.add(export)
            uow.tasks.add(new_task(Kind.EXPORT, "", now, export.id, lane=BULK))
            kind = "clear" if clear else "masked"
            audit(uow, acting, "search-exported", f"{export.id}:{wanted.by.value}:{kind}")
            uow.commit()
        self.wake()
        return export.id


@dataclass(frozen=True, slots=True)
class TakeExport:
    database: Database
    spool: Spool
    clock: Clock

    def listed(self, person: Person) -> Sequence[Export]:
        """Their own, newest first."""
        allow(person, Permission.EXPORT)
        with self.database.read() as uow:
            return uow.exports.of(person.id, LISTED)

    def get(self, person: Person, export_id: str) -> Export:
        """Raises GatewayError(EXPORT_NOT_FOUND), also for another person's."""
        allow(person, Permission.EXPORT)
        with self.database.read() as uow:
            return _own(uow, person, export_id)

    def take(self, person: Person, export_id: str) -> Iterator[bytes]:
        """The file, once; it is removed when it was read. Raises as `get`, and NOT_YET_THERE before that."""
        allow(person, Permission.EXPORT)
        with self.database.write() as uow:
            export = _own(uow, person, export_id)
            if export.clear:
                allow(person, Permission.UNMASK)
            if export.phase is ExportPhase.ASKED:
                raise GatewayError(ErrorKind.NOT_YET_THERE)
            taken = replace(export, phase=ExportPhase.TAKEN)
            if export.phase is not ExportPhase.READY or export.expires_at <= self.clock.now():
                raise GatewayError(ErrorKind.EXPORT_NOT_FOUND)
            if not uow.exports.move(export, taken):
                raise GatewayError(ErrorKind.EXPORT_NOT_FOUND)
            audit(uow, Acting(person, "download"), "export-downloaded", export.id)
            uow.commit()
        return self._read(export.file_id)

    def _read(self, file_id: str) -> Iterator[bytes]:
        with self.spool.open(file_id) as file:
            yield from _chunks(file)
        self.spool.remove(file_id)

    def end(self) -> int:
        """Remove the files of exports that are over, taken or not; how many. Runs as a job."""
        ended = 0
        for phase in (ExportPhase.READY, ExportPhase.TAKEN, ExportPhase.ASKED):
            with self.database.read() as uow:
                over = uow.exports.ending(phase, self.clock.now(), AT_ONCE)
            for export in over:
                if export.file_id:
                    self.spool.remove(export.file_id)
                with self.database.write() as uow:
                    ended += uow.exports.move(export, replace(export, phase=ExportPhase.ENDED, file_id=""))
                    uow.commit()
        return ended


def _own(uow: UnitOfWork, person: Person, export_id: str) -> Export:
    export = uow.exports.get(export_id)
    if export is None or export.person != person.id:
        raise GatewayError(ErrorKind.EXPORT_NOT_FOUND)
    return export


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def dumped(wanted: Wanted) -> str:
    span = [wanted.span.since.isoformat(), wanted.span.until.isoformat()]
    return json.dumps({"by": wanted.by.value, "values": wanted.values, "span": span})


def loaded(text: str) -> Wanted:
    told = json.loads(text)
    since, until = (datetime.fromisoformat(each) for each in told["span"])
    span = Span(since, until)
    return Wanted(SearchBy(told["by"]), tuple(told["values"]), EVER if span == EVER else span)
