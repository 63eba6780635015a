"""One effect outside the database: intent row, hand-over, and what is known of it afterwards.

An intent without a result is asked of the channel; where the channel cannot tell it is UNKNOWN, and
nothing is sent again by itself. Only what certainly did not leave (NOT_SENT) gets another intent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.domain.contact import KIND_OF
from gateway.domain.delivery import Effect, Message, Outcome, Receipt
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.wording import keepable
from gateway.usecases.ports import Clock, Courier, Couriers, Database, UnitOfWork

MAX_WORDS = 400
BLOCKED = "blocked: no message may be sent to this contact"


@dataclass(frozen=True, slots=True)
class Delivered:
    """The effect's id and its receipt; the caller stores the result with its consequences.

    With `stored` the result row exists already, from an earlier attempt.
    """

    effect_id: str
    receipt: Receipt
    stored: bool = False


@dataclass(frozen=True, slots=True)
class Deliver:
    database: Database
    couriers: Couriers
    clock: Clock
    sandbox: Courier

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
        effect = replace(intent, id=f"{intent.id}.{attempt}")
        # Composed before the intent: a text that cannot be made is no message whose fate is unknown.
        message = compose(effect.id)
        if not self._intend(effect, also):
            return Delivered(effect.id, Receipt(Outcome.REFUSED, self.clock.now(), detail=BLOCKED))
        return Delivered(effect.id, self._send(effect, message))

    def left_open(self, series: str) -> tuple[Effect, Delivered] | None:
        """The series' last intent without a result, and what is known of it now; None when there is none."""
        _, latest = self._latest(series)
        return (latest, self._known(latest)) if latest and latest.outcome is None else None

    def _known(self, effect: Effect) -> Delivered:
        if effect.outcome is None:
            found = self._courier(effect).find(effect.id)
            return Delivered(effect.id, found or Receipt(Outcome.UNKNOWN, self.clock.now()))
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

    def _intend(self, effect: Effect, also: Callable[[UnitOfWork], None] | None) -> bool:
        """False when the contact is blocked: nothing may leave."""
        with self.database.write() as uow:
            if not uow.effects.intend(effect):
                raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)
            if also:
                also(uow)
            kind = KIND_OF.get(effect.channel)
            blocked = kind is not None and uow.blocks.blocked(kind, effect.address, effect.guid)
            uow.commit()
        return not blocked

    def _send(self, effect: Effect, message: Message) -> Receipt:
        try:
            receipt = self._courier(effect).send(message)
            # The words are the relay's, which may be anybody's.
            detail, reference = keepable(receipt.detail, MAX_WORDS), keepable(receipt.reference, MAX_WORDS)
            return replace(receipt, detail=detail, reference=reference)
        except ConnectionError as error:
            return Receipt(Outcome.NOT_SENT, self.clock.now(), detail=type(error).__name__)
