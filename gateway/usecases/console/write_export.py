"""The task that writes an export: page by page into the spool, telling how far it is, published once.

A worker that dies leaves a draft that the spool sweeps; the next one begins anew, and one of them publishes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.domain import csv_text
from gateway.domain.catalogue import CATALOGUE
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.export import Export, ExportPhase
from gateway.domain.record import RecipientRecord, Task
from gateway.domain.search import NEWEST, Found, Place, SearchBy
from gateway.domain.timeline import RESULTS
from gateway.usecases.console.exports import LIFE, loaded
from gateway.usecases.console.masking import Mask
from gateway.usecases.console.search import Wanted, keys_of
from gateway.usecases.ports import Clock, Database, Spool, UnitOfWork

Write = Callable[[bytes], object]
# What one file may hold: it is written within a worker's lease.
MOST, PAGE = 50_000, 250
EN = (
    "received guid issuer issuer_name external_id service state result result_text changed"
    " recipient name identity email phone recipient_state"
)
ES = (
    "recibida guid emisor nombre_emisor id_externo servicio estado resultado texto_resultado cambio"
    " destinatario nombre identidad correo telefono estado_destinatario"
)
HEADS = {"en": EN.split(), "es": ES.split()}


@dataclass(frozen=True, slots=True)
class WriteExport:
    database: Database
    spool: Spool
    clock: Clock

    def __call__(self, task: Task) -> bool:
        with self.database.read() as uow:
            export = uow.exports.get(task.subject)
        if export is None or export.phase is not ExportPhase.ASKED or export.expires_at <= self.clock.now():
            return False
        writer = self.spool.create()
        try:
            done = self._write(export, writer.write)
            file = writer.finish()
        except BaseException:
            writer.abandon()
            raise
        ready = replace(
            export,
            phase=ExportPhase.READY,
            done=done,
            file_id=file.id,
            expires_at=self.clock.now() + LIFE,
        )
        with self.database.write() as uow:
            won = uow.exports.move(export, ready)
            uow.commit()
        if not won:
            self.spool.remove(file.id)
        return False

    def _write(self, export: Export, write: Write) -> int:
        wanted, done = loaded(export.search), 0
        language = "es" if export.language.startswith("es") else "en"
        found = self._found(wanted)
        write((csv_text.MARK + csv_text.lines([HEADS[language]])).encode())
        place: Place | None = NEWEST
        while place and done < MOST:
            with self.database.read() as uow:
                rows = _page(uow, wanted, place)
                names = {issuer.number: issuer.name for issuer in uow.issuers.all()}
                lines = [line for row in rows for line in _lines(uow, row, names, export, language)]
            write(csv_text.lines(lines).encode())
            done += len(rows)
            place = rows[-1].place if len(rows) == PAGE else None
            self._tell(export, max(found, done), done)
        return done

    def _found(self, wanted: Wanted) -> int:
        if wanted.by is SearchBy.GUID:
            return 1
        with self.database.read() as uow:
            return uow.searches.count(wanted.by, keys_of(wanted), wanted.span, MOST)

    def _tell(self, export: Export, found: int, done: int) -> None:
        with self.database.write(synced=False) as uow:
            told = uow.exports.progress(export.id, found, done)
            uow.commit()
        if not told:
            # Another worker has published it, or it is over: this one's work is for nobody.
            raise GatewayError(ErrorKind.EXPORT_NOT_FOUND)


def _page(uow: UnitOfWork, wanted: Wanted, place: Place) -> Sequence[Found]:
    if wanted.by is SearchBy.GUID:
        found = uow.searches.get(wanted.values[0])
        return [found] if found else []
    return uow.searches.page(wanted.by, keys_of(wanted), place, wanted.span, PAGE)


def _lines(
    uow: UnitOfWork, row: Found, names: dict[int, str], export: Export, language: str
) -> Iterator[Sequence[object]]:
    """One for each recipient; one where there is none, or where the key of their rows is destroyed."""
    own = [
        f"{row.received_at:%Y-%m-%dT%H:%M:%SZ}",
        row.guid,
        row.issuer,
        names.get(row.issuer, ""),
        row.external_id,
        CATALOGUE[row.service].title.in_language(language),
        int(row.state),
        int(row.result),
        RESULTS[row.result].in_language(language),
        f"{row.updated_at:%Y-%m-%dT%H:%M:%SZ}",
    ]
    people = _people(uow, row.guid)
    if not people:
        yield [*own, "", "", "", "", "", ""]
    for person in people:
        yield [*own, person.position + 1, *_told(person, clear=export.clear), person.state.value]


def _people(uow: UnitOfWork, guid: str) -> Sequence[RecipientRecord]:
    try:
        return uow.recipients.of(guid)
    except GatewayError as error:
        # Purged since the page was read.
        if error.kind is not ErrorKind.KEY_DESTROYED:
            raise
        return []


def _told(person: RecipientRecord, *, clear: bool) -> Sequence[str]:
    mask, asked = Mask((), clear=clear), person.asked
    identity = asked.identity.value if asked.identity else ""
    return [
        mask.name(asked.full_name),
        mask.identity(identity),
        mask.email(asked.email),
        mask.phone(asked.phone),
    ]
