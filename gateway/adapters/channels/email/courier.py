"""The port `Courier` over SMTP: every way a session can end, told as exactly as SMTP allows.

A relay's 250 proves dispatch only, unless the relay is declared to be the recipient's own MX. Once the
final dot has left and no answer came, nobody knows: that is UNKNOWN and never repeated by itself.
"""

import re
import smtplib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from gateway.adapters.channels.email.compose import compose, identifier, mailbox, name_of
from gateway.adapters.channels.email.relay import Relay, protection
from gateway.adapters.channels.email.replies import Reply, words_of
from gateway.adapters.channels.email.sessions import FAILURES, Sessions
from gateway.adapters.channels.email.signing import DkimKey
from gateway.domain.delivery import Message, NotTaken, Outcome, Receipt
from gateway.usecases.ports import Courier

LEADING_DOT = re.compile(rb"(?m)^\.")
# Outside what xtext may carry as it is (RFC 3461, section 4).
NOT_XTEXT = re.compile(r"[^!-~]|[+=]")
MAX_DETAIL = 300
RAW_TYPE = "message/rfc822"
Watched = Callable[[Message], Message]


class Clock(Protocol):
    def now(self) -> datetime: ...


class _Refused(Exception):
    """The relay said 5xx to the recipient or to the content: final."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class EmailCourier(Courier):
    """Hands each message over in a session of its own or one used before; safe to share among threads.

    `watched` gives the message as its reader gets it, with whatever tells that it was opened.
    """

    def __init__(
        self, relay: Relay, clock: Clock, dkim: DkimKey | None = None, watched: Watched | None = None
    ) -> None:
        self._relay = relay
        self._clock = clock
        self._dkim = dkim
        self._watched = watched
        self._sessions = Sessions(relay)

    def prepared(self, message: Message) -> Message:
        """The octets that leave, signed, for whom they go to; without them where that is no mailbox."""
        try:
            recipient = mailbox(message.address)
        except ValueError:
            return message
        now, shown = self._clock.now(), self._watched(message) if self._watched else message
        octets = compose(shown, mailbox(self._relay.sender), recipient, now)
        raw = self._dkim.sign(octets, now) if self._dkim else octets
        return replace(message, raw=raw, raw_type=RAW_TYPE, names=shown.names)

    def send(self, message: Message) -> Receipt:
        """Hand over; raises NotTaken, a ConnectionError, when nothing can have left (4xx, or no session)."""
        try:
            recipient = mailbox(message.address)
        except ValueError as error:
            return Receipt(Outcome.REFUSED, self._clock.now(), detail=f"the address is not valid: {error}")
        whole = message if message.raw else self.prepared(message)
        try:
            with self._sessions.lent() as session:
                return self._hand_over(session, name_of(message), recipient, whole.raw)
        except FAILURES as error:
            if isinstance(error, NotTaken):
                raise
            raise self._not_taken(words_of(error)) from None

    def find(self, message_id: str) -> Receipt | None:  # noqa: ARG002 - the port's signature
        """SMTP cannot be asked afterwards."""
        return None

    def _hand_over(self, session: smtplib.SMTP, name: str, recipient: str, octets: bytes) -> Receipt:
        channel = (("relay", self._relay.name), ("tls", protection(session)))
        facts = (*channel, ("message_id", identifier(name, self._relay.sender)))
        try:
            self._envelope(session, name, recipient, octets)
            session.send(LEADING_DOT.sub(b"..", octets) + b".\r\n")
        except _Refused as refusal:
            return self._receipt(Outcome.REFUSED, refusal.reply, facts)
        # Any other failure until here is nobody's: without the whole final dot the relay must drop what it
        # has (RFC 5321, section 4.1.1.4).
        try:
            reply = Reply.of(*session.getreply())
        except FAILURES as error:
            detail = f"no answer after the message: {words_of(error)}"[:MAX_DETAIL]
            return Receipt(Outcome.UNKNOWN, self._clock.now(), detail=detail, details=facts)
        return self._answered(reply, name, facts)

    def _envelope(self, session: smtplib.SMTP, name: str, recipient: str, octets: bytes) -> None:
        """MAIL, RCPT and DATA up to 354. 5xx for the recipient is a refusal; any other failure is ours."""
        sender = mailbox(self._relay.envelope_sender(name))
        from_options, to_options = _options(session, name, recipient, octets)
        if not (sender + recipient).isascii():
            if not session.has_extn("smtputf8"):
                words = "the relay does not take internationalised addresses (SMTPUTF8)"
                raise _Refused(Reply(0, words))
            from_options = [*from_options, "SMTPUTF8"]
        code, words_ = session.mail(sender, from_options)
        if code != 250:
            raise smtplib.SMTPResponseException(code, words_)
        _accepted(*session.rcpt(recipient, to_options), {250, 251})
        _accepted(*session.docmd("DATA"), {354})

    def _answered(self, reply: Reply, name: str, facts: tuple[tuple[str, str], ...]) -> Receipt:
        if 400 <= reply.code < 500:
            raise self._not_taken(str(reply))
        if reply.code != 250:
            return self._receipt(Outcome.REFUSED, reply, facts)
        outcome = Outcome.DELIVERED if self._relay.direct else Outcome.ACCEPTED
        return self._receipt(outcome, reply, facts, reply.queued or identifier(name, self._relay.sender))

    def _receipt(
        self, outcome: Outcome, reply: Reply, facts: tuple[tuple[str, str], ...], reference: str = ""
    ) -> Receipt:
        details = (*facts, *reply.details)
        return Receipt(outcome, self._clock.now(), reference, str(reply)[:MAX_DETAIL], details=details)

    def _not_taken(self, words: str) -> NotTaken:
        return NotTaken(f"{self._relay.name}: {words}")


def _options(session: smtplib.SMTP, name: str, recipient: str, octets: bytes) -> tuple[list[str], list[str]]:
    """SIZE (RFC 1870) and, where offered, a request for delivery status notifications (RFC 3461)."""
    size = [f"SIZE={len(octets)}"] if session.has_extn("size") else []
    if not session.has_extn("dsn") or not recipient.isascii():
        return size, []
    return (
        [*size, "RET=HDRS", f"ENVID={_xtext(name)}"],
        ["NOTIFY=SUCCESS,FAILURE,DELAY", f"ORCPT=rfc822;{_xtext(recipient)}"],
    )


def _accepted(code: int, words: bytes, expected: set[int]) -> None:
    if 500 <= code < 600:
        raise _Refused(Reply.of(code, words))
    if code not in expected:
        raise smtplib.SMTPResponseException(code, words)


def _xtext(text: str) -> str:
    return NOT_XTEXT.sub(lambda found: f"+{ord(found[0]):02X}", text)
