"""The recipients' door, from settings to use cases: identification, sessions and limits."""

from dataclasses import dataclass
from functools import partial

from gateway.adapters.captcha.challenges import SelfHostedCaptchas
from gateway.adapters.crypto.jws import signed_claims
from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.access import Access
from gateway.usecases.access_url import UseAccessUrl
from gateway.usecases.captcha import Captcha
from gateway.usecases.door_limits import DoorPolicy
from gateway.usecases.door_sessions import KeepSession
from gateway.usecases.journal import Journal
from gateway.usecases.ports import Wake
from gateway.usecases.return_status import ReturnStatus
from gateway.usecases.stranger import ReportStranger


@dataclass(frozen=True, slots=True)
class RecipientsDoor:
    """What stands before everything that an identified recipient may do."""

    access: Access
    captcha: Captcha
    stranger: ReportStranger
    use_access_url: UseAccessUrl
    return_status: ReturnStatus
    keep_session: KeepSession


def recipients_door(settings: Settings, tech: Technology, journal: Journal, wake: Wake) -> RecipientsDoor:
    database, codes, clock, policy = tech.database, tech.codes, tech.clock, door_policy(settings)
    captcha = Captcha(database, codes, SelfHostedCaptchas(codes.subkey("captcha")), policy, clock)
    return RecipientsDoor(
        access=Access(database, codes, journal, clock, policy, captcha),
        captcha=captcha,
        stranger=ReportStranger(database, codes, journal, policy, clock, wake),
        use_access_url=UseAccessUrl(database, codes, journal, clock),
        return_status=ReturnStatus(
            database, partial(signed_claims, tech.signer), clock, settings.gateway.base_url
        ),
        keep_session=KeepSession(database, clock),
    )


def door_policy(settings: Settings) -> DoorPolicy:
    door = settings.door
    return DoorPolicy(
        per_transaction=door.per_transaction,
        per_identifier=door.per_identifier,
        per_address=door.per_address,
        window=door.window,
        pause=door.pause,
        captcha_after=door.captcha_after,
    )
