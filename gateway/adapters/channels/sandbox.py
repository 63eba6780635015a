"""The channel of sandbox transactions, whatever channel a message is for: nothing leaves.

It keeps what it would have sent, sealed under the transaction's data key, answers as the address says, and
wakes the recipient who would have got it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from gateway.domain.delivery import Channel, Message, Outcome, Purpose, Receipt
from gateway.domain.sandbox import SandboxMessage, outcome_of
from gateway.usecases.outbox import Kind, new_task
from gateway.usecases.ports import Courier, Database

REACHED = frozenset({Outcome.ACCEPTED, Outcome.DELIVERED})


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class SandboxCourier(Courier):
    """The port `Courier`. Every message needs its intent row, which says whose it is."""

    database: Database
    clock: Clock

    def send(self, message: Message) -> Receipt:
        """Once per id. Raises ConnectionError without an intent row: nothing is known of such a message."""
        outcome, now = _outcome(message.channel, message.address), self.clock.now()
        with self.database.write() as uow:
            effect = uow.effects.get(message.id)
            if effect is None or not uow.sandbox.holds(effect.guid):
                raise ConnectionError("no message of the sandbox")
            position = effect.position or 0
            kept = SandboxMessage(
                message.id,
                effect.guid,
                position,
                message.channel,
                message.address,
                message.subject,
                message.text,
                now,
            )
            first = uow.sandbox.keep(kept)
            if first and outcome in REACHED and effect.purpose in {Purpose.NOTICE, Purpose.CODE}:
                uow.tasks.add(new_task(Kind.PLAY, effect.guid, now, str(position)))
            uow.commit()
        return Receipt(outcome, now, f"sandbox:{message.id}", "sandbox: nothing was sent")

    def find(self, message_id: str) -> Receipt | None:
        """What was kept left as far as it ever would; nothing else did."""
        with self.database.read() as uow:
            effect = uow.effects.get(message_id)
            found = (
                [each for each in uow.sandbox.messages(effect.guid) if each.id == message_id]
                if effect
                else []
            )
        if not found:
            return Receipt(Outcome.NOT_SENT, self.clock.now(), detail="sandbox: not kept")
        outcome = _outcome(found[0].channel, found[0].address)
        return Receipt(outcome, found[0].at, f"sandbox:{message_id}")


def _outcome(channel: Channel, address: str) -> Outcome:
    """No courier knows of the delivery when it takes a letter: that is told later, or never."""
    return Outcome.ACCEPTED if channel is Channel.POSTAL else outcome_of(address)
