"""An issuer's look: set by the operator, shown to whoever holds a link of it, before identification too."""

from dataclasses import dataclass, replace
from typing import Protocol

from gateway.domain.brand import LONGEST_SENDER_NAME, OURS, Look, checked_colour
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.guid import Guid
from gateway.usecases.ports import Clock, Codes, Database


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as we keep it: PNG of our own making, its name (SHA-256, hexadecimal) and its pixels."""

    octets: bytes
    sha256: str
    size: tuple[int, int]


class DrawLogo(Protocol):
    def __call__(self, octets: bytes) -> Logo:
        """Draw foreign octets anew. Raises GatewayError(LOGO_REFUSED)."""


@dataclass(frozen=True, slots=True)
class SetLook:
    """The operator's command. What is None stays as it was; "" and no octets take it away."""

    database: Database
    clock: Clock
    draw: DrawLogo

    def __call__(self, number: int, sender_name: str | None, colour: str | None, logo: bytes | None) -> Look:
        """Raises GatewayError: ISSUER_UNKNOWN, COLOUR_REFUSED, LOGO_REFUSED, RULE_BROKEN."""
        drawn = self.draw(logo) if logo else None
        with self.database.write() as uow:
            issuer = uow.issuers.get(number)
            if issuer is None:
                raise GatewayError(ErrorKind.ISSUER_UNKNOWN)
            look = issuer.look
            if sender_name is not None:
                look = replace(look, sender_name=_name(sender_name))
            if colour is not None:
                look = replace(look, colour=checked_colour(colour) if colour else "")
            if logo is not None:
                size = drawn.size if drawn else (0, 0)
                look = replace(look, logo_sha256=drawn.sha256 if drawn else "", logo_size=size)
            kept = uow.brands.logo(look.logo_sha256) if logo is None else (drawn.octets if drawn else b"")
            uow.brands.put(number, look, kept or b"", self.clock.now())
            told = {"colour": look.colour[1:], "logo": look.logo_sha256}
            told = {name: value for name, value in told.items() if value}
            uow.audit.append("issuer-look-set", f"{number:04d}", **told)
            uow.commit()
        return look


@dataclass(frozen=True, slots=True)
class Looks:
    """What the portal asks. Both only read, and refuse nothing: without a look, pages are ours."""

    database: Database
    codes: Codes

    def of_link(self, token: str) -> Look:
        with self.database.read() as uow:
            found = uow.recipients.by_link(self.codes.token_digest(token))
            issuer = uow.issuers.get(Guid.parse(found.guid).issuer) if found else None
        return issuer.look if issuer else OURS

    def logo(self, sha256: str) -> bytes | None:
        """The PNG of that name (hexadecimal), if some issuer has it."""
        with self.database.read() as uow:
            return uow.brands.logo(sha256)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > LONGEST_SENDER_NAME or not name.isprintable():
        raise GatewayError(ErrorKind.RULE_BROKEN, f"sender name: {LONGEST_SENDER_NAME} characters at most")
    return name
