"""Who of the operator's people may do what, and how it is told to the audit log.

The log holds opaque words for ever, so that a reason enters it without long numbers and letters that no word
has; as it was typed it stands, sealed, in the transaction's own events.
"""

import re
import unicodedata

from gateway.domain.audit import WORD
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Acting, Permission
from gateway.domain.wording import keepable
from gateway.usecases.ports import UnitOfWork

MAX_REASON = 500
NUMBERS = re.compile(r"\d[\d\s.-]{3,}")
ADDRESSES = re.compile(r"\S+@\S+")
OTHERS = re.compile(r"[^A-Za-z0-9]+")


def demand(acting: Acting, permission: Permission) -> None:
    """Raises GatewayError: ACCESS_DENIED, or RULE_BROKEN when no reason is given."""
    if not acting.person.may(permission):
        raise GatewayError(ErrorKind.ACCESS_DENIED)
    if not acting.reason.strip():
        raise GatewayError(ErrorKind.RULE_BROKEN, "a reason is needed")


def audit(uow: UnitOfWork, acting: Acting, action: str, subject: str) -> None:
    """One row, in this unit of work, as the last thing before its commit."""
    uow.audit.append(action, f"{subject}:{who(acting)}", person=who(acting), reason=word_of(acting.reason))


def who(acting: Acting) -> str:
    """The login where it is a word, else the id."""
    person = acting.person
    return person.login if WORD.fullmatch(person.login) and len(person.login) <= 60 else person.id[:60]


def told(acting: Acting) -> tuple[tuple[str, str], ...]:
    """For the transaction's own event."""
    return (("by", who(acting)), ("reason", keepable(acting.reason.strip(), MAX_REASON)))


def word_of(reason: str) -> str:
    """One opaque word of 100 letters at most, without e-mail addresses and long numbers."""
    plain = unicodedata.normalize("NFKD", NUMBERS.sub(" x ", ADDRESSES.sub(" x ", reason)))
    return OTHERS.sub("-", plain.encode("ascii", "ignore").decode()).strip("-")[:100] or "none"
