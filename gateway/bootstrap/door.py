"""The recipients' door, from settings to use cases: identification, sessions and limits."""

from dataclasses import dataclass

from gateway.bootstrap.technology import Technology
from gateway.settings import Settings
from gateway.usecases.access import Access
from gateway.usecases.door_limits import DoorPolicy
from gateway.usecases.door_sessions import KeepSession
from gateway.usecases.journal import Journal


@dataclass(frozen=True, slots=True)
class RecipientsDoor:
    """What stands before everything that an identified recipient may do."""

    access: Access
    keep_session: KeepSession


def recipients_door(settings: Settings, tech: Technology, journal: Journal) -> RecipientsDoor:
    database, clock = tech.database, tech.clock
    return RecipientsDoor(
        access=Access(database, tech.codes, journal, clock, door_policy(settings)),
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
