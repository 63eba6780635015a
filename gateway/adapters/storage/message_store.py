"""By which names messages are known, and which messages are kept as they were handed over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import kept_messages, message_parts
from gateway.domain.delivery import Channel
from gateway.domain.reports import KeptMessage, MessagePart

P, K = message_parts.c, kept_messages.c
ADD = InsertOnce(message_parts, ("channel", "reference"))
NAMED = and_(P.channel == bindparam("by"), P.reference == bindparam("name"))
FIND = select(message_parts).where(NAMED)
OF = select(message_parts).where(P.effect == bindparam("which")).order_by(P.part, P.reference)
DELIVERED = (
    update(message_parts)
    .where(and_(NAMED, P.delivered_at.is_(None)))
    .values(delivered_at=bindparam("moment"))
)
KEEP = InsertOnce(kept_messages, ("effect",))
DROP = delete(kept_messages).where(K.effect == bindparam("which"))
KEPT = select(kept_messages).where(K.guid == bindparam("whose")).order_by(K.kept_at, K.effect)


class MessagePartStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, part: MessagePart) -> bool:
        row = {
            "channel": part.channel.value,
            "reference": part.reference,
            "effect": part.effect,
            "guid": part.guid,
            "part": part.part,
            "delivered_at": part.delivered_at,
        }
        return self._session.add_once(ADD, row)

    def find(self, channel: Channel, reference: str) -> MessagePart | None:
        row = self._session.first(FIND, {"by": channel.value, "name": reference})
        return None if row is None else _part(row)

    def of(self, effect: str) -> Sequence[MessagePart]:
        return [_part(row) for row in self._session.rows(OF, {"which": effect})]

    def delivered(self, channel: Channel, reference: str, at: datetime) -> bool:
        named = {"by": channel.value, "name": reference, "moment": at}
        return self._session.changed(DELIVERED, named) == 1


class KeptMessageStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, message: KeptMessage) -> None:
        row = {
            "effect": message.effect,
            "guid": message.guid,
            "position": message.position,
            "sha256": message.sha256,
            "byte_size": message.size,
            "media_type": message.media_type,
            "kept_at": message.at,
        }
        self._session.add_once(KEEP, row)

    def drop(self, effect: str) -> None:
        self._session.changed(DROP, {"which": effect})

    def of(self, guid: str) -> Sequence[KeptMessage]:
        return [_kept(row) for row in self._session.rows(KEPT, {"whose": guid})]


def _part(row: Any) -> MessagePart:
    return MessagePart(Channel(row.channel), row.reference, row.effect, row.guid, row.part, row.delivered_at)


def _kept(row: Any) -> KeptMessage:
    return KeptMessage(
        row.effect, row.guid, row.position, row.sha256, row.byte_size, row.media_type, row.kept_at
    )
