"""The registry of origins whose pages may show the portal of an issuer's transactions in a frame."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.access_ticket import origin
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Clock, Database, UnitOfWork


@dataclass(frozen=True, slots=True)
class IssuerOrigins:
    """Each change is in the audit log. Raises GatewayError: ORIGIN_INVALID, ISSUER_UNKNOWN."""

    database: Database
    clock: Clock

    def origins(self, number: int) -> Sequence[str]:
        with self.database.read() as uow:
            _known(uow, number)
            return uow.origins.of(number)

    def add_origin(self, number: int, text: str) -> bool:
        """False when it is registered already."""
        page = origin(text)
        with self.database.write() as uow:
            _known(uow, number)
            added = uow.origins.add(number, page, self.clock.now())
            if added:
                uow.audit.append("issuer-origin-added", f"{number:04d}", origin=_word(page))
            uow.commit()
        return added

    def remove_origin(self, number: int, text: str) -> bool:
        """False when it is not registered."""
        page = origin(text)
        with self.database.write() as uow:
            _known(uow, number)
            removed = uow.origins.remove(number, page)
            if removed:
                uow.audit.append("issuer-origin-removed", f"{number:04d}", origin=_word(page))
            uow.commit()
        return removed


def _known(uow: UnitOfWork, number: int) -> None:
    if uow.issuers.get(number) is None:
        raise GatewayError(ErrorKind.ISSUER_UNKNOWN)


def _word(page: str) -> str:
    """The audit log takes words only."""
    return "".join(mark if mark.isalnum() or mark in ".-:" else "-" for mark in page.replace("://", ":"))[
        :100
    ]
