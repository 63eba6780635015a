"""What was done outside the database: an intent row first, its result once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, bindparam, select, update

from gateway.adapters.storage.personal import Personal, PersonalPart, keyed
from gateway.adapters.storage.prepared import InsertOnce
from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import effects
from gateway.domain.delivery import Channel, Effect, Outcome, Purpose, Receipt

T = effects.c
ADD = InsertOnce(effects, ("id",))
GET = keyed(effects, T.guid).where(T.id == bindparam("effect"))
OF = select(effects).where(T.guid == bindparam("guid")).order_by(T.intended_at, T.ordinal)
PART = PersonalPart(
    effects,
    owner="guid",
    place="id",
    emptied={"address": "", "reference": "", "detail": ""},
    clear=lambda row: _told(row.address, row.reference, row.detail),
)
FINISH = (
    update(effects)
    .where(and_(T.id == bindparam("effect"), T.outcome.is_(None)))
    .values(
        outcome=bindparam("came"),
        finished_at=bindparam("came_at"),
        **PART.emptied,
        personal=bindparam("its_personal"),
    )
)


class EffectStore:
    def __init__(self, session: Session, personal: Personal) -> None:
        self._session = session
        self._personal = personal

    def intend(self, effect: Effect) -> bool:
        """Raises GatewayError(KEY_DESTROYED) for an effect of a transaction without data key."""
        value = _told(effect.address, effect.reference, effect.detail)
        return self._session.add_once(ADD, _row(effect) | PART.sealed(self._personal, effect, value))

    def get(self, effect_id: str) -> Effect | None:
        row = self._session.first(GET, {"effect": effect_id})
        return None if row is None else _effect(row, PART.told(self._personal, row, keyed=True))

    def of(self, guid: str) -> Sequence[Effect]:
        """Oldest intent first."""
        rows = self._session.rows(OF, {"guid": guid})
        return [_effect(row, PART.told(self._personal, row)) for row in rows]

    def finish(self, effect_id: str, receipt: Receipt) -> bool:
        """A relay's words are cut to what the columns once held."""
        effect = self.get(effect_id)
        if effect is None or effect.outcome is not None:
            return False
        value = _told(effect.address, receipt.reference, receipt.detail)
        result = {
            "effect": effect_id,
            "came": receipt.outcome.value,
            "came_at": receipt.at,
            "its_personal": PART.sealed(self._personal, effect, value)["personal"],
        }
        return self._session.changed(FINISH, result) == 1


def _told(address: str, reference: str, detail: str) -> dict[str, Any]:
    """What is personal of an effect: where it went, and what the relay said of it."""
    return {"address": address, "reference": reference[:400], "detail": detail[:1000]}


def _row(effect: Effect) -> dict[str, Any]:
    return {
        "id": effect.id,
        "guid": effect.guid,
        "position": effect.position,
        "channel": effect.channel.value,
        "purpose": effect.purpose.value,
        "intended_at": effect.intended_at,
        "outcome": effect.outcome and effect.outcome.value,
        "finished_at": effect.finished_at,
    }


def _effect(row: Any, told: dict[str, Any]) -> Effect:
    return Effect(
        id=row.id,
        guid=row.guid,
        position=row.position,
        channel=Channel(row.channel),
        purpose=Purpose(row.purpose),
        address=told["address"],
        intended_at=row.intended_at,
        outcome=Outcome(row.outcome) if row.outcome else None,
        finished_at=row.finished_at,
        reference=told["reference"],
        detail=told["detail"],
    )
