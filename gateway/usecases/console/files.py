"""The files of a transaction: taken by whoever may, one by one, each with a reason and an audit row.

They are evidence, whole and unmasked: a masked copy would prove nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.domain.staff import Acting, Permission, Person
from gateway.usecases.commands import Reference
from gateway.usecases.console.permitted import allow
from gateway.usecases.desk.staff import audit, demand
from gateway.usecases.ports import Database, UnitOfWork
from gateway.usecases.queries import Queries
from gateway.usecases.results import DocumentKind
from gateway.usecases.support import XML, Support

PACK_TYPE = "application/vnd.etsi.asic-e+zip"
EVIDENCE, CERTIFICATE, PACK, RECORD = "evidence", "certificate", "pack", "record"
ORIGINAL, STAMPED, SIGNED = "original", "stamped", "signed"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that can be taken. `key` is opaque; `kind` and `what` say what it is and nothing of people."""

    key: str
    kind: str
    what: str


@dataclass(frozen=True, slots=True)
class TakenFile:
    """`name` holds nothing of anybody: it will stand in logs and in folders for downloads."""

    name: str
    media_type: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class TransactionFiles:
    database: Database
    support: Support
    queries: Queries

    def listed(self, person: Person, guid: str) -> Sequence[FileLine]:
        """Those that there are already. Raises GatewayError NOT_FOUND or ACCESS_DENIED."""
        allow(person, Permission.DOWNLOAD)
        with self.database.read() as uow:
            if uow.searches.get(guid) is None:
                raise GatewayError(ErrorKind.NOT_FOUND)
            return list(_lines(uow, guid))

    def take(self, acting: Acting, guid: str, key: str) -> TakenFile:
        """Raises as `listed`, RULE_BROKEN without a reason, DOCUMENT_NOT_FOUND for a key of no file of it."""
        demand(acting, Permission.DOWNLOAD)
        if key not in {line.key for line in self.listed(acting.person, guid)}:
            raise GatewayError(ErrorKind.DOCUMENT_NOT_FOUND)
        with self.database.write() as uow:
            # Before the file leaves: whoever got it is known, also if this process dies now.
            audit(uow, acting, "file-downloaded", f"{guid}:{key}")
            uow.commit()
        return self._read(guid, key)

    def _read(self, guid: str, key: str) -> TakenFile:
        kind, _, which = key.partition(".")
        reference = Reference(guid)
        if kind == EVIDENCE:
            [file] = [each for each in self.support.evidence(reference) if each.evidence.id == which]
            return TakenFile(f"{guid}-evidence-{which}.xml", XML, file.octets)
        if kind == CERTIFICATE:
            media = PDF if which == "pdf" else XML
            [one] = [each for each in self.support.certificates(reference) if each.media_type == media]
            return TakenFile(f"{guid}-certificate.{which}", media, one.octets)
        if kind == PACK:
            return TakenFile(f"{guid}.asice", PACK_TYPE, self.support.pack(reference).octets)
        if kind == RECORD:
            record = self.support.records(reference)[int(which) - 1]
            return TakenFile(f"{guid}-evidence-record-{which}.xml", XML, record.octets)
        if kind == SIGNED:
            return self._signed(guid, which)
        return self._document(guid, DocumentKind[kind.upper()], int(which))

    def _signed(self, guid: str, which: str) -> TakenFile:
        files = self.queries.documents(self._issuer(guid), Reference(guid), DocumentKind.SIGNED)
        [file] = [each for each in files if _place(each.document.position, each.recipient or 0) == which]
        tail = ".pdf" if file.media_type == PDF else ".xml"
        return TakenFile(f"{guid}-signed-{which}{tail}", file.media_type, file.octets)

    def _document(self, guid: str, kind: DocumentKind, position: int) -> TakenFile:
        files = self.queries.documents(self._issuer(guid), Reference(guid), kind)
        [file] = [each for each in files if each.document.position == position - 1]
        tail = ".pdf" if file.media_type == PDF else ".bin"
        return TakenFile(f"{guid}-{kind.value.lower()}-{position}{tail}", file.media_type, file.octets)

    def _issuer(self, guid: str) -> Issuer:
        with self.database.read() as uow:
            record = uow.transactions.get(guid)
            issuer = uow.issuers.get(record.issuer) if record else None
        if issuer is None:
            raise GatewayError(ErrorKind.NOT_FOUND)
        return issuer


def _place(document: int, recipient: int) -> str:
    """A signed copy: the document's number, and that of the recipient whose it is."""
    return f"{document + 1}-{recipient + 1}"


def _lines(uow: UnitOfWork, guid: str) -> Iterator[FileLine]:
    if uow.stories.certified_at(guid):
        yield FileLine(f"{CERTIFICATE}.pdf", CERTIFICATE, "PDF")
        yield FileLine(f"{CERTIFICATE}.xml", CERTIFICATE, "XML")
    pack = uow.packs.get(guid)
    if pack and pack.made_at:
        yield FileLine(PACK, PACK, "ASiC-E")
    for number, _ in enumerate(uow.deposit_leaves.of(guid), 1):
        yield FileLine(f"{RECORD}.{number}", RECORD, str(number))
    yield from _documents(uow, guid)
    for evidence in uow.stories.evidences(guid):
        if evidence.stamped_at:
            name = evidence.event.value.replace("/", ":").rpartition(":")[2]
            yield FileLine(
                f"{EVIDENCE}.{evidence.id}", EVIDENCE, f"{name} {evidence.event_time:%Y-%m-%d %H:%M:%S}"
            )


def _documents(uow: UnitOfWork, guid: str) -> Iterator[FileLine]:
    for document in uow.documents.of(guid):
        number = document.position + 1
        yield FileLine(f"{ORIGINAL}.{number}", ORIGINAL, f"{number} ({document.media_type})")
        if document.stamped_sha256:
            yield FileLine(f"{STAMPED}.{number}", STAMPED, str(number))
    for signed in uow.signed_files.of(guid):
        place = _place(signed.document, signed.recipient)
        yield FileLine(f"{SIGNED}.{place}", SIGNED, f"{place} ({signed.kind.value})")
