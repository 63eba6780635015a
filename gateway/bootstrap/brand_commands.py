"""What `fehaciente issuer brand` does, with everything it needs built for it."""

from pathlib import Path

from gateway.adapters.documents.logo import draw_logo
from gateway.bootstrap.configured import load
from gateway.bootstrap.technology import SystemClock, open_database
from gateway.domain.brand import Look
from gateway.usecases.brands import SetLook


def set_look(
    config: Path | None, number: int, sender_name: str | None, colour: str | None, logo: bytes | None
) -> Look:
    """Rows are enough for it. Raises GatewayError as `SetLook` does."""
    clock = SystemClock()
    database = open_database(load(config), clock)
    try:
        return SetLook(database, clock, draw_logo)(number, sender_name, colour, logo)
    finally:
        database.close()
