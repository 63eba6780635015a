"""The port `Courier` over an exchange with a postal courier: print file and manifests of one letter.

That the courier's folder took it proves only that it left us. Admission, attempts and delivery come back as
statuses. The manifest in XML goes last: until it is there, there is nothing to print.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from gateway.adapters.channels.postal.exchange import Clock, Exchange, Uncertain
from gateway.adapters.channels.postal.manifest import Job, as_csv, as_xml
from gateway.adapters.channels.postal.print_file import Origin, print_file
from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.usecases.ports import Courier

Mark = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class PostalCourier(Courier):
    """Files are called after the letter's mark, which `mark` finds again by the message's id."""

    exchange: Exchange
    clock: Clock
    mark: Mark
    origin: Origin
    return_to: str = ""

    def prepared(self, message: Message) -> Message:
        """Raises GatewayError(ADDRESS_MISSING) for a message without a letter's address."""
        return replace(message, raw=print_file(message, self.origin), raw_type=PDF)

    def send(self, message: Message) -> Receipt:
        if message.letter is None or not message.raw:
            raise GatewayError(ErrorKind.ADDRESS_MISSING)
        name, now = message.mark, self.clock.now()
        job = Job(message.letter, name, f"{name}.pdf", message.raw, now, self.return_to)
        facts = job.facts(self.origin)
        files = {job.file: job.octets, f"{name}.csv": as_csv(facts), f"{name}.xml": as_xml(facts)}
        try:
            other = self.exchange.hand_over(files)
        except Uncertain as error:
            return Receipt(Outcome.UNKNOWN, now, name, str(error))
        if other:
            return Receipt(Outcome.UNKNOWN, now, name, f"another file of that name is there: {other}")
        return Receipt(Outcome.ACCEPTED, now, name)

    def find(self, message_id: str) -> Receipt | None:
        """ACCEPTED while the manifest waits for the courier; later nobody can tell but the courier, by a
        status: it may have been taken away, or never written."""
        name = self.mark(message_id)
        try:
            there = self.exchange.holds(f"{name}.xml")
        except ConnectionError:
            return None
        return Receipt(Outcome.ACCEPTED, self.clock.now(), name) if there else None
