"""The employees' pages: their use cases behind the gate that all rooms of staff share."""

from typing import TYPE_CHECKING

from gateway.adapters.telemetry import logs
from gateway.bootstrap import accounts
from gateway.bootstrap.technology import Technology
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.sale.app import sale_app
from gateway.entrypoints.web.sale.handlers import SaleUseCases
from gateway.settings import Settings
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Wake
from gateway.usecases.sale.counter import ServeCustomers

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def serving(tech: Technology, journal: Journal, wake: Wake) -> ServeCustomers:
    mark = tech.codes.external_mark
    return ServeCustomers(tech.database, tech.codes, journal, tech.clock, wake, mark)


def door(
    settings: Settings, tech: Technology, serve: ServeCustomers, people: AccountUseCases, session_key: bytes
) -> "WSGIApplication":
    """The pages under /sale."""
    gate = accounts.gate(settings, people, session_key)
    return sale_app(
        SaleUseCases(serve.find, serve.follow, serve.hand_over, serve.derive, gate.lock),
        gate,
        key=session_key,
        secure=settings.http.secure_cookies,
        clock=tech.clock,
        new_id=logs.REQUEST_ID.get,
        settle=gate.settle,
    )
