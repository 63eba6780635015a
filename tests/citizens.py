"""People with signing certificates of the development PKI, each made once a process."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from gateway.adapters.crypto import devpki
from scripts.citizen import Citizen
from tests.fakes import pki
from tests.orders import Person

ANA = Person(identity_type="DNI")


@cache
def citizen(number: str = "IDCES-12345678Z", name: str = "Ana García") -> Citizen:
    return issued(pki(), number, name)


def issued(
    folder: Path, number: str, name: str = "Ana García", start: datetime | None = None, days: int = 700
) -> Citizen:
    """By the citizens' authority of that PKI."""
    now = start or datetime.now(UTC)
    return Citizen(*devpki.issue_citizen(folder, number, name, now=now, life=timedelta(days=days)))
