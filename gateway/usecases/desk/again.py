"""A notice once more, because a person or the issuer asks: nothing paid is ever repeated by itself.

A notice whose fate is UNKNOWN may be sent again by a person here, and perhaps arrives twice. Whoever asks
twice with one token, or reminds within ten minutes, is answered and nothing more is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.domain.delivery import Channel, Effect, Outcome, Purpose
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.participation import turn_of
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord
from gateway.domain.staff import Acting, Permission
from gateway.domain.states import State
from gateway.usecases.circuits.history import standing_of
from gateway.usecases.commands import Reference
from gateway.usecases.desk import staff
from gateway.usecases.desk.reach import open_recipient, own_guid
from gateway.usecases.journal import Happening, Journal
from gateway.usecases.notice_series import CHANNELS, effect_of, queue
from gateway.usecases.ports import Clock, Database, ExternalMark, UnitOfWork, Wake
from gateway.usecases.visit import Visit

SAME_REMINDER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class ResendNotice:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake

    def __call__(self, acting: Acting, guid: str, position: int, token: str) -> bool:
        """Queue another notice to the same contact; False when this token did it before.

        `token` is the form's: what a browser sends twice costs once. Raises GatewayError: ACCESS_DENIED,
        NOT_FOUND, CLOSED, RECIPIENT_NOT_FOUND, RECIPIENT_DECIDED; STEP_OUT_OF_ORDER before their turn.
        """
        staff.demand(acting, Permission.ACT)
        with self.database.write() as uow:
            here = open_recipient(uow, guid, position, self.clock)
            if not uow.desk_requests.first(f"resend:{guid}:{token}", guid, "notice-resent", here.at):
                return False
            again(uow, self.journal, here, "NOTICE_AGAIN", staff.told(acting))
            staff.audit(uow, acting, "notice-resent", f"{guid}:{position + 1}")
            uow.commit()
        self.wake()
        return True


@dataclass(frozen=True, slots=True)
class Remind:
    database: Database
    journal: Journal
    clock: Clock
    wake: Wake
    mark: ExternalMark
    served: frozenset[Channel] = frozenset(Channel)

    def __call__(
        self, issuer: Issuer, reference: Reference, position: int | None, channel: Channel | None
    ) -> Sequence[int]:
        """Remind one recipient, or everybody whose turn it is; the positions of those who are reminded.

        Raises GatewayError: NOT_FOUND, PURGED, CLOSED, RECIPIENT_NOT_FOUND, RECIPIENT_DECIDED,
        STEP_OUT_OF_ORDER before the first notice, CHANNEL_UNREACHABLE for a channel that cannot, or may
        not, reach the recipient, or by which the service tells nothing.
        """
        with self.database.write() as uow:
            guid = own_guid(uow, self.mark, issuer, reference)
            chosen = [position] if position is not None else _due(uow, guid)
            if not chosen:
                raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
            for each in chosen:
                here = open_recipient(uow, guid, each, self.clock)
                if channel is not None:
                    self._demand(uow, here, channel)
                if not _just_told(here.recipient, uow.effects.of(guid), here):
                    told = (("channel", channel.value),) if channel else ()
                    again(uow, self.journal, here, "REMINDER_ASKED", told, channel)
            uow.commit()
        self.wake()
        return chosen

    def _demand(self, uow: UnitOfWork, here: Visit, channel: Channel) -> None:
        """Raises CHANNEL_UNREACHABLE, with the reason."""
        own = channel in CHANNELS[here.recipient.asked.notice_method]
        if not own and not here.record.profile.told:
            raise GatewayError(ErrorKind.CHANNEL_UNREACHABLE, "this service tells by one channel only")
        for each, why in standing_of(uow, here.record, here.recipient, self.served).barred:
            if each is channel:
                raise GatewayError(ErrorKind.CHANNEL_UNREACHABLE, why.text.en)


def again(
    uow: UnitOfWork,
    journal: Journal,
    here: Visit,
    kind: str,
    details: tuple[tuple[str, str], ...],
    channel: Channel | None = None,
) -> None:
    """Another series of the same notice, by the same link, and by one channel if that is named.

    Raises STEP_OUT_OF_ORDER before their turn, and RECIPIENT_DECIDED for who acknowledged already, and is
    asked for nothing more.
    """
    if here.recipient.acknowledged_at is not None:
        raise GatewayError(ErrorKind.RECIPIENT_DECIDED)
    here = here.after(uow, replace(here.recipient, series=here.recipient.series + 1))
    if not queue(uow, here.record, here.recipients, here.recipient, here.at, channel):
        raise GatewayError(ErrorKind.STEP_OUT_OF_ORDER)
    journal.noted(uow, here.record, kind, Happening(here.at, here.recipient.position, details=details))


def _due(uow: UnitOfWork, guid: str) -> list[int]:
    """Whose turn it is, once the notices have been queued."""
    recipients, record = uow.recipients.of(guid), uow.transactions.get(guid)
    if record is None or record.state < State.SEALED:
        return []
    turn = turn_of(recipients)
    waited_for = (each for each in recipients if not each.state.terminal and each.acknowledged_at is None)
    return [each.position for each in waited_for if each.asked.order <= turn]


def _just_told(recipient: RecipientRecord, effects: Sequence[Effect], here: Visit) -> bool:
    """Whether their last notice is still on its way, or left within the last minutes."""
    series = [f"{effect_of(recipient, channel)}." for channel in Channel]
    last = [each for each in effects if each.purpose is Purpose.NOTICE and each.id.startswith(tuple(series))]
    if not last:
        return True
    on_its_way = last[-1].outcome is Outcome.NOT_SENT or any(each.outcome is None for each in last)
    return on_its_way or any(each.intended_at > here.at - SAME_REMINDER for each in last)
