"""SMS by SMPP 3.4: the port `Courier` over one shared session.

Nothing that may have left is sent again. The first part goes alone, since it is what an SMSC refuses for the
address; the others go together. What became of all of them makes one outcome (decision 0049).
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import Protocol

from gateway.adapters.channels.sms import pdus
from gateway.adapters.channels.sms.coding import coded
from gateway.adapters.channels.sms.link import Lost, Waiting
from gateway.adapters.channels.sms.pdus import Addressing, Unit
from gateway.adapters.channels.sms.receipts import Ids
from gateway.adapters.channels.sms.session import Session
from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.domain.reports import Failure
from gateway.usecases.ports import Courier


class Clock(Protocol):
    def now(self) -> datetime: ...


class Fate(Enum):
    """HELD certainly did not leave, or was certainly not taken; SILENT may have been."""

    TAKEN = "TAKEN"
    REFUSED = "REFUSED"
    HELD = "HELD"
    SILENT = "SILENT"


WORDS = {Fate.TAKEN: "taken", Fate.REFUSED: "refused", Fate.HELD: "did not leave", Fate.SILENT: "no answer"}


@dataclass(frozen=True, slots=True)
class Part:
    fate: Fate
    id: str = ""
    status: int = 0

    @property
    def told(self) -> str:
        if not self.status:
            return WORDS[self.fate]
        reason = Failure.UNKNOWN_NUMBER if self.status in pdus.NO_SUCH_NUMBER else Failure.OTHER
        said = pdus.status_name(self.status)
        return f"{reason.value}: {said}" if self.fate is Fate.REFUSED else said


class SmppCourier(Courier):
    """`bits`: of the reference that joins parts (8 or 16; 0: one piece in message_payload). `patience`
    (seconds): how long a part waits until it may leave."""

    def __init__(
        self, session: Session, by: Addressing, clock: Clock, ids: Ids, bits: int, patience: float
    ) -> None:
        self.session = session
        self._by = by
        self._clock = clock
        self._ids = ids
        self._bits = bits
        self._patience = patience

    def prepared(self, message: Message) -> Message:
        """`raw` becomes the submit_sm PDUs, one behind another, with sequence number 0."""
        # The same message has the same reference, so that what is kept is what leaves.
        reference = int.from_bytes(sha256((message.mark or message.id).encode()).digest()[:2])
        parts = coded(message.text, reference, self._bits)
        payload = self._bits == 0
        units = [
            pdus.submit_sm(
                self._by, message.address, parts.data_coding, each, headed=parts.headed, payload=payload
            )
            for each in parts.parts
        ]
        return replace(message, raw=b"".join(units), raw_type=pdus.UNITS)

    def send(self, message: Message) -> Receipt:
        mark = message.mark or message.id
        units = list(enumerate(pdus.cut(message.raw or self.prepared(message).raw), 1))
        with self.session.message():
            first = self._all(mark, units[:1])
            if first[0].fate is Fate.HELD and not first[0].status:
                raise Lost("the message did not leave")
            more = self._all(mark, units[1:]) if first[0].fate is Fate.TAKEN else []
        return self._receipt(mark, [*first, *more], len(units))

    def find(self, message_id: str) -> Receipt | None:  # noqa: ARG002 - the port's
        """SMPP asks by the SMSC's ids, which whoever died did not learn."""
        return None

    def _receipt(self, mark: str, parts: Sequence[Part], total: int) -> Receipt:
        now, bad = self._clock.now(), next((each for each in parts if each.fate is not Fate.TAKEN), None)
        # Nobody reports by the name of a part that was not taken, so the whole is never called delivered.
        ids = [each.id for each in parts] + [""] * (total - len(parts))
        names = tuple(each or f"{mark}-{n}" for n, each in enumerate(ids, 1))
        if bad is None:
            return Receipt(Outcome.ACCEPTED, now, names[0], f"parts: {total}", names)
        some = any(each.fate is Fate.TAKEN for each in parts)
        told = f"part {parts.index(bad) + 1} of {total}: {bad.told}"
        outcome = _outcome(parts, some=some)
        # Of one part alone nothing has to be told apart: its receipt, if it comes, is that of the whole.
        kept = some or (outcome is Outcome.UNKNOWN and total > 1)
        return Receipt(outcome, now, names[0], told, names if kept else ())

    def _all(self, mark: str, units: Sequence[tuple[int, bytes]]) -> list[Part]:
        """Send what may leave, together; what the SMSC throttles is sent again while there is patience."""
        deadline, found = time.monotonic() + self._patience, dict[int, Part]()
        left = list(units)
        while left:
            begun = [(number, unit, self._begin(unit, deadline, mark, number)) for number, unit in left]
            left = []
            for number, unit, waiting in begun:
                part = found[number] = self._part(waiting) if waiting else found.get(number, Part(Fate.HELD))
                if waiting and part.fate is Fate.HELD and part.status in pdus.THROTTLED:
                    self.session.pace.slower()
                    left.append((number, unit))
        return [found[number] for number in sorted(found)]

    def _begin(self, unit: bytes, deadline: float, mark: str, number: int) -> Waiting | None:
        try:
            return self.session.begin(unit, deadline, mark, number)
        except Lost:
            return None

    def _part(self, waiting: Waiting) -> Part:
        answer = self.session.answer(waiting)
        if answer is None:
            return Part(Fate.SILENT)
        if answer.status == pdus.OK:
            self.session.pace.well()
            return Part(Fate.TAKEN, self._named(answer))
        return Part(Fate.HELD if answer.status in pdus.LATER else Fate.REFUSED, status=answer.status)

    def _named(self, answer: Unit) -> str:
        return self._ids.answered(answer.text("message_id"))


def _outcome(parts: Sequence[Part], *, some: bool) -> Outcome:
    """Of parts that were not all taken. One that was refused spoils the whole for good; of one that is
    silent, or that did not leave after another had, nobody knows what the recipient will read."""
    fates = {each.fate for each in parts}
    if Fate.REFUSED in fates:
        return Outcome.REFUSED
    return Outcome.UNKNOWN if some or Fate.SILENT in fates else Outcome.NOT_SENT
