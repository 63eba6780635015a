"""The command `template`, on an installation's database: rows are enough for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.adapters.documents.paper import DocumentPaper
from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock, composer, open_database
from gateway.usecases.templates.keep import KeepTemplates


@contextmanager
def opened(config: Path | None) -> Iterator[KeepTemplates]:
    settings = load(config)
    database = open_database(settings)
    paper = DocumentPaper(settings.limits.document_size, settings.limits.pages)
    try:
        yield KeepTemplates(database, composer(settings), paper, SystemClock(), settings.templates.size)
    finally:
        database.close()
