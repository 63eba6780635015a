"""The book of consents: what a person has consented to with one issuer, and taking it back.

Nobody looks into another issuer's: the issuer is part of every question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.audit import WORD
from gateway.domain.consents import GivenConsent, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Clock, Database


@dataclass(frozen=True, slots=True)
class ConsentBook:
    """`identity` is the value of a legal identity, in any spelling of its letters and digits."""

    database: Database
    clock: Clock

    def list(self, issuer: int, identity: str) -> Sequence[GivenConsent]:
        """Those given to this issuer, the oldest first, with those that were withdrawn since."""
        with self.database.read() as uow:
            return uow.consents.of(issuer, identity)

    def holds(self, issuer: int, identity: str, purpose: Purpose, now: datetime) -> bool:
        """Whether the one given last for this purpose is in force: what a circuit obeys."""
        given = [each for each in self.list(issuer, identity) if each.purpose is purpose]
        past = [each for each in given if each.given_at <= now]
        return bool(past) and past[-1].in_force(now)

    def withdraw(self, issuer: int, identity: str, consent: str, reason: str) -> int:
        """Withdraw every one of that id that is in force, for a reason that is one opaque word; how many.

        The audit log names the transaction in which each was given, and nobody. Raises
        GatewayError(RULE_BROKEN) for a reason that is no word, and when there is none in force.
        """
        if not WORD.fullmatch(reason):
            raise GatewayError(ErrorKind.RULE_BROKEN, "a reason is one opaque word")
        with self.database.write() as uow:
            now = self.clock.now()
            found = [each for each in uow.consents.of(issuer, identity) if each.consent == consent]
            done = [each for each in found if each.withdrawn_at is None and uow.consents.withdraw(each, now)]
            if not done:
                raise GatewayError(ErrorKind.RULE_BROKEN, "there is no such consent in force")
            for each in done:
                place = str(each.position + 1)
                uow.audit.append(
                    "consent-withdrawn", each.guid, consent=each.consent, recipient=place, reason=reason
                )
            uow.commit()
        return len(done)
