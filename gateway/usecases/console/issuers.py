"""Issuers as support sees them: profile, certificates with the days that are left, who is told of what."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import Subscription
from gateway.domain.parties import Issuer
from gateway.domain.staff import Acting, Permission, Person
from gateway.usecases.console.permitted import allow
from gateway.usecases.desk.staff import audit, demand
from gateway.usecases.ports import Clock, Database

# Subject, beginning and end of a certificate (DER).
CertificateReader = Callable[[bytes], tuple[str, datetime, datetime]]
CHANGED = frozenset({"default_sign_method", "sandbox", "integrated", "daily_limit", "priority", "active"})


@dataclass(frozen=True, slots=True)
class IssuerCertificate:
    """`days_left` is negative once it ended."""

    subject: str
    sha256: str
    added_at: datetime
    begins: datetime
    ends: datetime
    days_left: int


@dataclass(frozen=True, slots=True)
class IssuerPage:
    issuer: Issuer
    certificates: tuple[IssuerCertificate, ...]
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, slots=True)
class IssuerDesk:
    database: Database
    clock: Clock
    read_certificate: CertificateReader

    def all(self, person: Person) -> Sequence[IssuerPage]:
        """With the certificates of each, for one that ends soon is everybody's business."""
        allow(person, Permission.READ)
        with self.database.read() as uow:
            issuers = uow.issuers.all()
        return [self.page(person, issuer.number) for issuer in issuers]

    def page(self, person: Person, number: int) -> IssuerPage:
        """Raises GatewayError(ISSUER_UNKNOWN)."""
        allow(person, Permission.READ)
        with self.database.read() as uow:
            issuer = uow.issuers.get(number)
            if issuer is None:
                raise GatewayError(ErrorKind.ISSUER_UNKNOWN)
            lines = uow.overviews.certificates(number)
            subscriptions = tuple(uow.subscriptions.all(number))
        now, found = self.clock.now(), []
        for line in lines:
            subject, begins, ends = self.read_certificate(line.der)
            left = (ends - now).days
            found.append(IssuerCertificate(subject, line.sha256.hex(), line.added_at, begins, ends, left))
        return IssuerPage(issuer, tuple(found), subscriptions)

    def change(self, acting: Acting, number: int, changes: Mapping[str, Any]) -> Issuer:
        """Change fields of the profile by name.

        Raises GatewayError: ACCESS_DENIED, RULE_BROKEN without a reason or for another field, ISSUER_UNKNOWN.
        """
        demand(acting, Permission.MANAGE_ISSUERS)
        if not changes.keys() <= CHANGED:
            raise GatewayError(ErrorKind.RULE_BROKEN, "no such field")
        with self.database.write() as uow:
            known = uow.issuers.get(number)
            if known is None:
                raise GatewayError(ErrorKind.ISSUER_UNKNOWN)
            issuer = replace(known, **changes)
            uow.issuers.set_profile(issuer)
            if issuer.active is not known.active:
                uow.issuers.set_active(number, issuer.active)
            changed = [name for name in sorted(changes) if getattr(issuer, name) != getattr(known, name)]
            audit(uow, acting, "issuer-profile-set", ":".join([f"{number:04d}", *changed]))
            uow.commit()
        return issuer
