"""What recipients may do beyond codes, bound to its adapters: each sign method and page adds its own here."""

from dataclasses import dataclass

from gateway.bootstrap.technology import Technology
from gateway.usecases.begin_signing import BeginSigning
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Wake
from gateway.usecases.reading import ChooseDocuments, ConfirmReading


@dataclass(frozen=True)
class Signing:
    begin: BeginSigning
    choose: ChooseDocuments
    confirm_reading: ConfirmReading


def signing(tech: Technology, journal: Journal, wake: Wake) -> Signing:
    return Signing(
        begin=BeginSigning(tech.database, journal, tech.clock),
        choose=ChooseDocuments(tech.database, journal, tech.clock),
        confirm_reading=ConfirmReading(tech.database, journal, tech.clock, wake),
    )
