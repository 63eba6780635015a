"""Feedback subscriptions: where an issuer is told, how that address does, and its sealed secrets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, insert, select, update

from gateway.adapters.storage.session import Session
from gateway.adapters.storage.tables import feedback_secrets, feedback_subscriptions
from gateway.domain.feedback import FeedbackKind, SealedSecret, Subscription

T, S = feedback_subscriptions.c, feedback_secrets.c
ADD = insert(feedback_subscriptions)
GET = select(feedback_subscriptions).where(T.id == bindparam("which"))
# Not the key: events are queued meanwhile, and refer to it.
LOCK = GET.with_for_update(key_share=True)
ALL = select(feedback_subscriptions).order_by(T.issuer, T.created_at, T.id)
OF = ALL.where(T.issuer == bindparam("whose"))
LISTENING = (
    select(feedback_subscriptions)
    .where(and_(T.issuer == bindparam("whose"), T.enabled == bindparam("yes")))
    .order_by(T.created_at, T.id)
)
SET_ENABLED = (
    update(feedback_subscriptions)
    .where(and_(T.id == bindparam("which"), T.enabled != bindparam("wanted")))
    .values(enabled=bindparam("wanted"), stopped=bindparam("why"), failures=0, rest_until=None)
)
SERVED = (
    update(feedback_subscriptions).where(T.id == bindparam("which")).values(served_at=bindparam("moment"))
)
REST = (
    update(feedback_subscriptions)
    .where(T.id == bindparam("which"))
    .values(failures=bindparam("times"), rest_until=bindparam("until"))
)
RESTING = select(func.count().label("so_many")).where(
    and_(T.enabled == bindparam("yes"), T.rest_until > bindparam("moment"))
)
ADD_SECRET = insert(feedback_secrets)
SECRETS = select(feedback_secrets).where(S.subscription == bindparam("which")).order_by(S.added_at, S.key_id)
DROP_SECRET = delete(feedback_secrets).where(
    and_(S.subscription == bindparam("which"), S.key_id == bindparam("key"))
)


class SubscriptionStore:
    def __init__(self, session: Session) -> None:
        self._session = session
        self._listening: dict[int, Sequence[Subscription]] = {}

    def add(self, subscription: Subscription) -> None:
        row = {
            "id": subscription.id,
            "issuer": subscription.issuer,
            "kind": subscription.kind.value,
            "address": subscription.address,
            "events": ",".join(subscription.events),
            "pins": ",".join(pin.hex() for pin in subscription.pins),
            "ca": subscription.ca or None,
            "enabled": subscription.enabled,
            "stopped": subscription.stopped,
            "created_at": subscription.created_at,
            "failures": subscription.failures,
            "rest_until": subscription.rest_until,
            "served_at": subscription.created_at,
        }
        self._session.add(ADD, [row])
        self._listening.clear()

    def get(self, subscription: str) -> Subscription | None:
        return _subscription(self._session.first(GET, {"which": subscription}))

    def lock(self, subscription: str) -> Subscription | None:
        return _subscription(self._session.first(LOCK, {"which": subscription}))

    def all(self, issuer: int | None = None) -> Sequence[Subscription]:
        if issuer is None:
            return _several(self._session.rows(ALL))
        return _several(self._session.rows(OF, {"whose": issuer}))

    def listening(self, issuer: int) -> Sequence[Subscription]:
        known = self._listening.get(issuer)
        if known is None:
            known = _several(self._session.rows(LISTENING, {"whose": issuer, "yes": True}))
            self._listening[issuer] = known
        return known

    def set_enabled(self, subscription: str, enabled: bool, stopped: str = "") -> bool:
        self._listening.clear()
        asked = {"which": subscription, "wanted": enabled, "why": stopped}
        return self._session.changed(SET_ENABLED, asked) == 1

    def served(self, subscription: str, now: datetime) -> None:
        self._session.changed(SERVED, {"which": subscription, "moment": now})

    def resting(self, now: datetime) -> int:
        [row] = self._session.rows(RESTING, {"yes": True, "moment": now})
        return int(row.so_many)

    def rest(self, subscription: str, failures: int, until: datetime | None) -> None:
        self._session.changed(REST, {"which": subscription, "times": failures, "until": until})

    def secrets(self, subscription: str) -> Sequence[SealedSecret]:
        rows = self._session.rows(SECRETS, {"which": subscription})
        return [SealedSecret(row.key_id, bytes(row.sealed), row.added_at) for row in rows]

    def add_secret(self, subscription: str, secret: SealedSecret) -> None:
        row = {
            "subscription": subscription,
            "key_id": secret.key_id,
            "sealed": secret.sealed,
            "added_at": secret.added_at,
        }
        self._session.add(ADD_SECRET, [row])

    def drop_secret(self, subscription: str, key_id: str) -> bool:
        return self._session.changed(DROP_SECRET, {"which": subscription, "key": key_id}) == 1


def _several(rows: Sequence[Any]) -> Sequence[Subscription]:
    return [found for found in map(_subscription, rows) if found is not None]


def _subscription(row: Any) -> Subscription | None:
    if row is None:
        return None
    return Subscription(
        id=row.id,
        issuer=row.issuer,
        kind=FeedbackKind(row.kind),
        address=row.address,
        events=tuple(row.events.split(",")),
        created_at=row.created_at,
        pins=tuple(bytes.fromhex(pin) for pin in row.pins.split(",") if pin),
        ca=bytes(row.ca or b""),
        enabled=bool(row.enabled),
        stopped=row.stopped,
        failures=row.failures,
        rest_until=row.rest_until,
    )
