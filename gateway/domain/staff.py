"""The people who work with the gateway in a browser, their roles, and what each role may do.

Two kinds of places: the operator's own (support console) and an issuer's (`issuer` set).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What a person may do. Values are stored in the audit log: never rename one."""

    READ = "READ"
    UNMASK = "UNMASK"
    DOWNLOAD = "DOWNLOAD"
    EXPORT = "EXPORT"
    ACT = "ACT"
    CANCEL = "CANCEL"
    EXTEND = "EXTEND"
    MANAGE_ISSUERS = "MANAGE_ISSUERS"
    MANAGE_STAFF = "MANAGE_STAFF"
    MANAGE_TRUST = "MANAGE_TRUST"
    SEND = "SEND"
    SERVE = "SERVE"


class Role(StrEnum):
    SUPPORT = "SUPPORT"
    SUPERVISOR = "SUPERVISOR"
    OPERATOR = "OPERATOR"
    AUDITOR = "AUDITOR"
    SENDER = "SENDER"
    EMPLOYEE = "EMPLOYEE"


P = Permission
_SUPPORT = frozenset({P.READ, P.UNMASK, P.DOWNLOAD, P.ACT})
_SUPERVISOR = _SUPPORT | {P.EXPORT, P.CANCEL, P.EXTEND}
# Keys, trust anchors and the algorithm policy need two people who may MANAGE_TRUST (`usecases/approvals`).
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.SUPPORT: _SUPPORT,
    Role.SUPERVISOR: _SUPERVISOR,
    Role.OPERATOR: _SUPERVISOR | {P.MANAGE_ISSUERS, P.MANAGE_STAFF, P.MANAGE_TRUST},
    Role.AUDITOR: frozenset({P.READ, P.DOWNLOAD}),
    Role.SENDER: frozenset({P.SEND}),
    Role.EMPLOYEE: frozenset({P.SERVE}),
}
# Who belongs to an issuer, and sees nobody else's.
OF_AN_ISSUER = frozenset({Role.SENDER, Role.EMPLOYEE})


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can sign in. `issuer` is set for OF_AN_ISSUER alone: whose transactions they see, and send
    (SENDER) or have signed by customers (EMPLOYEE)."""

    id: str
    login: str
    name: str
    role: Role
    issuer: int | None = None
    language: str = "es"
    active: bool = True

    def may(self, permission: Permission) -> bool:
        return self.active and permission in PERMISSIONS[self.role]


@dataclass(frozen=True, slots=True)
class Acting:
    """Who does something, and why: both stand in the audit log, so that the reason holds no personal data."""

    person: Person
    reason: str
