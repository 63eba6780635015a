"""Counts wrong tries before they are made, and makes whoever goes on trying wait: longer each time.

Nobody is locked out by a stranger: a browser in which somebody has signed in before is counted by itself, so
that tries from elsewhere never pause it (OWASP: device cookies). Decision 0030.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.domain.accounts import FORGET_AFTER, FREE_OF_ADDRESS, Account, SignInRules
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Clock, Database


@dataclass(frozen=True, slots=True)
class Caller:
    """Whence a try comes: the client's address, and the browser if `device_of` (a person's id) has signed in
    there before."""

    address: str = ""
    device: str = ""
    device_of: str = ""


def names(login: str, account: Account | None, caller: Caller, rules: SignInRules) -> dict[str, int]:
    """What a try with a password is counted under, and how many of each are free."""
    known = account is not None and caller.device and caller.device_of == account.person.id
    mine = f"device/{caller.device}" if known else f"login/{login.casefold()}"
    return {mine: rules.attempts} | ({address(caller): FREE_OF_ADDRESS} if caller.address else {})


def address(caller: Caller) -> str:
    return f"address/{caller.address}"


@dataclass(frozen=True, slots=True)
class Tries:
    database: Database
    clock: Clock
    rules: SignInRules

    def take(self, counted: Mapping[str, int], person: str = "") -> None:
        """Count one try. Raises GatewayError(TOO_MANY_ATTEMPTS) while one of the names is paused.

        The first pause of a known person is in the audit log.
        """
        now = self.clock.now()
        with self.database.write() as uow:
            for name, free in counted.items():
                failures = uow.pauses.take(name, now, now - FORGET_AFTER)
                if not failures:
                    raise GatewayError(ErrorKind.TOO_MANY_ATTEMPTS)
                pause = self.rules.pause(failures, free)
                if pause:
                    uow.pauses.pause(name, now + pause)
                if failures == free and person:
                    uow.audit.append("staff-sign-in-paused", person, what=name.partition("/")[0])
            uow.commit()
