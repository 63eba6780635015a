"""The command `issuer consents`, on an installation's database and with its keys: it reads personal data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import technology
from gateway.usecases.consents import Consents


@contextmanager
def opened(config: Path | None) -> Iterator[Consents]:
    tech = technology(load(config))
    try:
        yield Consents(tech.database)
    finally:
        tech.database.close()
