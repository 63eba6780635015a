"""A contract whose notice goes out by a real SMTP server: what its 250 proves, and what it does not."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.domain.evidence import ErdsEvent
from gateway.domain.results import RecipientState, Result
from gateway.domain.states import State
from scripts.installation import free_port
from scripts.sample_contract import IDENTIFIER, contract_pdf, transaction_xml
from tests.house import LINK, House


class Relay:
    """Keeps what arrives, and answers RCPT as told."""

    def __init__(self, rcpt: str = "250 OK") -> None:
        self.rcpt = rcpt
        self.mails: list[EmailMessage] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(bytes(envelope.content), policy=policy.default))
        return "250 2.0.0 Ok: queued as 4XyZ12"


@contextmanager
def relayed(folder: Path, relay: Relay, more: str = "") -> Iterator[House]:
    port = free_port()
    controller = Controller(relay, hostname="127.0.0.1", port=port)
    controller.start()
    smtp = f"[email]\nchannel = smtp\nhost = 127.0.0.1\nport = {port}\nsecurity = none\n{more}"
    house = House(folder, more=smtp)
    try:
        yield house
    finally:
        house.close()
        controller.stop()


def submitted(house: House) -> str:
    guid = house.submit(transaction_xml(contract_pdf(1), notice_method="EMAIL")).guid
    house.drain()
    return guid


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_a_relays_250_proves_dispatch_and_the_recipient_the_rest(tmp_path: Path) -> None:
    """State 4 with the relay's words as proof; the link of the mail leads on to the signature and to 12."""
    relay = Relay()
    with relayed(tmp_path, relay) as house:
        guid = submitted(house)
        assert house.status(guid).record.state is State.DISPATCHED
        (mail,) = relay.mails
        assert "ana.garcia@example.org" in str(mail["To"])
        assert guid in text_of(mail)
        details = dict(next(e.details for e in house.events(guid) if e.kind == "DISPATCHED"))
        assert details["channel"] == "EMAIL"
        assert details["outcome"] == "ACCEPTED"
        assert "4XyZ12" in details["reference"] + details["detail"]
        kinds = {file.evidence.event for file in house.evidence(guid)}
        assert ErdsEvent.NOTIFICATION_FOR_ACCEPTANCE in kinds
        assert ErdsEvent.NOTIFICATION_DELIVERED not in kinds
        found = LINK.search(text_of(mail))
        assert found
        access = house.system.access.identify(found[1], IDENTIFIER)
        assert house.status(guid).record.state is State.ACCESSED
        assert access.guid == guid


def test_the_recipients_own_mx_proves_availability(tmp_path: Path) -> None:
    """Where the relay is declared the MX of the recipient's domain, its 250 is state 5."""
    with relayed(tmp_path, Relay(), "direct = yes\n") as house:
        guid = submitted(house)
        assert house.status(guid).record.state is State.NOTIFIED


def test_a_mailbox_that_does_not_exist_ends_it(tmp_path: Path) -> None:
    """A final 550 makes the recipient UNREACHABLE, and the transaction closes as NOTICE_FAILED."""
    with relayed(tmp_path, Relay("550 5.1.1 no such user")) as house:
        guid = submitted(house)
        status = house.status(guid)
        assert status.record.state is State.CLOSED
        assert status.record.result is Result.NOTICE_FAILED
        assert status.recipients[0].state is RecipientState.UNREACHABLE
        said = [dict(e.details) for e in house.events(guid) if e.kind == "NOTICE_REFUSED"]
        assert "no such user" in said[0]["detail"]


def test_a_busy_relay_is_asked_again(tmp_path: Path) -> None:
    """A 4xx leaves nothing sent and nothing decided: the task waits, and no mail goes out twice."""
    relay = Relay("451 4.3.0 try later")
    with relayed(tmp_path, relay) as house:
        guid = submitted(house)
        assert house.status(guid).record.state is State.SEALED
        relay.rcpt = "250 OK"
        house.wait(timedelta(minutes=1))
        assert house.status(guid).record.state is State.DISPATCHED
        assert len(relay.mails) == 1
