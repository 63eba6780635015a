"""The registry of feedback subscriptions: made, listed, stopped and started, their secrets rotated, tried.

Addresses are checked here as at every call. A secret is told once, to whoever makes it, and kept sealed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.feedback import (
    EVENT,
    EVERYTHING,
    TEST_EVENT,
    Answer,
    FeedbackKind,
    Notification,
    SealedSecret,
    Subscription,
)
from gateway.domain.guid import Guid
from gateway.domain.results import Result
from gateway.domain.states import State
from gateway.domain.timeline import LABELS
from gateway.usecases.ports import AddressGate, Callers, Clock, Database, SecretBox, UnitOfWork

MOST = 10
PINS = 8
# One in force and one that takes over: both sign until the old one is dropped.
SECRETS = 2
SECRET = re.compile(r"[!-~]{24,200}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subscription as it is asked for. Without a secret a webhook gets a fresh one."""

    issuer: int
    kind: FeedbackKind
    address: str
    events: tuple[str, ...] = (EVERYTHING,)
    pins: tuple[bytes, ...] = ()
    ca: bytes = b""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class NewSecret:
    """The only time that a secret is told; empty for SOAP, which has none."""

    subscription: Subscription
    key_id: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class FeedbackRegistry:
    """`installation` is the first part of the GUID that a trial names."""

    database: Database
    gate: AddressGate
    box: SecretBox
    callers: Callers
    clock: Clock
    installation: int

    def add(self, wanted: Wanted) -> NewSecret:
        """Raises GatewayError: FEEDBACK_ADDRESS, _NETWORK, _UNRESOLVED, _LIMIT, or RULE_BROKEN."""
        _check(wanted)
        self.gate.check(wanted.address, wanted.ca)
        subscription = Subscription(
            id=uuid4().hex[:12],
            issuer=wanted.issuer,
            kind=wanted.kind,
            address=wanted.address,
            events=tuple(dict.fromkeys(wanted.events)),
            created_at=self.clock.now(),
            pins=wanted.pins,
            ca=wanted.ca,
        )
        with self.database.write() as uow:
            if uow.issuers.get(wanted.issuer) is None:
                raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no issuer {wanted.issuer}")
            if len(uow.subscriptions.all(wanted.issuer)) >= MOST:
                raise GatewayError(ErrorKind.FEEDBACK_LIMIT, f"{MOST} for each issuer")
            uow.subscriptions.add(subscription)
            made = NewSecret(subscription)
            if wanted.kind is FeedbackKind.WEBHOOK:
                made = self._add_secret(uow, subscription, wanted.secret)
            uow.audit.append("feedback-subscribed", _named(subscription))
            uow.commit()
        return made

    def all(self, issuer: int | None = None) -> Sequence[Subscription]:
        with self.database.read() as uow:
            return uow.subscriptions.all(issuer)

    def secrets(self, subscription_id: str) -> Sequence[SealedSecret]:
        with self.database.read() as uow:
            return uow.subscriptions.secrets(subscription_id)

    def set_enabled(self, subscription_id: str, enabled: bool) -> bool:
        """False when it is so already. Stopped, it queues no further events; what waits stays.

        The address is checked again before it is called again.
        """
        subscription = self._get(subscription_id)
        if enabled:
            self.gate.check(subscription.address, subscription.ca)
        with self.database.write() as uow:
            done = uow.subscriptions.set_enabled(subscription_id, enabled, "" if enabled else "OPERATOR")
            if done:
                what = "feedback-enabled" if enabled else "feedback-disabled"
                uow.audit.append(what, _named(subscription))
            uow.commit()
        return done

    def add_secret(self, subscription_id: str, secret: str = "") -> NewSecret:
        """A second secret beside the first: both sign until `drop_secret` takes the old one away."""
        if secret:
            _check_secret(secret)
        with self.database.write() as uow:
            subscription = uow.subscriptions.get(subscription_id)
            if subscription is None or subscription.kind is not FeedbackKind.WEBHOOK:
                raise GatewayError(ErrorKind.FEEDBACK_NOT_FOUND)
            if len(uow.subscriptions.secrets(subscription_id)) >= SECRETS:
                raise GatewayError(ErrorKind.FEEDBACK_LIMIT, "drop the old secret first")
            made = self._add_secret(uow, subscription, secret)
            uow.audit.append("feedback-secret-added", f"{_named(subscription)}:{made.key_id}")
            uow.commit()
        return made

    def drop_secret(self, subscription_id: str, key_id: str) -> None:
        """Raises GatewayError(RULE_BROKEN) for the last one: nothing goes out unsigned."""
        with self.database.write() as uow:
            subscription = uow.subscriptions.get(subscription_id)
            if subscription is None:
                raise GatewayError(ErrorKind.FEEDBACK_NOT_FOUND)
            if len(uow.subscriptions.secrets(subscription_id)) < SECRETS:
                raise GatewayError(ErrorKind.RULE_BROKEN, "a webhook keeps one secret")
            if not uow.subscriptions.drop_secret(subscription_id, key_id):
                raise GatewayError(ErrorKind.FEEDBACK_NOT_FOUND)
            uow.audit.append("feedback-secret-dropped", f"{_named(subscription)}:{key_id}")
            uow.commit()

    def test(self, subscription_id: str) -> Answer:
        """Send one notification of the event TEST, which belongs to no transaction, and tell the answer."""
        subscription = self._get(subscription_id)
        with self.database.write() as uow:
            secrets = uow.subscriptions.secrets(subscription_id)
            uow.audit.append("feedback-tested", _named(subscription))
            uow.commit()
        now = self.clock.now()
        trial = Notification(
            id=str(uuid4()),
            guid=str(Guid(self.installation, subscription.issuer, 0)),
            external_id=TEST_EVENT,
            sequence=0,
            event_id=str(uuid4()),
            kind=TEST_EVENT,
            state=State.RECEIVED,
            result=Result.PENDING,
            position=None,
            at=now,
            recorded_at=now,
            sandbox=True,
        )
        return self.callers[subscription.kind].tell(subscription, secrets, trial, now)

    def _get(self, subscription_id: str) -> Subscription:
        with self.database.read() as uow:
            found = uow.subscriptions.get(subscription_id)
        if found is None:
            raise GatewayError(ErrorKind.FEEDBACK_NOT_FOUND)
        return found

    def _add_secret(self, uow: UnitOfWork, subscription: Subscription, secret: str) -> NewSecret:
        key_id, secret = uuid4().hex[:8], secret or self.box.draw()
        sealed = self.box.seal(subscription.id, key_id, secret)
        uow.subscriptions.add_secret(subscription.id, SealedSecret(key_id, sealed, self.clock.now()))
        return NewSecret(replace(subscription), key_id, secret)


