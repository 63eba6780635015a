"""Who may, asked in every use case of the console whatever its pages hide, and what auditing keeps of it."""

import re
import unicodedata

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Permission, Person
from gateway.usecases.ports import UnitOfWork

NUMBERS = re.compile(r"\d[\d\s.-]{3,}")
ADDRESSES = re.compile(r"\S+@\S+")
OTHERS = re.compile(r"[^A-Za-z0-9]+")


def allow(person: Person, permission: Permission) -> None:
    """Raises GatewayError(ACCESS_DENIED)."""
    if not person.may(permission):
        raise GatewayError(ErrorKind.ACCESS_DENIED)


def demand(acting: Acting, permission: Permission) -> None:
    """Raises GatewayError: ACCESS_DENIED, or RULE_BROKEN when no reason is given."""
    allow(acting.person, permission)
    if not acting.reason.strip():
        raise GatewayError(ErrorKind.RULE_BROKEN, "a reason is needed")


def audit(uow: UnitOfWork, acting: Acting, action: str, subject: str) -> None:
    """One row, in this unit of work, as the last thing before its commit."""
    who = acting.person.login
    uow.audit.append(action, f"{subject}:{who}", person=who, reason=word_of(acting.reason))


def word_of(reason: str) -> str:
    """One opaque word of 100 letters at most, without e-mail addresses and long numbers."""
    plain = unicodedata.normalize("NFKD", NUMBERS.sub(" x ", ADDRESSES.sub(" x ", reason)))
    return OTHERS.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")[:100] or "none"
