"""Who may sign in, and as what: added, given another role, reset, disabled. Everything is in the audit log.

Operators are made, reset and promoted at the command line only: whoever could do so in a browser would be two
persons at once (decision 0030).
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from gateway.domain.accounts import Account, password_flaw, subject_of
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.staff import OF_AN_ISSUER, Acting, Permission, Person, Role
from gateway.usecases.desk.staff import word_of
from gateway.usecases.ports import Clock, Database, UnitOfWork
from gateway.usecases.ports.accounts import Passwords, PersonKeys

PASSWORD_OCTETS = 12


@dataclass(frozen=True, slots=True)
class NewPerson:
    login: str
    name: str
    role: Role
    issuer: int | None = None
    language: str = "es"


@dataclass(frozen=True, slots=True)
class People:
    """`acting` is who does it in a browser; None is whoever has the installation's command line.

    `provider`: the identity provider's name, under which people are bound.
    """

    database: Database
    keys: PersonKeys
    passwords: Passwords
    clock: Clock
    provider: str = ""

    def all(self) -> Sequence[Account]:
        with self.database.read() as uow:
            return uow.staff.all()

    def get(self, person: str) -> Account:
        """Raises GatewayError(RULE_BROKEN): there is none."""
        with self.database.read() as uow:
            return _known(uow.staff.get(person))

    def by_login(self, login: str) -> Account:
        with self.database.read() as uow:
            return _known(uow.staff.by_login(login))

    def add(self, acting: Acting | None, new: NewPerson, password: str = "") -> tuple[Person, str]:
        """The person, and the password that they must change when they first sign in: one is drawn unless it
        was given. Raises GatewayError: RULE_BROKEN, PASSWORD_REFUSED, ACCESS_DENIED."""
        _must_manage(acting, new.role)
        given = _initial(password, new.login)
        encoded, key = self.passwords.hash(given), self.keys.new_key()
        person = Person(f"staff-{uuid4().hex[:16]}", new.login, new.name, new.role, new.issuer, new.language)
        with self.database.write() as uow:
            _must_fit(uow, new)
            uow.keys.add(person.id, key)
            if not uow.staff.add(Account(person, encoded, must_change=True), self.clock.now()):
                raise GatewayError(ErrorKind.RULE_BROKEN, "the login is taken")
            _note(uow, "staff-added", person.id, acting, role=new.role.value)
            uow.commit()
        return person, given

    def reset(self, acting: Acting | None, person: str, password: str = "") -> str:
        """A new first password; the second factor and all sessions are over."""
        account = self.get(person)
        _must_manage(acting, account.person.role)
        given = _initial(password, account.person.login)
        encoded = self.passwords.hash(given)
        with self.database.write() as uow:
            if not uow.staff.set_password(person, account.password, encoded, True):
                raise GatewayError(ErrorKind.RULE_BROKEN, "the password was changed meanwhile")
            uow.staff.set_secret(person, None)
            uow.staff_codes.replace(person, ())
            uow.staff_sessions.end_all(person)
            for name in (f"login/{account.person.login.casefold()}", f"factor/{person}", f"own/{person}"):
                uow.pauses.succeed(name)
            _note(uow, "staff-reset", person, acting)
            uow.commit()
        return given

    def set_role(self, acting: Acting | None, person: str, role: Role, issuer: int | None) -> Person:
        with self.database.write() as uow:
            before = _known(uow.staff.get(person)).person
            _must_manage(acting, role, before.role)
            _must_not_be(acting, person)
            after = replace(before, role=role, issuer=issuer)
            _must_fit(uow, NewPerson(before.login, before.name, role, issuer))
            if role is not Role.OPERATOR:
                _must_leave_an_operator(uow, before)
            uow.staff.set_role(person, role, issuer)
            uow.staff_sessions.end_all(person)
            _note(uow, "staff-role-set", person, acting, role=role.value)
            uow.commit()
        return after

    def set_active(self, acting: Acting | None, person: str, active: bool) -> Person:
        """Disable, or enable again. Operators can be disabled by anybody who manages people."""
        with self.database.write() as uow:
            before = _known(uow.staff.get(person)).person
            _must_manage(acting, *((before.role,) if active else ()))
            _must_not_be(acting, person)
            if not active:
                _must_leave_an_operator(uow, before)
                uow.staff_sessions.end_all(person)
            uow.staff.set_active(person, active)
            _note(uow, "staff-enabled" if active else "staff-disabled", person, acting)
            uow.commit()
        return replace(before, active=active)

    def end_sessions(self, acting: Acting | None, person: str) -> int:
        with self.database.write() as uow:
            _known(uow.staff.get(person))
            _must_manage(acting)
            ended = uow.staff_sessions.end_all(person)
            _note(uow, "staff-sessions-ended", person, acting)
            uow.commit()
        return ended

    def bind(self, acting: Acting | None, person: str, subject: str) -> None:
        """Who they are at the identity provider: its `sub` claim; "": nobody."""
        with self.database.write() as uow:
            _must_manage(acting, _known(uow.staff.get(person)).person.role)
            at_provider = subject_of(self.provider, subject) if subject else ""
            if not uow.staff.set_subject(person, at_provider):
                raise GatewayError(ErrorKind.RULE_BROKEN, "somebody else is that at the identity provider")
            _note(uow, "staff-bound" if subject else "staff-unbound", person, acting)
            uow.commit()


def _known(account: Account | None) -> Account:
    if account is None:
        raise GatewayError(ErrorKind.RULE_BROKEN, "there is no such person")
    return account


def _must_manage(acting: Acting | None, *roles: Role) -> None:
    """Raises GatewayError(ACCESS_DENIED)."""
    if acting is None:
        return
    if not acting.person.may(Permission.MANAGE_STAFF):
        raise GatewayError(ErrorKind.ACCESS_DENIED)
    if Role.OPERATOR in roles:
        raise GatewayError(ErrorKind.ACCESS_DENIED, "operators are managed at the command line")


def _must_not_be(acting: Acting | None, person: str) -> None:
    if acting is not None and acting.person.id == person:
        raise GatewayError(ErrorKind.RULE_BROKEN, "nobody does this to themself")


def _must_fit(uow: UnitOfWork, new: NewPerson) -> None:
    login = new.login
    if not login or not new.name or login != login.strip() or not login.isprintable() or len(login) > 100:
        raise GatewayError(
            ErrorKind.RULE_BROKEN, "login and name must be there, a login without blanks around"
        )
    if (new.role in OF_AN_ISSUER) != (new.issuer is not None):
        raise GatewayError(
            ErrorKind.RULE_BROKEN, "senders and employees, and nobody else, belong to an issuer"
        )
    if new.issuer is not None and uow.issuers.get(new.issuer) is None:
        raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no issuer {new.issuer}")


def _must_leave_an_operator(uow: UnitOfWork, leaving: Person) -> None:
    operators = [each.person for each in uow.staff.all() if each.person.may(Permission.MANAGE_STAFF)]
    if operators and all(each.id == leaving.id for each in operators):
        raise GatewayError(ErrorKind.RULE_BROKEN, "no operator would be left")


def _initial(given: str, login: str) -> str:
    flaw = password_flaw(given, login) if given else ""
    if flaw:
        raise GatewayError(ErrorKind.PASSWORD_REFUSED, flaw)
    return given or secrets.token_urlsafe(PASSWORD_OCTETS)


def _note(uow: UnitOfWork, action: str, person: str, acting: Acting | None, **details: str) -> None:
    told = {"by": acting.person.id, "reason": word_of(acting.reason)} if acting else {"by": "command-line"}
    uow.audit.append(action, person, **(told | details))
