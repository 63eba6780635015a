"""The door of signing programs on recipients' devices, bound to the errands that recipients began."""

from typing import Any

from gateway.adapters.telemetry import logs
from gateway.bootstrap.router import Wsgi
from gateway.entrypoints.web.autofirma.app import AutoFirmaUseCases, autofirma_app
from gateway.settings import Settings
from gateway.usecases.call_program import CallProgram
from gateway.usecases.take_signed import TakeSigned
from gateway.usecases.turns import Turns

PROGRAMS_AT_ONCE = 4


def autofirma_door(settings: Settings, program: CallProgram) -> Wsgi:
    """So many deliveries at once: whoever sends large ones must not keep recipients waiting."""
    turns = Turns(PROGRAMS_AT_ONCE)

    def deliver(identifier: str, text: str) -> None:
        with turns.take():
            program.deliver(identifier, text)

    use_cases = AutoFirmaUseCases(program.fetch, deliver, settings.recipients.largest)
    return autofirma_app(use_cases, secure=settings.http.secure_cookies, new_id=logs.REQUEST_ID.get)


def by_certificate(taking: TakeSigned, program: CallProgram) -> dict[str, Any]:
    """What the portal's page of the sign method CERTIFICATE asks of the gateway, by the portal's names."""
    return {
        "to_sign": taking.to_sign,
        "take_signed": taking.take,
        "finish_signed": taking.finish,
        "largest_signed": taking.limits.largest,
        "call_program": program.call,
        "calls": program.calls,
        "take_delivered": program.take,
    }
