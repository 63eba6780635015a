"""Who may: asked in every use case of the console, whatever its pages show or hide."""

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import Permission, Person


def allow(person: Person, permission: Permission) -> None:
    """Raises GatewayError(ACCESS_DENIED)."""
    if not person.may(permission):
        raise GatewayError(ErrorKind.ACCESS_DENIED)
