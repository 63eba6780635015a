"""Transactions that are under way: listed, corrected, reminded."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from gateway.client import reading
from gateway.client.answers import TransactionState
from gateway.client.calls import GATEWAY, Calls

TRANSACTION = "urn:fehaciente:transaction:1.0"


@dataclass(frozen=True, slots=True)
class AccessUrl:
    """A one-time link, and until when it may be opened (aware)."""

    url: str
    valid_until: datetime


class Handling(Calls):
    """List, UpdateRecipient, Remind."""

    def transactions(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        state: int | None = None,
        result: int | None = None,
    ) -> Iterator[TransactionState]:
        """All that were received from `since` until `until` (aware), of one state or result; page by page."""
        page = ""
        while True:
            answer = self._ask(
                "List",
                received_from=since.isoformat() if since else "",
                received_until=until.isoformat() if until else "",
                state="" if state is None else str(state),
                page=page,
                result="" if result is None else str(result),
            )
            yield from map(reading.state, answer.transaction)
            page = answer.next_page or ""
            if not page:
                return

    def update_recipient(
        self, guid: str, recipient: int, reason: str, *, email: str = "", phone: str = ""
    ) -> None:
        """Another e-mail or phone of a recipient, who is told anew; `recipient` counts from 1.

        It is not repeated after a lost answer: each time is a notice and an evidence.
        """
        operation = etree.Element(f"{{{GATEWAY}}}UpdateRecipient", nsmap={"g": GATEWAY, "t": TRANSACTION})
        etree.SubElement(operation, f"{{{GATEWAY}}}guid").text = guid
        etree.SubElement(operation, f"{{{GATEWAY}}}recipient").text = str(recipient)
        contact = etree.SubElement(operation, f"{{{GATEWAY}}}contact")
        for name, value in (("email", email), ("phone", phone)):
            if value:
                etree.SubElement(contact, f"{{{TRANSACTION}}}{name}").text = value
        etree.SubElement(operation, f"{{{GATEWAY}}}reason").text = reason
        self._call("UpdateRecipient", etree.tostring(operation), safe=False)

    def access_url(self, guid: str, recipient: int, *, return_url: str = "") -> AccessUrl:
        """A one-time link for a recipient (counted from 1), to be opened at once in your own web.

        It is not repeated after a lost answer: each is another link. `return_url` takes the place of the
        transaction's.
        """
        answer = self._ask(
            "GetAccessUrl", safe=False, guid=guid, recipient=str(recipient), return_url=return_url
        )
        return AccessUrl(answer.url, answer.valid_until)

    def remind(self, guid: str, recipient: int | None = None, channel: str = "") -> list[int]:
        """Send the notice again, to one recipient or to all that are pending; gives whom it went to.

        It is not repeated after a lost answer.
        """
        whom = "" if recipient is None else str(recipient)
        answer = self._ask("Remind", safe=False, guid=guid, recipient=whom, channel=channel)
        return [int(each) for each in answer.reminded]
