"""Whether an issuer is alerted, and where to: the operator's commands. The web sender has the same switch."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.domain.alerts import MOST_ADDRESSES, checked_mailbox, contact_mailbox
from gateway.domain.draft import AlertSettings
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Issuer
from gateway.usecases.ports import Clock, Database, UnitOfWork


@dataclass(frozen=True, slots=True)
class Chosen:
    """`addresses` are those that are written to: the registered ones, else the issuer's own contact."""

    on: bool
    addresses: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChooseAlerts:
    database: Database
    clock: Clock

    def chosen(self, number: int) -> Chosen:
        """Raises GatewayError(ISSUER_UNKNOWN), as everything here does."""
        with self.database.read() as uow:
            issuer, known = _issuer(uow, number), uow.sender.alert_settings(number)
            return Chosen(known is not None and known.on, alerted(uow, issuer))

    def turn(self, number: int, on: bool) -> None:
        """All three, from now on, or none. Raises ALERT_ADDRESS where nobody could be written to."""
        with self.database.write() as uow:
            issuer, known = _issuer(uow, number), uow.sender.alert_settings(number)
            if on and not alerted(uow, issuer):
                raise GatewayError(
                    ErrorKind.ALERT_ADDRESS, "there is none: the issuer's contact is no mailbox"
                )
            if (known is not None and known.on) == on:
                return
            uow.sender.set_alerts(AlertSettings(number, on, self.clock.now()))
            uow.audit.append("alerts-on" if on else "alerts-off", f"{number:04d}")
            uow.commit()

    def add(self, number: int, address: str) -> None:
        """Raises ALERT_ADDRESS for what is no mailbox, or one too many."""
        checked = checked_mailbox(address)
        with self.database.write() as uow:
            _issuer(uow, number)
            if len(uow.alert_addresses.of(number)) >= MOST_ADDRESSES:
                raise GatewayError(ErrorKind.ALERT_ADDRESS, f"{MOST_ADDRESSES} at most")
            if uow.alert_addresses.add(number, checked, self.clock.now()):
                uow.audit.append("alert-address-added", f"{number:04d}")
                uow.commit()

    def remove(self, number: int, address: str) -> None:
        with self.database.write() as uow:
            _issuer(uow, number)
            if not uow.alert_addresses.remove(number, address.strip()):
                raise GatewayError(ErrorKind.ALERT_ADDRESS, "it is not registered")
            uow.audit.append("alert-address-removed", f"{number:04d}")
            uow.commit()


def alerted(uow: UnitOfWork, issuer: Issuer) -> Sequence[str]:
    """Who is written to."""
    contact = contact_mailbox(issuer)
    return uow.alert_addresses.of(issuer.number) or ((contact,) if contact else ())


def _issuer(uow: UnitOfWork, number: int) -> Issuer:
    issuer = uow.issuers.get(number)
    if issuer is None:
        raise GatewayError(ErrorKind.ISSUER_UNKNOWN)
    return issuer
