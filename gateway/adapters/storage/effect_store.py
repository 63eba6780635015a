"""What was done outside the database: an intent row first, its result once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import effects
from gateway.domain.delivery import Channel, Effect, Outcome, Purpose, Receipt

T = effects.c
ADD = InsertOnce(effects, ("id",))
GET = select(effects).where(T.id == bindparam("effect"))
OF = select(effects).where(T.guid == bindparam("guid")).order_by(T.intended_at, T.ordinal)
FINISH = (
    update(effects)
    .where(and_(T.id == bindparam("effect"), T.outcome.is_(None)))
    .values(
        outcome=bindparam("came"),
        finished_at=bindparam("came_at"),
        reference=bindparam("its_reference"),
        detail=bindparam("its_detail"),
    )
)


class EffectStore:
    def __init__(self, session: Session) -> None:
        self._session = session

    def intend(self, effect: Effect) -> bool:
        return self._session.add_once(ADD, _row(effect))

    def get(self, effect_id: str) -> Effect | None:
        row = self._session.first(GET, {"effect": effect_id})
        return None if row is None else _effect(row)

    def of(self, guid: str) -> Sequence[Effect]:
        """Oldest intent first."""
        return [_effect(row) for row in self._session.rows(OF, {"guid": guid})]

    def finish(self, effect_id: str, receipt: Receipt) -> bool:
        """A relay's words are cut to what the columns hold."""
        result = {
            "effect": effect_id,
            "came": receipt.outcome.value,
            "came_at": receipt.at,
            "its_reference": receipt.reference[:400],
            "its_detail": receipt.detail[:1000],
        }
        return self._session.changed(FINISH, result) == 1


def _row(effect: Effect) -> dict[str, Any]:
    return {
        "id": effect.id,
        "guid": effect.guid,
        "position": effect.position,
        "channel": effect.channel.value,
        "purpose": effect.purpose.value,
        "address": effect.address,
        "intended_at": effect.intended_at,
        "outcome": effect.outcome and effect.outcome.value,
        "finished_at": effect.finished_at,
        "reference": effect.reference[:400],
        "detail": effect.detail[:1000],
    }


def _effect(row: Any) -> Effect:
    return Effect(
        id=row.id,
        guid=row.guid,
        position=row.position,
        channel=Channel(row.channel),
        purpose=Purpose(row.purpose),
        address=row.address,
        intended_at=row.intended_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        finished_at=row.finished_at,
        reference=row.reference,
        detail=row.detail,
    )
