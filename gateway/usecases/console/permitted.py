"""Who may: asked in every use case of the console, whatever its pages show or hide."""

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Permission, Person, Role

# Who did what is for those who answer for it.
AUDIT_READERS = frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.OPERATOR})


def allow(person: Person, permission: Permission) -> None:
    """Raises GatewayError(ACCESS_DENIED)."""
    if not person.may(permission):
        raise GatewayError(ErrorKind.ACCESS_DENIED)


def reads_audit(person: Person) -> bool:
    return person.may(Permission.READ) and person.role in AUDIT_READERS
