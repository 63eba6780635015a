"""What signing in needs: rows of people, sessions, codes, pauses and approvals; passwords and second factors.

Stores take tokens, codes and addresses as they are and keep keyed hashes of them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.accounts import Account, StaffSession
from gateway.domain.approval import Approval, ApprovalState, Change
from gateway.domain.record import DataKey
from gateway.domain.staff import Role


class Staff(Protocol):
    """Everybody who may sign in. Changes tell whether they changed anything."""

    def add(self, account: Account, at: datetime) -> bool:
        """False when the login is taken. The person's data key is there already (`owner_of`)."""

    def get(self, person: str) -> Account | None: ...
    def by_login(self, login: str) -> Account | None: ...
    def by_subject(self, subject: str) -> Account | None: ...
    def all(self) -> Sequence[Account]: ...
    def set_password(self, person: str, before: str, after: str, must_change: bool) -> bool:
        """Compare-and-set of the encoded hash."""

    def set_secret(self, person: str, secret: bytes | None) -> bool:
        """A new second factor, not in force yet; None: none any more."""

    def enrol(self, person: str, at: datetime, step: int) -> bool:
        """Put the secret in force by its first code. False when one is in force already."""

    def use_step(self, person: str, step: int) -> bool:
        """Compare-and-set: False unless the step is newer than every one that was used (RFC 6238, 5.2)."""

    def set_role(self, person: str, role: Role, issuer: int | None) -> bool: ...
    def set_active(self, person: str, active: bool) -> bool: ...
    def set_language(self, person: str, language: str) -> bool: ...
    def set_subject(self, person: str, subject: str) -> bool:
        """Who they are at the identity provider; "": nobody. False when another person is that."""


class StaffSessions(Protocol):
    def add(self, token: str, session: StaffSession) -> None:
        """`session.id` is ignored: it becomes the token's mark."""

    def get(self, token: str) -> StaffSession | None: ...
    def of(self, person: str) -> Sequence[StaffSession]:
        """Newest first."""

    def see(self, session: StaffSession, at: datetime) -> bool: ...
    def end(self, session: str) -> bool: ...
    def end_all(self, person: str, but: str = "") -> int: ...
    def end_old(self, now: datetime, idle_since: datetime) -> int: ...


class StaffCodes(Protocol):
    """Recovery codes, each good once."""

    def replace(self, person: str, codes: Iterable[str]) -> None: ...
    def use(self, person: str, code: str) -> bool: ...
    def left(self, person: str) -> int: ...


class Pauses(Protocol):
    """Wrong tries by what they were made with: a login, an address, a browser."""

    def take(self, name: str, now: datetime, forget_before: datetime) -> int:
        """Count a try as failed before it is made, so that many at once are many; how many there are now.
        0: it is paused, and nothing was counted."""

    def pause(self, name: str, until: datetime) -> None: ...
    def until(self, name: str) -> datetime | None: ...
    def failures(self, name: str, since: datetime) -> int:
        """How many are counted, 0 when the last one is older than `since`."""

    def succeed(self, name: str) -> None:
        """Forget all its tries."""

    def give_back(self, name: str, now: datetime) -> None:
        """Uncount one try."""

    def forget(self, before: datetime) -> int: ...


class Approvals(Protocol):
    def add(self, approval: Approval) -> None: ...
    def get(self, approval: str) -> Approval | None: ...
    def newest(self, limit: int) -> Sequence[Approval]: ...
    def of(self, change: Change, state: ApprovalState) -> Sequence[Approval]:
        """The newest decision first."""

    def decide(self, approval: str, state: ApprovalState, by: str, at: datetime) -> bool:
        """Compare-and-set from REQUESTED."""

    def carry_out(self, approval: str, at: datetime) -> bool:
        """Compare-and-set from APPROVED to DONE."""


class PersonKeys(Protocol):
    def new_key(self) -> DataKey:
        """For the personal columns of one more person."""


class Passwords(Protocol):
    """Password hashes; what is slow on purpose is bounded: so many at once, no more memory than that."""

    def hash(self, password: str) -> str: ...
    def check(self, encoded: str, password: str) -> bool:
        """Takes as long whether there is a hash or ("") none.

        Raises GatewayError(TEMPORARILY_UNAVAILABLE) when too many wait.
        """

    def stale(self, encoded: str) -> bool:
        """Whether it was made with other parameters than today's."""


class SecondFactor(Protocol):
    """Time-based one-time passwords (RFC 6238)."""

    def new_secret(self) -> bytes: ...
    def step(self, secret: bytes, code: str, at: datetime) -> int | None:
        """Which time step, the present one or its neighbours, the code is of."""

    def address(self, secret: bytes, login: str) -> str:
        """`otpauth:` URI for the person's application."""

    def picture(self, text: str) -> bytes:
        """A QR code (SVG)."""


@dataclass(frozen=True, slots=True)
class Provided:
    """Who the identity provider says that it is. `strong`: it asked for what counts as a second factor."""

    subject: str
    strong: bool


@dataclass(frozen=True, slots=True)
class Leaving:
    """Where the browser is sent, and what must come back with it."""

    url: str
    kept: Mapping[str, str]


class IdentityProvider(Protocol):
    """OpenID Connect: authorization code with PKCE."""

    def leave(self) -> Leaving:
        """Raises GatewayError TEMPORARILY_UNAVAILABLE."""

    def come_back(self, answer: Mapping[str, str], kept: Mapping[str, str]) -> Provided:
        """Raises GatewayError PROVIDER_REFUSED, or TEMPORARILY_UNAVAILABLE."""


class SignInNotes(Protocol):
    """What operators watch: outcomes only, never whose."""

    def __call__(self, outcome: str) -> None: ...
