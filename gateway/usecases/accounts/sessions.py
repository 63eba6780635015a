"""Sessions of people who signed in: who a token is of, and how one session follows another.

Tokens are 256 random bits; storage keeps a keyed hash. At every change of what a session may do, a new token
takes the old one's place.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.domain.accounts import Account, SignInRules, StaffSession, Step, Way, step
from gateway.usecases.ports import Clock, Database, UnitOfWork

TOKEN_OCTETS = 32
# Looking is not written down more often than this.
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose session it is, and what it still lacks."""

    account: Account
    session: StaffSession
    step: Step


@dataclass(frozen=True, slots=True)
class Sessions:
    database: Database
    clock: Clock
    rules: SignInRules

    def who(self, token: str) -> Visitor | None:
        """None: no session, or it is over. Being asked keeps it from idling."""
        if not token:
            return None
        now = self.clock.now()
        with self.database.read() as uow:
            session = uow.staff_sessions.get(token)
            if session is None or not self._lives(session, now):
                return None
            account = uow.staff.get(session.person)
        if account is None or not account.person.active:
            return None
        if now - session.seen_at >= SEEN_EVERY:
            with self.database.write(synced=False) as uow:
                uow.staff_sessions.see(session, now)
                uow.commit()
        return Visitor(account, session, step(account, session, self.rules))

    def fresh(self, visitor: Visitor) -> bool:
        """Whether somebody has just proven that it is them."""
        account, session = visitor.account, visitor.session
        proven = session.proven_at
        if proven is None and not account.enrolled:
            proven = session.started_at
        return proven is not None and self.clock.now() - proven < self.rules.fresh

    def of(self, person: str) -> Sequence[StaffSession]:
        """Those that live, newest first."""
        now = self.clock.now()
        with self.database.read() as uow:
            return [session for session in uow.staff_sessions.of(person) if self._lives(session, now)]

    def lock(self, visitor: Visitor) -> str:
        """The same session, whose owner has to prove anew that it is them; its new token."""
        with self.database.write() as uow:
            stale = self.clock.now() - self.rules.fresh
            token = self.follow(uow, visitor, visitor.account, stale)
            uow.commit()
        return token

    def end(self, visitor: Visitor) -> None:
        """Sign out."""
        with self.database.write() as uow:
            uow.staff_sessions.end(visitor.session.id)
            uow.commit()

    def end_one(self, visitor: Visitor, session: str) -> bool:
        """End another session of the same person."""
        with self.database.write() as uow:
            own = any(each.id == session for each in uow.staff_sessions.of(visitor.account.person.id))
            done = own and uow.staff_sessions.end(session)
            uow.commit()
        return done

    def end_others(self, visitor: Visitor) -> int:
        with self.database.write() as uow:
            ended = uow.staff_sessions.end_all(visitor.account.person.id, but=visitor.session.id)
            uow.audit.append("staff-sessions-ended", visitor.account.person.id, by="self")
            uow.commit()
        return ended

    def end_old(self) -> int:
        """Delete sessions that are over, and tries that are forgotten."""
        now = self.clock.now()
        with self.database.write() as uow:
            ended = uow.staff_sessions.end_old(now, now - self.rules.idle)
            uow.pauses.forget(now - timedelta(days=2))
            uow.commit()
        return ended

    def begin(self, uow: UnitOfWork, account: Account, way: Way, proven_at: datetime | None) -> str:
        """A new session within the unit of work; its token. `account` as it is now."""
        now = self.clock.now()
        session = StaffSession("", account.person.id, way, now, now, now, proven_at)
        lacks = step(account, session, self.rules)
        life = self.rules.life if lacks is Step.IN else self.rules.pending
        token = secrets.token_urlsafe(TOKEN_OCTETS)
        uow.staff_sessions.add(
            token, StaffSession("", account.person.id, way, now, now, now + life, proven_at)
        )
        if lacks is Step.IN:
            uow.audit.append("staff-signed-in", account.person.id, way=way.value)
        return token

    def follow(self, uow: UnitOfWork, visitor: Visitor, account: Account, proven_at: datetime | None) -> str:
        """A session in the place of the visitor's, whose token is void from now on."""
        before, now = visitor.session, self.clock.now()
        if visitor.step is not Step.IN:
            uow.staff_sessions.end(before.id)
            return self.begin(uow, account, before.way, proven_at)
        # Its absolute end stays where it was.
        uow.staff_sessions.end(before.id)
        token = secrets.token_urlsafe(TOKEN_OCTETS)
        following = StaffSession(
            "", before.person, before.way, before.started_at, now, before.ends_at, proven_at
        )
        uow.staff_sessions.add(token, following)
        return token

    def _lives(self, session: StaffSession, now: datetime) -> bool:
        return now < session.ends_at and now - session.seen_at < self.rules.idle
