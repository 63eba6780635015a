"""OnClick: whoever wants to accept what is published becomes a recipient, and goes on at a link of their own.

What they say of themselves is only said; the code that their telephone gets proves that it is theirs.
"""

from dataclasses import dataclass

from gateway.domain.catalogue import Act
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.parties import Identity, IdentityType, NoticeMethod, PartyKind, Recipient
from gateway.domain.publication import VisitKind, phone_number
from gateway.domain.record import RecipientRecord, TransactionRecord
from gateway.domain.wording import keepable
from gateway.usecases.attempts import Attempts
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork
from gateway.usecases.publications.view import Onlooker, keep, public

LONGEST, SHORTEST_IDENTIFIER = 100, 5
MOST_OF_A_PHONE, MOST_RECIPIENTS = 3, 5000


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says of themselves, as they typed it."""

    name: str
    surname: str
    identifier: str
    phone: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class JoinPublication:
    database: Database
    codes: Codes
    journal: Journal
    clock: Clock
    attempts: Attempts

    def __call__(self, guid: str, told: Told, who: Onlooker) -> str:
        """The token of their access link. Raises GatewayError: PUBLICATION_NOT_FOUND, CLOSED,
        JOINING_INCOMPLETE and TOO_MANY_ATTEMPTS."""
        person = _recipient(told)
        self.attempts.check(who.address, guid, self.clock.now())
        with self.database.write() as uow:
            record, _ = public(uow, guid, self.clock.now())
            if record.profile.act is not Act.ACCEPT:
                raise GatewayError(ErrorKind.PUBLICATION_NOT_FOUND)
            locked = uow.transactions.lock(guid)
            if locked is None or locked.state.closed_to_access:
                raise GatewayError(ErrorKind.CLOSED)
            token = self._join(uow, locked, person, who)
            uow.commit()
        self.attempts.failed(who.address, guid, self.clock.now())
        return token

    def _join(self, uow: UnitOfWork, record: TransactionRecord, person: Recipient, who: Onlooker) -> str:
        others = uow.recipients.of(record.guid)
        same = sum(each.asked.phone == person.phone for each in others)
        if same >= MOST_OF_A_PHONE or len(others) >= MOST_RECIPIENTS:
            raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
        position, now = len(others), self.clock.now()
        token = self.codes.link_token(record.guid, position, 0)
        method = record.asked.method_for(person, record.default_sign_method)
        link = self.codes.token_digest(token)
        uow.recipients.add([RecipientRecord(record.guid, position, person, method, link_digest=link)])
        self.journal.noted(uow, record, "JOINED", Happening(now, position))
        keep(uow, record.guid, VisitKind.JOINED, now, who)
        return token


def _recipient(told: Told) -> Recipient:
    name, surname, email = (keepable(each, LONGEST) for each in (told.name, told.surname, told.email))
    identifier = "".join(mark for mark in keepable(told.identifier, LONGEST).upper() if mark.isalnum())
    phone = phone_number(told.phone)
    if not name or not surname or len(identifier) < SHORTEST_IDENTIFIER or not phone:
        raise GatewayError(ErrorKind.JOINING_INCOMPLETE)
    return Recipient(
        kind=PartyKind.PERSON,
        name=name,
        surname=surname,
        identity=Identity(IdentityType.OTHER, identifier),
        email=email,
        phone=phone,
        notice_method=NoticeMethod.WEB,
    )
