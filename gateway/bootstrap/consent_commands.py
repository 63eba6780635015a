"""The command `issuer consents`, on an installation's database and with its keys: it reads personal data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import technology
from gateway.entrypoints.cli.consents import ConsentDesk
from gateway.usecases.accepted_texts import AcceptedTexts
from gateway.usecases.consent_book import ConsentBook


@contextmanager
def opened(config: Path | None) -> Iterator[ConsentDesk]:
    tech = technology(load(config))
    try:
        yield ConsentDesk(AcceptedTexts(tech.database), ConsentBook(tech.database, tech.clock))
    finally:
        tech.database.close()
