"""A channel that does as a test says, then as the development console does."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.domain.delivery import Channel, Message, Outcome, Receipt
from gateway.usecases.ports import Courier
from tests.house import House

Act = Callable[[Message], Receipt]


@dataclass
class Scripted(Courier):
    """A channel that can tell nothing afterwards, as SMTP; it acts by its script, then as the console."""

    house: House
    channel: Channel
    script: list[Act] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    inner: Courier = field(init=False)

    def __post_init__(self) -> None:
        self.inner = self.house.couriers[self.channel]
        self.house.couriers[self.channel] = self

    def prepared(self, message: Message) -> Message:
        return self.inner.prepared(message)

    def send(self, message: Message) -> Receipt:
        return self.script.pop(0)(message) if self.script else self.deliver(message)

    def find(self, message_id: str) -> Receipt | None:
        return None

    def deliver(self, message: Message) -> Receipt:
        self.sent.append(message.id)
        return self.inner.send(message)

    def accept(self, message: Message) -> Receipt:
        """Dispatched, and no more is known."""
        self.deliver(message)
        return Receipt(Outcome.ACCEPTED, self.house.clock.now(), "queue-1")

    def refuse(self, message: Message) -> Receipt:
        return Receipt(Outcome.REFUSED, self.house.clock.now(), detail="550 no such user")

    def unreachable(self, message: Message) -> Receipt:
        raise ConnectionError("relay down")

    def die_after(self, message: Message) -> Receipt:
        """The message leaves, and the worker's process ends before it can say so."""
        self.deliver(message)
        raise SystemExit

    def die_before(self, message: Message) -> Receipt:
        raise SystemExit
