"""Signing in: by login and password or by the identity provider, then by the second factor.

Whoever is refused learns nothing but that: not whether the login is known, nor which part was wrong.
"""

from dataclasses import dataclass

from gateway.domain.accounts import Account, Step, Way
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.accounts.factors import Factors
from gateway.usecases.accounts.sessions import Sessions, Visitor
from gateway.usecases.accounts.tries import Caller, Tries, address, names
from gateway.usecases.ports import Clock, Database, UnitOfWork
from gateway.usecases.ports.accounts import Passwords, Provided, SignInNotes


@dataclass(frozen=True, slots=True)
class SignIn:
    database: Database
    passwords: Passwords
    factors: Factors
    sessions: Sessions
    tries: Tries
    clock: Clock
    note: SignInNotes

    def password(self, login: str, password: str, caller: Caller) -> str:
        """The token of a session, which may still lack something.

        Raises GatewayError: SIGN_IN_REFUSED, TOO_MANY_ATTEMPTS, TEMPORARILY_UNAVAILABLE.
        """
        with self.database.read() as uow:
            account = uow.staff.by_login(login)
        counted = names(login, account, caller, self.tries.rules)
        self._take(counted, account)
        right = self.passwords.check(account.password if account else "", password)
        if account is None or not right:
            raise self._refused("password-refused")
        newer = self.passwords.hash(password) if self.passwords.stale(account.password) else ""
        with self.database.write() as uow:
            now = self._unchanged(uow, account)
            for name in counted:
                if name == address(caller):
                    uow.pauses.give_back(name, self.clock.now())
                else:
                    uow.pauses.succeed(name)
            if newer:
                uow.staff.set_password(account.person.id, account.password, newer, account.must_change)
            token = self.sessions.begin(uow, now, Way.LOGIN, None)
            uow.commit()
        self.note("password")
        return token

    def second_factor(self, token: str, code: str) -> str:
        """The token of the session that follows. `code`: of the application, or a recovery code.

        Raises GatewayError: SIGN_IN_REFUSED, TOO_MANY_ATTEMPTS, STEP_OUT_OF_ORDER.
        """
        visitor = self._lacking(token, Step.SECOND_FACTOR)
        account = visitor.account
        self._take(self.factors.counted(account), account)
        with self.database.write() as uow:
            if not self.factors.proves(uow, account, code):
                raise self._refused("code-refused")
            uow.pauses.succeed(self.factors.name(account))
            following = self.sessions.follow(uow, visitor, account, self.clock.now())
            uow.commit()
        self.note("second-factor")
        return following

    def provided(self, who: Provided) -> str:
        """For whom the identity provider vouches. Raises GatewayError(SIGN_IN_REFUSED): nobody here."""
        with self.database.write() as uow:
            account = uow.staff.by_subject(who.subject)
            if account is None or not account.person.active:
                raise self._refused("provider-refused")
            proven = self.clock.now() if who.strong else None
            token = self.sessions.begin(uow, account, Way.PROVIDER, proven)
            uow.commit()
        self.note("provider")
        return token

    def _lacking(self, token: str, step: Step) -> Visitor:
        visitor = self.sessions.who(token)
        if visitor is None or visitor.step is not step:
            raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
        return visitor

    def _take(self, counted: dict[str, int], account: Account | None) -> None:
        try:
            self.tries.take(counted, account.person.id if account else "")
        except GatewayError:
            self.note("paused")
            raise

    def _unchanged(self, uow: UnitOfWork, account: Account) -> Account:
        """The account as it is now, unless somebody disabled it or changed its password meanwhile."""
        now = uow.staff.get(account.person.id)
        if now is None or not now.person.active or now.password != account.password:
            raise self._refused("password-refused")
        return now

    def _refused(self, outcome: str) -> GatewayError:
        self.note(outcome)
        return GatewayError(ErrorKind.SIGN_IN_REFUSED)
