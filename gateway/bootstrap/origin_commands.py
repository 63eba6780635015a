"""The command `issuer origins`, on an installation's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.usecases.origins import IssuerOrigins


@contextmanager
def opened(config: Path | None) -> Iterator[IssuerOrigins]:
    database = open_database(load(config))
    try:
        yield IssuerOrigins(database, SystemClock())
    finally:
        database.close()
