"""The operator's desk at the command line: every use case, bound once, for one command."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gateway.bootstrap.configured import load
from gateway.bootstrap.system import system
from gateway.bootstrap.technology import technology
from gateway.usecases.support import Support


@contextmanager
def opened(config: Path | None, issuer: int | None) -> Iterator[Support]:
    settings = load(config)
    tech = technology(settings)
    try:
        yield replace(system(settings, tech, lambda: None).support, issuer=issuer)
    finally:
        tech.database.close()
