"""What signing in is built of, the gate that other rooms of staff are given, and the account pages' door."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gateway.adapters.crypto.passwords import Argon2Passwords
from gateway.adapters.crypto.totp import TimeCodes
from gateway.adapters.storage.unit_of_work import SqlDatabase
from gateway.adapters.telemetry import logs
from gateway.bootstrap.approved import approvals, contents
from gateway.bootstrap.technology import Technology
from gateway.domain.accounts import SignInRules
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.entrypoints.web.accounts.app import account_app
from gateway.entrypoints.web.accounts.gate import SessionGate
from gateway.entrypoints.web.accounts.use_cases import AccountUseCases
from gateway.entrypoints.web.csrf import FormTokens
from gateway.settings import Settings, read_secret
from gateway.usecases.accounts.factors import Factors
from gateway.usecases.accounts.own import OwnAccount
from gateway.usecases.accounts.people import People
from gateway.usecases.accounts.sessions import Sessions
from gateway.usecases.accounts.sign_in import SignIn
from gateway.usecases.accounts.tries import Tries
from gateway.usecases.ports import Clock
from gateway.usecases.ports.accounts import IdentityProvider, PersonKeys, SignInNotes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass(frozen=True, slots=True)
class Means:
    """What signing in runs on; the command line has it without the sealing technology."""

    database: SqlDatabase
    clock: Clock
    keys: PersonKeys
    note: SignInNotes


def of_technology(settings: Settings, tech: Technology) -> AccountUseCases:
    return use_cases(settings, Means(tech.database, tech.clock, tech.keks, tech.metrics.signed_in))


def use_cases(settings: Settings, means: Means) -> AccountUseCases:
    database, clock, rules = means.database, means.clock, _rules(settings)
    passwords, codes = Argon2Passwords(), TimeCodes(settings.gateway.operator)
    factors, tries = Factors(codes, clock, rules), Tries(database, clock, rules)
    sessions = Sessions(database, clock, rules)
    return AccountUseCases(
        sign_in=SignIn(database, passwords, factors, sessions, tries, clock, means.note),
        sessions=sessions,
        own=OwnAccount(database, passwords, factors, sessions, tries, clock),
        people=People(database, means.keys, passwords, clock, settings.oidc.issuer),
        factor=codes,
        approvals=approvals(settings, database, clock),
        provider=identity_provider(settings, clock),
        provider_name=settings.oidc.name or urlsplit(settings.oidc.issuer).hostname or "",
        files=lambda: contents(settings),
    )


def gate(settings: Settings, accounts: AccountUseCases, session_key: bytes) -> SessionGate:
    """The port `Gate`, for every room of staff and senders: one sign-in serves them all."""
    secure = settings.http.secure_cookies
    return SessionGate(accounts.sessions, FormTokens(session_key), secure=secure)


def door(settings: Settings, accounts: AccountUseCases, session_key: bytes) -> "WSGIApplication":
    """The pages under /account."""
    return account_app(
        accounts,
        gate(settings, accounts, session_key),
        key=session_key,
        secure=settings.http.secure_cookies,
        new_id=logs.REQUEST_ID.get,
    )


def identity_provider(settings: Settings, clock: Clock) -> IdentityProvider | None:
    """The library of tokens is an extra, so it is only looked for where a provider needs it."""
    oidc = settings.oidc
    if not oidc.issuer:
        return None
    try:
        from gateway.adapters.oidc.provider import OpenIdProvider, Registration
    except ImportError:
        detail = "an identity provider needs the extra `oidc` (pip install fehaciente[oidc])"
        raise GatewayError(ErrorKind.CONFIGURATION, detail) from None
    secret = read_secret(oidc.client_secret_file) if oidc.client_secret_file else ""
    back = f"{settings.gateway.base_url}/account/provider/back"
    ours = Registration(oidc.issuer, oidc.client_id, secret, back, oidc.acr)
    return OpenIdProvider(ours, clock, oidc.timeout.total_seconds())


def _rules(settings: Settings) -> SignInRules:
    staff = settings.staff
    return SignInRules(
        idle=staff.idle,
        life=staff.life,
        fresh=staff.fresh,
        attempts=staff.attempts,
        longest_pause=staff.longest_pause,
        sender_two_factors=staff.sender_second_factor,
    )
