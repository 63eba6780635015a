"""The command `issuer alerts`, on an installation's database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.usecases.alerts.choose import ChooseAlerts


@contextmanager
def opened(config: Path | None) -> Iterator[ChooseAlerts]:
    """Rows are enough for it."""
    database = open_database(load(config))
    try:
        yield ChooseAlerts(database, SystemClock())
    finally:
        database.close()
