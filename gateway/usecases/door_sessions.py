"""Sessions at the portal, bound to the device that identified itself.

One recipient has one session: a new identification ends the earlier one, whoever's it was, so that a thief
and the owner never act side by side, and whoever was put out notices it (decision 0041).
"""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from gateway.domain.device_session import DeviceSession, EndedBy
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord
from gateway.usecases.commands import Arrival, Session
from gateway.usecases.ports import Clock, Database, UnitOfWork
from gateway.usecases.visit import Visit, demand_session

SEEN_EVERY = timedelta(minutes=1)


def open_session(
    uow: UnitOfWork, here: Visit, arrival: Arrival
) -> tuple[Session, tuple[tuple[str, str], ...]]:
    """End the earlier sessions and keep the new one; with what the event tells of it.

    Without the digests of a browser there is no session to keep: only use cases call so, never a page.
    """
    recipient = here.recipient
    session = Session(
        recipient.guid,
        recipient.position,
        recipient.link_version,
        arrival.session,
        arrival.device,
    )
    if not arrival.session:
        return session, ()
    earlier = [
        each for each in uow.portal_sessions.of(recipient.guid, recipient.position) if not each.ended_at
    ]
    same = bool(earlier) and all(hmac.compare_digest(each.device, arrival.earlier_device) for each in earlier)
    by = EndedBy.SAME_DEVICE if same else EndedBy.ANOTHER_DEVICE
    ended = uow.portal_sessions.end_all(recipient.guid, recipient.position, by, here.at) if earlier else 0
    uow.portal_sessions.add(_kept(recipient, here, arrival))
    told = (("earlier_session_ended_by", by.value),) if ended else ()
    return session, (*session.audit, *told)


def _kept(recipient: RecipientRecord, here: Visit, arrival: Arrival) -> DeviceSession:
    return DeviceSession(
        session=arrival.session,
        device=arrival.device,
        guid=recipient.guid,
        position=recipient.position,
        link_version=recipient.link_version,
        opened_at=here.at,
        seen_at=here.at,
        agent=arrival.agent,
        embedded=arrival.embedded,
    )


@dataclass(frozen=True, slots=True)
class KeepSession:
    database: Database
    clock: Clock

    def __call__(self, session: Session) -> bool:
        """Whether it lives, on this device; being asked keeps it from idling."""
        now = self.clock.now()
        with self.database.read() as uow:
            try:
                demand_session(uow, session, now)
            except GatewayError as error:
                if error.kind is not ErrorKind.SESSION_ENDED:
                    raise
                return False
            kept = uow.portal_sessions.get(session.id) if session.id else None
        if kept is not None and now - kept.seen_at >= SEEN_EVERY:
            with self.database.write(synced=False) as uow:
                uow.portal_sessions.see(kept, now)
                uow.commit()
        return True
