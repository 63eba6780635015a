"""What the account pages call, as the bootstrap provides it. `files` are those that two persons approve."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.domain.approval import Change
from gateway.usecases.accounts.own import OwnAccount
from gateway.usecases.accounts.people import People
from gateway.usecases.accounts.sessions import Sessions
from gateway.usecases.accounts.sign_in import SignIn
from gateway.usecases.approvals import Approvals, Content
from gateway.usecases.ports.accounts import IdentityProvider, SecondFactor


@dataclass(frozen=True, slots=True)
class AccountUseCases:
    sign_in: SignIn
    sessions: Sessions
    own: OwnAccount
    people: People
    factor: SecondFactor
    approvals: Approvals
    provider: IdentityProvider | None
    provider_name: str
    files: Callable[[], Mapping[Change, Content]]
