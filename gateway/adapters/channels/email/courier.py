"""The port `Courier` over SMTP: every way a session can end, told as exactly as SMTP allows.

A relay's 250 proves dispatch only, unless the relay is declared to be the recipient's own MX. Once the
final dot has left and no answer came, nobody knows: that is UNKNOWN and never repeated by itself.
"""

import re
import smtplib
from datetime import datetime
from typing import Protocol

from gateway.adapters.channels.email.compose import compose, identifier, mailbox
from gateway.adapters.channels.email.relay import Relay, connect
from gateway.domain.delivery import Message, Outcome, Receipt
from gateway.usecases.ports import Courier

QUEUE_ID = re.compile(rb"(?:queued (?:mail for delivery )?as|\bid=)\s*([A-Za-z0-9._-]{4,64})", re.IGNORECASE)
LEADING_DOT = re.compile(rb"(?m)^\.")
# Outside what xtext may carry as it is (RFC 3461, section 4).
NOT_XTEXT = re.compile(r"[^!-~]|[+=]")
MAX_DETAIL = 300
QUIT_SECONDS = 5


class Clock(Protocol):
    def now(self) -> datetime: ...


class _Refused(Exception):
    """The relay said 5xx to the recipient or to the content: final."""


class EmailCourier(Courier):
    """Sends each message in a session of its own; safe to share among threads."""

    def __init__(self, relay: Relay, clock: Clock) -> None:
        self._relay = relay
        self._clock = clock

    def send(self, message: Message) -> Receipt:
        """Hand over; raises ConnectionError when nothing can have left (4xx, or no session)."""
        try:
            recipient = mailbox(message.address)
        except ValueError as error:
            return self._receipt(Outcome.REFUSED, f"the address is not valid: {error}")
        sender = mailbox(self._relay.sender)
        octets = compose(message, sender, recipient, self._clock.now())
        try:
            session = connect(self._relay)
        except (OSError, smtplib.SMTPException) as error:
            raise ConnectionError(f"{self._relay!r}: {_words_of(error)}") from None
        try:
            return self._hand_over(session, message.id, recipient, octets)
        finally:
            _leave(session)

    def find(self, message_id: str) -> Receipt | None:  # noqa: ARG002 - the port's signature
        """SMTP cannot be asked afterwards."""
        return None

    def _hand_over(self, session: smtplib.SMTP, message_id: str, recipient: str, octets: bytes) -> Receipt:
        try:
            self._envelope(session, message_id, recipient, octets)
            session.send(LEADING_DOT.sub(b"..", octets) + b".\r\n")
        except _Refused as refusal:
            return self._receipt(Outcome.REFUSED, str(refusal))
        except (OSError, smtplib.SMTPException) as error:
            # Without the whole final dot the relay must drop what it has (RFC 5321, section 4.1.1.4).
            raise ConnectionError(f"{self._relay!r}: {_words_of(error)}") from None
        try:
            code, words = session.getreply()
        except (OSError, smtplib.SMTPException) as error:
            return self._receipt(Outcome.UNKNOWN, f"no answer after the message: {_words_of(error)}")
        return self._answered(code, words, message_id)

    def _envelope(self, session: smtplib.SMTP, message_id: str, recipient: str, octets: bytes) -> None:
        """MAIL, RCPT and DATA up to 354. 5xx for the recipient is a refusal; any other failure is ours."""
        sender = mailbox(self._relay.envelope_sender(message_id))
        from_options, to_options = self._options(session, message_id, recipient, octets)
        if not (sender + recipient).isascii():
            if not session.has_extn("smtputf8"):
                raise _Refused("the relay does not take internationalised addresses (SMTPUTF8)")
            from_options = [*from_options, "SMTPUTF8"]
        code, words = session.mail(sender, from_options)
        if code != 250:
            raise smtplib.SMTPResponseException(code, words)
        code, words = session.rcpt(recipient, to_options)
        _accepted(code, words, {250, 251})
        _accepted(*session.docmd("DATA"), {354})

    def _options(
        self, session: smtplib.SMTP, message_id: str, recipient: str, octets: bytes
    ) -> tuple[list[str], list[str]]:
        """SIZE (RFC 1870) and, where offered, a request for delivery status notifications (RFC 3461)."""
        size = [f"SIZE={len(octets)}"] if session.has_extn("size") else []
        if not session.has_extn("dsn") or not recipient.isascii():
            return size, []
        return (
            [*size, "RET=HDRS", f"ENVID={_xtext(message_id)}"],
            ["NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{_xtext(recipient)}"],
        )

    def _answered(self, code: int, words: bytes, message_id: str) -> Receipt:
        if 400 <= code < 500:
            raise ConnectionError(f"{self._relay!r}: {_said(code, words)}")
        if code != 250:
            return self._receipt(Outcome.REFUSED, _said(code, words))
        outcome = Outcome.DELIVERED if self._relay.direct else Outcome.ACCEPTED
        queued = QUEUE_ID.search(words)
        own = identifier(message_id, self._relay.sender)
        return self._receipt(outcome, _said(code, words), queued[1].decode() if queued else own)

    def _receipt(self, outcome: Outcome, detail: str, reference: str = "") -> Receipt:
        return Receipt(outcome, self._clock.now(), reference, detail[:MAX_DETAIL])


def _accepted(code: int, words: bytes, expected: set[int]) -> None:
    if 500 <= code < 600:
        raise _Refused(_said(code, words))
    if code not in expected:
        raise smtplib.SMTPResponseException(code, words)


def _said(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}".replace("\n", " ")


def _words_of(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        words = error.smtp_error
        return _said(error.smtp_code, words if isinstance(words, bytes) else str(words).encode())[:MAX_DETAIL]
    return f"{type(error).__name__}: {error}"[:MAX_DETAIL]


def _xtext(text: str) -> str:
    return NOT_XTEXT.sub(lambda found: f"+{ord(found[0]):02X}", text)


def _leave(session: smtplib.SMTP) -> None:
    """QUIT politely; what was answered stands whatever happens now."""
    try:
        if session.sock:
            session.sock.settimeout(QUIT_SECONDS)
        session.quit()
    except (OSError, smtplib.SMTPException):
        session.close()
