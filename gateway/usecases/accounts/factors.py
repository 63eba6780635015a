"""Second factors: codes by time, each step good once, and recovery codes, each good once."""

import secrets
from dataclasses import dataclass

from gateway.domain.accounts import Account, SignInRules
from gateway.usecases.ports import Clock, UnitOfWork
from gateway.usecases.ports.accounts import SecondFactor

RECOVERY_CODES, RECOVERY_MARKS = 10, 10
# No letter that is taken for another one or for a digit.
MARKS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class Factors:
    codes: SecondFactor
    clock: Clock
    rules: SignInRules

    def name(self, account: Account) -> str:
        """What wrong codes are counted under: apart from passwords, for who comes here knows that."""
        return f"factor/{account.person.id}"

    def counted(self, account: Account) -> dict[str, int]:
        return {self.name(account): self.rules.attempts}

    def proves(self, uow: UnitOfWork, account: Account, code: str) -> bool:
        """Uses the code up, in this unit of work."""
        typed = "".join(mark for mark in code.lower() if mark.isalnum())
        if account.secret is None or not account.enrolled:
            return False
        step = self.codes.step(account.secret, typed, self.clock.now())
        if step is not None:
            return uow.staff.use_step(account.person.id, step)
        if len(typed) == RECOVERY_MARKS and uow.staff_codes.use(account.person.id, typed):
            uow.audit.append("staff-recovery-code-used", account.person.id)
            return True
        return False

    def recovery(self, uow: UnitOfWork, account: Account) -> tuple[str, ...]:
        """New recovery codes in the place of all earlier ones; shown once, kept as keyed hashes."""
        codes = ["".join(secrets.choice(MARKS) for _ in range(RECOVERY_MARKS)) for _ in range(RECOVERY_CODES)]
        uow.staff_codes.replace(account.person.id, codes)
        return tuple(f"{code[:5]}-{code[5:]}" for code in codes)
