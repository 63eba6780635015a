"""One's own account: the password, the second factor, recovery codes, and proving anew that it is oneself."""

from dataclasses import dataclass, replace

from gateway.domain.accounts import Account, Step, password_flaw
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.accounts.factors import Factors
from gateway.usecases.accounts.sessions import Sessions, Visitor
from gateway.usecases.accounts.tries import Tries
from gateway.usecases.ports import Clock, Database
from gateway.usecases.ports.accounts import Passwords


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The session that follows, and recovery codes to be shown once."""

    token: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnAccount:
    database: Database
    passwords: Passwords
    factors: Factors
    sessions: Sessions
    tries: Tries
    clock: Clock

    def change_password(self, visitor: Visitor, present: str, new: str) -> str:
        """The session that follows; all others of the person end.

        `present` is not asked of whoever has just signed in with it and must change it. Raises GatewayError:
        SIGN_IN_REFUSED, PASSWORD_REFUSED (the detail is the rule's word), TOO_MANY_ATTEMPTS.
        """
        account = visitor.account
        if visitor.step not in {Step.RENEWAL, Step.IN}:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        if visitor.step is Step.IN:
            self._must_know(account, present)
        flaw = password_flaw(new, account.person.login)
        if flaw or self.passwords.check(account.password, new):
            raise GatewayError(ErrorKind.PASSWORD_REFUSED, flaw or "same")
        encoded = self.passwords.hash(new)
        with self.database.write() as uow:
            if not uow.staff.set_password(account.person.id, account.password, encoded, False):
                raise GatewayError(ErrorKind.SIGN_IN_REFUSED)
            uow.staff_sessions.end_all(account.person.id, but=visitor.session.id)
            changed = replace(account, password=encoded, must_change=False)
            uow.audit.append("staff-password-changed", account.person.id, by="self")
            token = self.sessions.follow(uow, visitor, changed, visitor.session.proven_at)
            uow.commit()
        return token

    def pending_secret(self, visitor: Visitor) -> bytes:
        """The secret to be enrolled, made when there is none yet; the same one while the page is reloaded.

        Raises GatewayError: STEP_OUT_OF_ORDER, NOT_FRESH."""
        self._may_enrol(visitor)
        account = visitor.account
        if account.secret is not None:
            return account.secret
        secret = self.factors.codes.new_secret()
        with self.database.write() as uow:
            now = uow.staff.get(account.person.id)
            if now is not None and now.secret is not None:
                return now.secret
            uow.staff.set_secret(account.person.id, secret)
            uow.commit()
        return secret

    def enrol(self, visitor: Visitor, code: str) -> Enrolled:
        """Put the pending secret in force by a code of it. Raises GatewayError: SIGN_IN_REFUSED,
        TOO_MANY_ATTEMPTS, STEP_OUT_OF_ORDER, NOT_FRESH."""
        self._may_enrol(visitor)
        account, now = visitor.account, self.clock.now()
        if account.secret is None:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        self.tries.take(self.factors.counted(account), account.person.id)
        step = self.factors.codes.step(account.secret, "".join(code.split()), now)
        with self.database.write() as uow:
            if step is None or not uow.staff.enrol(account.person.id, now, step):
                raise GatewayError(ErrorKind.SIGN_IN_REFUSED)
            uow.pauses.succeed(self.factors.name(account))
            uow.staff_sessions.end_all(account.person.id, but=visitor.session.id)
            codes = self.factors.recovery(uow, account)
            uow.audit.append("staff-second-factor-enrolled", account.person.id)
            token = self.sessions.follow(uow, visitor, replace(account, enrolled_at=now), now)
            uow.commit()
        return Enrolled(token, codes)

    def replace_factor(self, visitor: Visitor) -> None:
        """Give the second factor up for another one. Raises GatewayError(NOT_FRESH)."""
        self.must_be_fresh(visitor)
        account = visitor.account
        with self.database.write() as uow:
            uow.staff.set_secret(account.person.id, self.factors.codes.new_secret())
            uow.staff_codes.replace(account.person.id, ())
            uow.staff_sessions.end_all(account.person.id, but=visitor.session.id)
            uow.audit.append("staff-second-factor-replaced", account.person.id, by="self")
            uow.commit()

    def new_codes(self, visitor: Visitor) -> tuple[str, ...]:
        """Recovery codes in the place of all earlier ones. Raises GatewayError(NOT_FRESH)."""
        self.must_be_fresh(visitor)
        with self.database.write() as uow:
            codes = self.factors.recovery(uow, visitor.account)
            uow.audit.append("staff-recovery-codes-made", visitor.account.person.id)
            uow.commit()
        return codes

    def codes_left(self, visitor: Visitor) -> int:
        with self.database.read() as uow:
            return uow.staff_codes.left(visitor.account.person.id)

    def prove(self, visitor: Visitor, given: str) -> str:
        """Prove anew that it is oneself, by the second factor or, without one, the password; the session that
        follows. Raises GatewayError: SIGN_IN_REFUSED, TOO_MANY_ATTEMPTS."""
        account = visitor.account
        if visitor.step is not Step.IN:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        if not account.enrolled:
            self._must_know(account, given)
        else:
            self.tries.take(self.factors.counted(account), account.person.id)
        with self.database.write() as uow:
            if account.enrolled:
                if not self.factors.proves(uow, account, given):
                    raise GatewayError(ErrorKind.SIGN_IN_REFUSED)
                uow.pauses.succeed(self.factors.name(account))
            token = self.sessions.follow(uow, visitor, account, self.clock.now())
            uow.commit()
        return token

    def set_language(self, visitor: Visitor, language: str) -> None:
        with self.database.write() as uow:
            uow.staff.set_language(visitor.account.person.id, language)
            uow.commit()

    def must_be_fresh(self, visitor: Visitor) -> None:
        if visitor.step is not Step.IN or not self.sessions.fresh(visitor):
            raise GatewayError(ErrorKind.NOT_FRESH)

    def _may_enrol(self, visitor: Visitor) -> None:
        """A first factor proves by itself that it is oneself: whoever is in must have proven it already."""
        if visitor.account.enrolled or visitor.step not in {Step.ENROL, Step.IN}:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        if visitor.step is Step.IN:
            self.must_be_fresh(visitor)

    def _must_know(self, account: Account, password: str) -> None:
        """Raises GatewayError SIGN_IN_REFUSED or TOO_MANY_ATTEMPTS."""
        name = f"own/{account.person.id}"
        self.tries.take({name: self.tries.rules.attempts}, account.person.id)
        if not self.passwords.check(account.password, password):
            raise GatewayError(ErrorKind.SIGN_IN_REFUSED)
        with self.database.write() as uow:
            uow.pauses.succeed(name)
            uow.commit()