def _check(wanted: Wanted) -> None:
    kinds = wanted.events
    if not kinds or (kinds != (EVERYTHING,) and not all(map(EVENT.fullmatch, kinds))):
        raise GatewayError(ErrorKind.RULE_BROKEN, "events are kinds in capitals, or * alone")
    if unknown := [kind for kind in kinds if kind not in LABELS and kind != EVERYTHING]:
        # Nothing would ever be told, and nobody would know why.
        known = ", ".join(LABELS)
        raise GatewayError(ErrorKind.RULE_BROKEN, f"there is no event {unknown[0]}; there are {known}")
    if len(",".join(kinds)) > 2000 or len(wanted.pins) > PINS:
        raise GatewayError(ErrorKind.RULE_BROKEN, f"too many events, or more than {PINS} pins")
    if wanted.secret:
        _check_secret(wanted.secret)
        if wanted.kind is not FeedbackKind.WEBHOOK:
            raise GatewayError(ErrorKind.RULE_BROKEN, "only a webhook has a secret")


def _check_secret(secret: str) -> None:
    if not SECRET.fullmatch(secret):
        raise GatewayError(ErrorKind.RULE_BROKEN, "a secret is 24 to 200 printable ASCII characters")


def _named(subscription: Subscription) -> str:
    return f"{subscription.issuer:04d}:{subscription.id}"
