"""Circuits: carrying them on, explaining them, and what an issuer's is, by the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import Technology, technology
from gateway.domain.circuits import Limits
from gateway.entrypoints.cli.circuits import CircuitDesk
from gateway.settings import Settings
from gateway.usecases.circuits.advance import Advance
from gateway.usecases.circuits.default import IssuerCircuit
from gateway.usecases.circuits.explain import ExplainCircuit
from gateway.usecases.journal import Journal


def limits(settings: Settings) -> Limits:
    circuits = settings.circuits
    return Limits(circuits.quiet, circuits.zone, circuits.most, circuits.a_day, circuits.apart)


def advance(settings: Settings, tech: Technology, journal: Journal) -> Advance:
    return Advance(tech.database, journal, tech.clock, limits(settings), frozenset(tech.couriers))


@contextmanager
def opened(config: Path | None) -> Iterator[CircuitDesk]:
    """For the commands."""
    settings = load(config)
    tech = technology(settings)
    served = frozenset(tech.couriers)
    try:
        yield CircuitDesk(
            ExplainCircuit(tech.database, tech.clock, limits(settings), served),
            IssuerCircuit(tech.database, tech.clock, limits(settings)),
        )
    finally:
        tech.database.close()
