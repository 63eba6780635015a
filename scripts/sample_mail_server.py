"""A small mail server on loopback for demonstrations: the recipients' own, with mailboxes as files.

Whom it does not know it refuses at once (550), or takes the mail and sends a delivery status notification
(RFC 3464) to its return path later, as servers do. What was said is in `traffic.txt`.
"""

import smtplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, make_msgid
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
NAME = "mx.example.org"
ATTEMPTS, PAUSE = 40, 0.25
BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@{name}>
To: {back}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: {id}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"

--{boundary}
Content-Type: text/plain; charset=utf-8

The mailbox {address} is full. It was told so by {name}.

--{boundary}
Content-Type: message/delivery-status

Reporting-MTA: dns; {name}
Arrival-Date: {date}

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--{boundary}
Content-Type: text/rfc822-headers

{headers}
--{boundary}--
"""


@dataclass
class SampleMailServer:
    """`folder` is made when the first mail comes. `bounces` is the port that notifications of full mailboxes
    go to."""

    folder: Path
    port: int
    bounces: int
    unknown: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    tls: ssl.SSLContext | None = None
    _senders: list[threading.Thread] = field(default_factory=list)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self._said(f"C: MAIL FROM:<{envelope.mail_from}>", f"C: RCPT TO:<{address}>")
        if address in self.unknown:
            return self._answer("550 5.1.1 No such user here")
        envelope.rcpt_tos.append(address)
        return self._answer("250 2.1.5 Ok")

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        octets, [address] = envelope.original_content or b"", envelope.rcpt_tos
        cipher = session.ssl and session.ssl.get("cipher")
        self._said(f"C: DATA, {len(octets)} octets over {cipher[1] if cipher else 'no TLS'}")
        if address in self.full:
            self._send_later(envelope.mail_from or "", address, octets)
        else:
            (self.folder / f"{address}.eml").write_bytes(octets)
        return self._answer(f"250 2.0.0 Ok: queued as {sha256(octets).hexdigest()[:12].upper()}")

    @contextmanager
    def serving(self) -> Iterator["SampleMailServer"]:
        options: dict[str, Any] = {"tls_context": self.tls, "require_starttls": True} if self.tls else {}
        controller = Controller(self, hostname=HOST, port=self.port, server_hostname=NAME, **options)
        controller.start()
        try:
            yield self
        finally:
            for thread in self._senders:
                thread.join()
            controller.stop()

    def _send_later(self, back: str, address: str, octets: bytes) -> None:
        thread = threading.Thread(target=self._send_back, args=(back, address, octets))
        self._senders.append(thread)
        thread.start()

    def _send_back(self, back: str, address: str, octets: bytes) -> None:
        head = octets.partition(b"\r\n\r\n")[0].decode().replace("\r\n", "\n")
        date, boundary = format_datetime(datetime.now(UTC)), sha256(octets).hexdigest()[:32]
        said = {"name": NAME, "back": back, "date": date, "address": address, "boundary": boundary}
        text = BOUNCE.format(**said, id=make_msgid(domain=NAME), headers=head)
        whole = text.replace("\n", "\r\n").encode()
        (self.folder / f"{address}.returned.eml").write_bytes(whole)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with smtplib.SMTP(HOST, self.bounces, NAME, timeout=30) as session:
                    session.sendmail("", [back], whole)
                break
            except (smtplib.SMTPException, OSError):
                # As every mail server does with what is not taken yet.
                if attempt == ATTEMPTS:
                    raise
                time.sleep(PAUSE)
        self._said(f"C: a notification to <{back}>: 5.2.2 Mailbox full")

    def _answer(self, words: str) -> str:
        self._said(f"S: {words}")
        return words

    def _said(self, *lines: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "traffic.txt").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)
