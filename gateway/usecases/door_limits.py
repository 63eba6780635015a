"""Wrong identifiers, counted per transaction, identifier and address, where every process sees it.

Counts lie under keyed hashes; a name that failed too often waits, whoever asks (decision 0041). A success
takes nothing back, lest a thief with a link of their own wash their counts away.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord
from gateway.usecases.ports import UnitOfWork

# Everybody at home has so many addresses as one wants, and one network (RFC 6177).
IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class DoorPolicy:
    """How many failures are free of each kind within `window`, how long a pause lasts, and from which failure
    on the CAPTCHA is asked for."""

    per_transaction: int = 10
    per_identifier: int = 20
    per_address: int = 30
    window: timedelta = timedelta(hours=1)
    pause: timedelta = timedelta(minutes=15)
    captcha_after: int = 2


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try is counted under; empty ones are not. `identifier` is canonical."""

    guid: str = ""
    identifier: str = ""
    address: str = ""

    def names(self, policy: DoorPolicy) -> Iterator[tuple[str, int]]:
        if self.guid:
            yield f"portal-transaction/{self.guid}", policy.per_transaction
        if self.identifier:
            yield f"portal-identifier/{self.identifier}", policy.per_identifier
        if self.address:
            yield name_of_address(self.address), policy.per_address


def counted(uow: UnitOfWork, recipient: RecipientRecord) -> str:
    """What a try at this recipient's link is counted under, as `Tried.guid`: the transaction; where anybody
    may become a recipient, the link alone, lest one of them keep all others out."""
    guid = recipient.guid
    return guid if uow.publications.get(guid) is None else f"{guid}/{recipient.position}"


def name_of_address(address: str) -> str:
    return f"portal-address/{network(address)}"


def network(address: str) -> str:
    """The address, or its network for IPv6; what is none stays as it is."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))


def demand(uow: UnitOfWork, policy: DoorPolicy, tried: Tried, now: datetime) -> None:
    """Raises GatewayError(TOO_MANY_ATTEMPTS) while one of them waits."""
    for name, _ in tried.names(policy):
        until = uow.pauses.until(name)
        if until is not None and now < until:
            raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)


def failed(uow: UnitOfWork, policy: DoorPolicy, tried: Tried, now: datetime) -> None:
    """Count one failure under each, and let wait whoever reached the limit."""
    for name, free in tried.names(policy):
        if uow.pauses.take(name, now, now - policy.window) >= free:
            uow.pauses.pause(name, now + policy.pause)


def failures(uow: UnitOfWork, policy: DoorPolicy, tried: Tried, since: datetime) -> int:
    """The most that any of them has."""
    return max((uow.pauses.failures(name, since) for name, _ in tried.names(policy)), default=0)
