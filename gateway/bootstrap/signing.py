"""What recipients may do beyond codes, bound to its adapters: each sign method and page adds its own here."""

from dataclasses import dataclass

from gateway.bootstrap.technology import Technology
from gateway.usecases.begin_signing import BeginSigning
from gateway.usecases.journal import Journal


@dataclass(frozen=True)
class Signing:
    begin: BeginSigning


def signing(tech: Technology, journal: Journal) -> Signing:
    return Signing(begin=BeginSigning(tech.database, journal, tech.clock))
