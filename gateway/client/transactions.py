"""Transactions: submitted, followed, taken back."""

from collections.abc import Sequence

from lxml import etree

from gateway.client import reading
from gateway.client.answers import Event, Receipt, TransactionState
from gateway.client.calls import GATEWAY, Calls
from gateway.client.parsing import parse


class Transactions(Calls):
    """Submit, GetState, GetEvents, Cancel."""

    def submit(self, transaction: bytes) -> Receipt:
        """Submit a `transaction` element, as it is.

        It is repeated after a lost answer: the gateway never accepts the same external id twice.
        """
        operation = etree.Element(f"{{{GATEWAY}}}Submit", nsmap={"g": GATEWAY})
        operation.append(parse(transaction))
        return reading.receipt(self._call("Submit", etree.tostring(operation), safe=True))

    def state(self, guid: str = "", *, external_id: str = "") -> TransactionState | None:
        """Where it stands, by GUID or the issuer's own identifier; None if there is none (any more)."""
        (item,) = self._ask("GetState", guid=guid, external_id=external_id)
        return None if item.transaction is None else reading.state(item.transaction)

    def states(self, guids: Sequence[str]) -> dict[str, TransactionState]:
        """Of up to a hundred at once, by GUID; those that are not there (any more) are left out."""
        items = self._ask("GetState", guid=list(guids))
        found = (reading.state(item.transaction) for item in items if item.transaction is not None)
        return {each.guid: each for each in found}

    def events(self, guid: str) -> Sequence[Event]:
        """The whole timeline, oldest first."""
        found: list[Event] = []
        while True:
            after = str(found[-1].sequence) if found else ""
            page = self._ask("GetEvents", guid=guid, after_sequence=after)
            found += [reading.event(each) for each in page.event]
            if not page.more:
                return found

    def cancel(self, guid: str, reason: str, code: str = "") -> int:
        """Take a transaction back; gives its state's number. `code` says why, as the schema names it.

        It is not repeated: the second time it would be refused as closed. Ask for the state instead.
        """
        return int(self._ask("Cancel", safe=False, guid=guid, reason=reason, code=code).state.number)
