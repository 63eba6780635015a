"""State 6: the recipient opens the link and identifies themself. The link alone shows nothing personal.

Link, identifier and code are three different things: whoever merely holds the link gets no further than here.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass, field, replace
from datetime import timedelta

from gateway.domain.errors import ErrorKind, GatewayError, Text
from gateway.domain.parties import IdentityType
from gateway.domain.record import RecipientRecord
from gateway.domain.results import RecipientState
from gateway.domain.states import Event
from gateway.usecases.captcha import Captcha
from gateway.usecases.commands import Arrival, Session
from gateway.usecases.door_limits import DoorPolicy, Tried, counted, demand, failed
from gateway.usecases.door_sessions import open_session
from gateway.usecases.facts import issuer_of
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.ports import Clock, Codes, Database, UnitOfWork
from gateway.usecases.results import LinkView
from gateway.usecases.visit import Visit, visit

FAILURES_BEFORE_PAUSE = 5
PAUSE = timedelta(minutes=15)

LABELS: dict[IdentityType, Text] = {
    IdentityType.DNI: Text("National identity number (DNI)", "DNI"),
    IdentityType.NIE: Text("Foreigner identity number (NIE)", "NIE"),
    IdentityType.NIF: Text("Tax number (NIF)", "NIF"),
    IdentityType.CIF: Text("Company tax number (CIF)", "CIF"),
    IdentityType.PASSPORT: Text("Passport number", "Número de pasaporte"),
    IdentityType.PAYROLL: Text("Payroll number", "Número de nómina"),
    IdentityType.MOBILE: Text("Mobile phone number", "Número de teléfono móvil"),
    IdentityType.OTHER: Text("Identifier agreed with the sender", "Identificador acordado con el remitente"),
}


@dataclass(frozen=True, slots=True)
class Access:
    database: Database
    codes: Codes
    journal: Journal
    clock: Clock
    policy: DoorPolicy = field(default_factory=DoorPolicy)
    captcha: Captcha | None = None

    def open_link(self, token: str) -> LinkView:
        """What the link alone shows; changes nothing, so that a preview robot's visit proves nothing.

        Raises GatewayError(ACCESS_DENIED) for an unknown link and CLOSED from state 10 on.
        """
        with self.database.read() as uow:
            here = self._by_link(uow, token, lock=False)
            issuer = issuer_of(uow, here.record.issuer)
        identifier = here.recipient.asked.identifier
        return LinkView(
            issuer_name=issuer.name,
            issuer_contact=issuer.reachable_at,
            language=here.record.language,
            identifier_label=LABELS[identifier.type if identifier else IdentityType.OTHER],
            locked_until=here.recipient.locked_until,
            test=here.record.sandbox,
        )

    def identify(self, token: str, value: str, arrival: Arrival | None = None) -> Session:
        """Let the recipient in by their identifier. Raises GatewayError: IDENTIFIER_MISMATCH,
        TOO_MANY_ATTEMPTS during a pause after too many wrong ones, CAPTCHA_WRONG, ACCESS_DENIED, CLOSED."""
        arrival = arrival or Arrival()
        with self.database.write() as uow:
            try:
                here = self._by_link(uow, token, lock=True)
            except GatewayError as error:
                if error.kind is ErrorKind.ACCESS_DENIED:
                    self._no_such_link(uow, value, arrival)
                raise
            tried = Tried(counted(uow, here.recipient), _canonical(value).decode(), arrival.address)
            recipient = here.recipient
            if recipient.locked_until and here.at < recipient.locked_until:
                raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
            right = matches(recipient, value)
            # Whoever gives the right identifier guesses nobody else's: a stranger who types it at links of
            # their own, as often as they like, keeps nobody from a deadline.
            demand(uow, self.policy, replace(tried, identifier="") if right else tried, here.at)
            if self.captcha:
                self.captcha.demand(uow, token, tried.guid, arrival)
            session = None
            if right:
                session = self._let_in(uow, here, arrival)
            else:
                self._count_failure(uow, here)
                failed(uow, self.policy, tried, here.at)
            uow.commit()
        if session is None:
            raise GatewayError(ErrorKind.IDENTIFIER_MISMATCH)
        return session

    def _no_such_link(self, uow: UnitOfWork, value: str, arrival: Arrival) -> None:
        """A guessed link costs the address that guesses, and as much time as a wrong identifier."""
        matches(None, value)
        tried, now = Tried(address=arrival.address), self.clock.now()
        failed(uow, self.policy, tried, now)
        uow.commit()

    def _by_link(self, uow: UnitOfWork, token: str, *, lock: bool) -> Visit:
        found = uow.recipients.by_link(self.codes.token_digest(token))
        if found is None:
            raise GatewayError(ErrorKind.ACCESS_DENIED)
        return visit(uow, found.guid, found.position, self.clock, lock=lock)

    def _let_in(self, uow: UnitOfWork, here: Visit, arrival: Arrival) -> Session:
        recipient = here.recipient
        session, told = open_session(uow, here, arrival)
        what = Happening(here.at, recipient.position, details=(*_identifier_details(recipient), *told))
        changed = replace(recipient, failures=0, locked_until=None)
        if recipient.state in {RecipientState.PENDING, RecipientState.NOTIFIED}:
            here.after(uow, replace(changed, state=RecipientState.ACCESSED))
            self.journal.moved(uow, here.record, Event.ACCESSED, what)
        else:
            here.after(uow, changed)
            self.journal.noted(uow, here.record, "ACCESSED_AGAIN", what)
        return session

    def _count_failure(self, uow: UnitOfWork, here: Visit) -> None:
        failures = here.recipient.failures + 1
        paused = failures >= FAILURES_BEFORE_PAUSE
        changed = replace(
            here.recipient,
            failures=0 if paused else failures,
            locked_until=here.at + PAUSE if paused else None,
        )
        here.after(uow, changed)
        what = Happening(here.at, changed.position, details=(("failures", str(failures)),))
        self.journal.noted(uow, here.record, "IDENTIFIER_WRONG", what)


def _identifier_details(recipient: RecipientRecord) -> tuple[tuple[str, str], ...]:
    identifier = recipient.asked.identifier
    return (("identified_by", identifier.type.value),) if identifier else ()


def matches(recipient: RecipientRecord | None, value: str) -> bool:
    """Whether the value is theirs, by digests in constant time: nothing of theirs shows, nor its length."""
    identifier = recipient.asked.identifier if recipient else None
    expected = _canonical(identifier.value) if identifier else b""
    digests = [hashlib.sha256(each).digest() for each in (expected, _canonical(value))]
    return hmac.compare_digest(*digests) and bool(expected)


def _canonical(value: str) -> bytes:
    """Letters and digits only, capitals: people type identifiers with spaces, dots and hyphens."""
    folded = unicodedata.normalize("NFKC", value).upper()
    return "".join(character for character in folded if character.isalnum()).encode()
