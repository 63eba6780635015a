"""People who sign in. Login, name and second factor are sealed under the person's own data key.

They are found by keyed hashes of login and of who they are at the identity provider.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.personal import Personal, keyed
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import staff
from gateway.domain.accounts import Account
from gateway.domain.staff import Person, Role

T = staff.c
ADD = InsertOnce(staff, ("login_mark",))
ROWS = keyed(staff, T.id)
GET = ROWS.where(T.id == bindparam("whose"))
BY_LOGIN = ROWS.where(T.login_mark == bindparam("mark"))
BY_SUBJECT = ROWS.where(T.subject_mark == bindparam("mark"))
ALL = ROWS.order_by(T.added_at, T.id)
WHOSE = T.id == bindparam("whose")
SET_PASSWORD = (
    update(staff)
    .where(and_(WHOSE, T.password.is_not_distinct_from(bindparam("seen"))))
    .values(password=bindparam("encoded"), must_change=bindparam("to_change"))
)
SET_SECRET = (
    update(staff)
    .where(WHOSE)
    .values(secret=bindparam("sealed"), enrolled_at=None, last_step=bindparam("first"))
)
ENROL = (
    update(staff)
    .where(and_(WHOSE, T.enrolled_at.is_(None), T.secret.is_not(None)))
    .values(enrolled_at=bindparam("moment"), last_step=bindparam("used"))
)
USE_STEP = (
    update(staff).where(and_(WHOSE, T.last_step < bindparam("used"))).values(last_step=bindparam("used_now"))
)
SET_ROLE = update(staff).where(WHOSE).values(role=bindparam("now_role"), issuer=bindparam("now_issuer"))
SET_ACTIVE = update(staff).where(WHOSE).values(active=bindparam("now_active"))
SET_LANGUAGE = update(staff).where(WHOSE).values(language=bindparam("now_language"))
SET_SUBJECT = update(staff).where(WHOSE).values(subject_mark=bindparam("mark"))
OTHER_SUBJECT = select(T.id).where(and_(T.subject_mark == bindparam("mark"), T.id != bindparam("whose")))


class StaffStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def add(self, account: Account, at: datetime) -> bool:
        person = account.person
        key = self._personal.key(person.id)
        told = {"login": person.login, "name": person.name}
        row = {
            "id": person.id,
            "login_mark": self._login(person.login),
            "subject_mark": None,
            "personal": key.seal(told, _context(person.id, "personal")),
            "role": person.role.value,
            "issuer": person.issuer,
            "language": person.language,
            "active": person.active,
            "password": account.password or None,
            "must_change": account.must_change,
            "secret": None,
            "enrolled_at": None,
            "last_step": 0,
            "added_at": at,
        }
        return self._session.add_once(ADD, row)

    def get(self, person: str) -> Account | None:
        return self._one(GET, {"whose": person})

    def by_login(self, login: str) -> Account | None:
        return self._one(BY_LOGIN, {"mark": self._login(login)})

    def by_subject(self, subject: str) -> Account | None:
        return self._one(BY_SUBJECT, {"mark": self._subject(subject)})

    def all(self) -> Sequence[Account]:
        return [self._account(row) for row in self._session.rows(ALL)]

    def set_password(self, person: str, before: str, after: str, must_change: bool) -> bool:
        change = {"whose": person, "seen": before or None, "encoded": after or None, "to_change": must_change}
        return self._session.changed(SET_PASSWORD, change) == 1

    def set_secret(self, person: str, secret: bytes | None) -> bool:
        sealed = None
        if secret is not None:
            key = self._personal.key(person)
            sealed = key.seal(b64encode(secret).decode(), _context(person, "secret"))
        return self._session.changed(SET_SECRET, {"whose": person, "sealed": sealed, "first": 0}) == 1

    def enrol(self, person: str, at: datetime, step: int) -> bool:
        return self._session.changed(ENROL, {"whose": person, "moment": at, "used": step}) == 1

    def use_step(self, person: str, step: int) -> bool:
        return self._session.changed(USE_STEP, {"whose": person, "used": step, "used_now": step}) == 1

    def set_role(self, person: str, role: Role, issuer: int | None) -> bool:
        change = {"whose": person, "now_role": role.value, "now_issuer": issuer}
        return self._session.changed(SET_ROLE, change) == 1

    def set_active(self, person: str, active: bool) -> bool:
        return self._session.changed(SET_ACTIVE, {"whose": person, "now_active": active}) == 1

    def set_language(self, person: str, language: str) -> bool:
        return self._session.changed(SET_LANGUAGE, {"whose": person, "now_language": language}) == 1

    def set_subject(self, person: str, subject: str) -> bool:
        mark = self._subject(subject) if subject else None
        if mark and self._session.first(OTHER_SUBJECT, {"mark": mark, "whose": person}):
            return False
        return self._session.changed(SET_SUBJECT, {"whose": person, "mark": mark}) == 1

    def _login(self, login: str) -> str:
        return self._personal.mark("staff-login", login.casefold())

    def _subject(self, subject: str) -> str:
        return self._personal.mark("staff-subject", subject)

    def _one(self, statement: Any, values: dict[str, Any]) -> Account | None:
        row = self._session.first(statement, values)
        return None if row is None else self._account(row)

    def _account(self, row: Any) -> Account:
        key = self._personal.key(row.id, row)
        told = key.open(row.personal, _context(row.id, "personal"))
        secret = None
        if row.secret is not None:
            secret = b64decode(key.open(row.secret, _context(row.id, "secret")))
        role, active = Role(row.role), bool(row.active)
        person = Person(row.id, told["login"], told["name"], role, row.issuer, row.language, active)
        return Account(
            person=person,
            password=row.password,
            must_change=bool(row.must_change),
            secret=secret,
            enrolled_at=row.enrolled_at,
            last_step=row.last_step,
            provided=row.subject_mark is not None,
        )


def _context(person: str, what: str) -> str:
    return f"staff/{person}/{what}"
