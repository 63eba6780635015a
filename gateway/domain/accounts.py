"""Signing in: what is kept of a person to recognise them, their sessions, and what a session still lacks.

Recognising is done elsewhere: no password, code or secret is compared here.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.domain.staff import OF_AN_ISSUER, Person, Role

# Whose sign-in always takes a second factor: everybody who sees more than one issuer's own.
ALWAYS_TWO = frozenset(Role) - OF_AN_ISSUER
SHORTEST, LONGEST = 12, 256
# Tries from one address that cost no pause: whole offices share one.
FREE_OF_ADDRESS = 30
FORGET_AFTER = timedelta(days=1)


class Step(StrEnum):
    """What a session lacks before it is of any use (RENEWAL: of the password); IN: nothing."""

    SECOND_FACTOR = "SECOND_FACTOR"
    RENEWAL = "RENEWAL"
    ENROL = "ENROL"
    IN = "IN"


class Way(StrEnum):
    """How a session began. Values are stored: never rename one."""

    LOGIN = "LOGIN"
    PROVIDER = "PROVIDER"


@dataclass(frozen=True, slots=True)
class Account:
    """A person and how they are recognised.

    `password` is an encoded hash ("": none, they come by the provider); `secret` is the second factor's, in
    force once `enrolled_at`; `last_step` the newest time step that was used (RFC 6238, 5.2).
    """

    person: Person
    password: str = field(default="", repr=False)
    must_change: bool = False
    secret: bytes | None = field(default=None, repr=False)
    enrolled_at: datetime | None = None
    last_step: int = 0
    provided: bool = False

    @property
    def enrolled(self) -> bool:
        return self.secret is not None and self.enrolled_at is not None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """`id` is the mark of the token that the browser holds; `proven_at` when a factor beyond the first was
    last proven in it (or, for who has none, the password), None: never."""

    id: str
    person: str
    way: Way
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    proven_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SignInRules:
    """`idle` and `life` of sessions, `pending` of one that is not complete, `fresh` for dangerous actions;
    `attempts` that cost no pause, `longest_pause` that one can cost."""

    idle: timedelta = timedelta(minutes=30)
    life: timedelta = timedelta(hours=10)
    pending: timedelta = timedelta(minutes=10)
    fresh: timedelta = timedelta(minutes=10)
    attempts: int = 5
    longest_pause: timedelta = timedelta(minutes=15)
    sender_two_factors: bool = True

    def two_factors(self, role: Role) -> bool:
        return role in ALWAYS_TWO or self.sender_two_factors

    def pause(self, failures: int, free: int) -> timedelta:
        """After so many failures: nothing while they are free, then 2 s doubled each time."""
        if failures < free:
            return timedelta()
        return min(timedelta(seconds=2 ** min(failures - free + 1, 20)), self.longest_pause)


def step(account: Account, session: StaffSession, rules: SignInRules) -> Step:
    """What the session lacks. Whoever has enrolled a second factor is asked for it in every session."""
    if account.enrolled and session.proven_at is None:
        return Step.SECOND_FACTOR
    if account.must_change and session.way is Way.LOGIN:
        return Step.RENEWAL
    proven_elsewhere = session.way is Way.PROVIDER and session.proven_at is not None
    if rules.two_factors(account.person.role) and not account.enrolled and not proven_elsewhere:
        return Step.ENROL
    return Step.IN


def password_flaw(password: str, login: str) -> str:
    """Which rule a new password breaks: `short`, `long`, `login`, `plain`; "": none.

    Length counts, and no rule of composition (NIST SP 800-63B, 5.1.1.2).
    """
    if len(password) < SHORTEST:
        return "short"
    if len(password) > LONGEST:
        return "long"
    # The login counts for nothing, wherever it stands.
    if login and len(password.casefold().replace(login.casefold(), "")) < SHORTEST:
        return "login"
    # What is one mark, or one short word again and again, is guessed first of all.
    return "plain" if len({*password.casefold()}) < 5 else ""


def subject_of(provider: str, subject: str) -> str:
    """Who somebody is at an identity provider: a `sub` means nothing without its `iss`."""
    return f"{provider}\n{subject}"
