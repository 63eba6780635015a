"""One effect outside the database: intent row, hand-over, and what is known of it afterwards.

An intent without a result is asked of the channel; where the channel cannot tell it is UNKNOWN, and
nothing is sent again by itself. Only what certainly did not leave (NOT_SENT) gets another intent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.domain.contact import KIND_OF
from gateway.domain.delivery import Effect, Message, NotTaken, Outcome, Receipt
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.reports import KeptMessage, MessagePart
from gateway.domain.wording import keepable
from gateway.usecases.ports import Clock, Courier, Couriers, Database, MessageMark, UnitOfWork, Vault

MAX_WORDS = 400
BLOCKED = "blocked: no message may be sent to this contact"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The effect's id and its receipt; the caller stores the result with its consequences.

    With `stored` the result row exists already, from an earlier attempt. `raw_sha256` is of the message as it
    was handed over, where that is kept.
    """

    effect_id: str
    receipt: Receipt
    stored: bool = False
    raw_sha256: bytes = b""


@dataclass(frozen=True, slots=True)
class Deliver:
    database: Database
    couriers: Couriers
    clock: Clock
    sandbox: Courier
    vault: Vault
    mark: MessageMark

    def __call__(
        self,
        intent: Effect,
        compose: Callable[[str], Message],
        also: Callable[[UnitOfWork], None] | None = None,
    ) -> Delivered:
        """Hand over once. `intent.id` is the series; every attempt in it gets a stable id of its own.

        `also` joins the commit of the intent.
        """
        attempt, latest = self._latest(intent.id)
        if latest and latest.outcome is not Outcome.NOT_SENT:
            return self._known(latest)
        if latest:
            self._discard(latest)
        effect = replace(intent, id=f"{intent.id}.{attempt}")
        # Composed before the intent: a text that cannot be made is no message whose fate is unknown.
        courier = self._courier(effect)
        message = courier.prepared(replace(compose(effect.id), mark=self.mark(effect.id)))
        kept = self._keep(effect, message)
        if not self._intend(effect, (message.mark, *message.names), kept, also):
            return Delivered(effect.id, Receipt(Outcome.REFUSED, self.clock.now(), detail=BLOCKED))
        return Delivered(effect.id, self._send(courier, message), raw_sha256=kept.sha256 if kept else b"")

    def left_open(self, series: str) -> tuple[Effect, Delivered] | None:
        """The series' last intent without a result, and what is known of it now; None when there is none."""
        _, latest = self._latest(series)
        return (latest, self._known(latest)) if latest and latest.outcome is None else None

    def _known(self, effect: Effect) -> Delivered:
        if effect.outcome is None:
            found = self._courier(effect).find(effect.id)
            receipt = found or Receipt(Outcome.UNKNOWN, self.clock.now())
            return Delivered(effect.id, receipt, raw_sha256=self._kept_sha256(effect))
        at = effect.finished_at or effect.intended_at
        receipt = Receipt(effect.outcome, at, effect.reference, effect.detail)
        return Delivered(effect.id, receipt, stored=True)

    def _courier(self, effect: Effect) -> Courier:
        """Decided here, so that no caller can forget: nothing of the sandbox leaves by a real channel."""
        with self.database.read() as uow:
            tried = uow.sandbox.holds(effect.guid)
        return self.sandbox if tried else self.couriers[effect.channel]

    def _latest(self, series: str) -> tuple[int, Effect | None]:
        attempt, latest = 0, None
        with self.database.read() as uow:
            while effect := uow.effects.get(f"{series}.{attempt}"):
                attempt, latest = attempt + 1, effect
        return attempt, latest

    def _keep(self, effect: Effect, message: Message) -> KeptMessage | None:
        """Into the vault before the intent: a message that may have left is never lost."""
        if not message.keep or not message.raw:
            return None
        with self.database.read() as uow:
            key = uow.keys.get(effect.guid)
        [digest] = self.vault.put(effect.guid, key, [message.raw])
        size, at = len(message.raw), effect.intended_at
        return KeptMessage(effect.id, effect.guid, effect.position or 0, digest, size, message.raw_type, at)

    def _kept_sha256(self, effect: Effect) -> bytes:
        with self.database.read() as uow:
            kept = uow.kept_messages.of(effect.guid)
        return next((each.sha256 for each in kept if each.effect == effect.id), b"")

    def _discard(self, effect: Effect) -> None:
        """What certainly never left is no message of the transaction's, and is tried again often."""
        with self.database.write() as uow:
            kept = {each.effect: each.sha256 for each in uow.kept_messages.of(effect.guid)}
            digest = kept.pop(effect.id, None)
            if digest is None:
                return
            uow.kept_messages.drop(effect.id)
            uow.commit()
        if digest not in kept.values():
            self.vault.discard(effect.guid, digest)

    def _intend(
        self,
        effect: Effect,
        names: tuple[str, ...],
        kept: KeptMessage | None,
        also: Callable[[UnitOfWork], None] | None,
    ) -> bool:
        """False when the contact is blocked: nothing may leave."""
        with self.database.write() as uow:
            if not uow.effects.intend(effect):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            if also:
                also(uow)
            for name in names:
                uow.message_parts.add(MessagePart(effect.channel, name, effect.id, effect.guid))
            if kept is not None:
                uow.kept_messages.add(kept)
            kind = KIND_OF.get(effect.channel)
            blocked = kind is not None and uow.blocks.blocked(kind, effect.address, effect.guid)
            uow.commit()
        return not blocked

    def _send(self, courier: Courier, message: Message) -> Receipt:
        try:
            receipt = courier.send(message)
        except ConnectionError as error:
            # Only what says so itself is fit to be kept: others may tell an address, or a key.
            words = str(error) if isinstance(error, NotTaken) else type(error).__name__
            receipt = Receipt(Outcome.NOT_SENT, self.clock.now(), detail=words)
        # The words are the relay's, which may be anybody's.
        detail, reference = keepable(receipt.detail, MAX_WORDS), keepable(receipt.reference, MAX_WORDS)
        details = tuple((name, keepable(value, MAX_WORDS)) for name, value in receipt.details)
        return replace(receipt, detail=detail, reference=reference, details=details)


def finished(uow: UnitOfWork, done: Delivered) -> bool:
    """Store the result, once; False when another has stored one. By which names the provider will speak of
    the message is kept in either case."""
    effect = uow.effects.get(done.effect_id)
    if effect is None:
        return False
    for number, reference in enumerate(done.receipt.parts, 1):
        uow.message_parts.add(MessagePart(effect.channel, reference, effect.id, effect.guid, number))
    return uow.effects.finish(effect.id, done.receipt)
