"""Documents are opened before the answer: a bad one is refused before any GUID, and nothing is kept."""

from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from gateway.adapters.storage.tables import METADATA
from gateway.domain.errors import ErrorKind
from tests.house import House, refused
from tests.orders import Paper, order
from tests.pdf_samples import encrypted, plain, without_pages


@dataclass(frozen=True)
class Bad:
    paper: Paper
    kind: ErrorKind


BAD = {
    "garbage": Bad(Paper(b"%PDF-1.7\nnothing else"), ErrorKind.DOCUMENT_BROKEN),
    "not a PDF at all": Bad(Paper(b"hello"), ErrorKind.DOCUMENT_BROKEN),
    "cut after a page": Bad(Paper(plain(3)[:400]), ErrorKind.DOCUMENT_BROKEN),
    "cut before what the pages say": Bad(Paper(plain(3)[:760]), ErrorKind.DOCUMENT_BROKEN),
    "no page": Bad(Paper(without_pages()), ErrorKind.DOCUMENT_BROKEN),
    "encrypted": Bad(Paper(encrypted("secret")), ErrorKind.DOCUMENT_ENCRYPTED),
    "too large": Bad(Paper(b"x" * 1_100_000, "a.txt", "text/plain"), ErrorKind.DOCUMENT_TOO_LARGE),
    "too many pages": Bad(Paper(plain(6)), ErrorKind.DOCUMENT_TOO_LARGE),
}


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("limits"), more="[limits]\ndocument_size = 1 MiB\npages = 5\n")


def rows(house: House) -> dict[str, int]:
    with house.tech.database.engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in METADATA.sorted_tables
        }


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("name", BAD)
def test_refused_whole(house: House, name: str, position: int) -> None:
    """One bad document refuses the transaction: no GUID is drawn, no row and no blob is left."""
    before = rows(house)
    papers = [Paper(plain()), Paper(plain())]
    papers[position] = BAD[name].paper
    refused(BAD[name].kind, house.submit, order(papers=papers))
    assert rows(house) == before
    assert not [file for file in house.settings.vault.folder.rglob("*") if file.is_file()]
    assert house.submit().guid.endswith("-000000000000001.par")
    house.close()
