"""What a sandbox issuer's tests ask for: an outcome, or that time comes nearer."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.client import reading
from gateway.client.answers import TransactionState
from gateway.client.calls import Calls


@dataclass(frozen=True, slots=True)
class TestMessage:
    """A message that left nowhere; `recipient` counts from 1, `text` holds link and code."""

    __test__ = False

    id: str
    recipient: int
    channel: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Driven:
    """How it stood when the answer was made: what was asked for may still be going on."""

    state: TransactionState
    messages: Sequence[TestMessage]


class SandboxDriver(Calls):
    """DriveSandbox."""

    def drive(self, guid: str, script: str = "", *, recipient: int = 1, advance: str = "") -> Driven:
        """Have `script` (SIGNED, REJECTED, EXPIRED…) happen, after `advance` (an xs:duration) of time.

        It is not repeated: some scripts, a wrong code say, count each time. With neither it only looks.
        """
        asked = {"recipient": str(recipient), "advance": advance, "script": script}
        answer = self._ask("DriveSandbox", safe=not (script or advance), guid=guid, **asked)
        messages = [
            TestMessage(each.id, int(each.recipient), each.channel, each.address, each.text)
            for each in answer.message
        ]
        return Driven(reading.state(answer.transaction), messages)
