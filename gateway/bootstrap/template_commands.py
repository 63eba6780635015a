"""The command `template`, on an installation's database: rows are enough for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.adapters.documents.paper import DocumentPaper
from gateway.adapters.xml import parser, transaction_xml
from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock, composer, open_database
from gateway.domain.transaction import Transaction
from gateway.usecases.templates.keep import KeepTemplates


@contextmanager
def opened(config: Path | None) -> Iterator[KeepTemplates]:
    settings = load(config)
    database = open_database(settings)
    paper = DocumentPaper(settings.limits.document_size, settings.limits.pages)

    def read(octets: bytes) -> Transaction:
        return transaction_xml.read(parser.parse(octets, limit=settings.http.max_body))

    try:
        yield KeepTemplates(database, composer(settings), paper, SystemClock(), settings.templates.size, read)
    finally:
        database.close()
