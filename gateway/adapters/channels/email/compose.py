"""A `Message` as RFC 5322 octets: alternative text and HTML, attachments, headers nobody can inject into.

The same message at the same moment gives the same octets, so that what is kept is what leaves.
"""

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from gateway.domain.delivery import Attachment, Message

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}", re.ASCII)
MEDIA_TYPE = re.compile(r"([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*)/([A-Za-z0-9][A-Za-z0-9!#$&^_.+-]*)", re.ASCII)
# Quoted local parts and address literals are legal and unused by people; refusing them closes their tricks.
LOCAL = re.compile(r"[^\s\x00-\x1f\x7f\"(),:;<>@\[\]\\.]+(\.[^\s\x00-\x1f\x7f\"(),:;<>@\[\]\\.]+)*")
DOMAIN = re.compile(
    r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
    re.ASCII,
)
MAX_LOCAL_OCTETS = 64


def mailbox(address: str) -> str:
    """The address with its domain in IDNA form; raises ValueError for what is no plain mailbox."""
    local, at, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        raise ValueError("the domain is not valid") from None
    if not at or not LOCAL.fullmatch(local) or len(local.encode()) > MAX_LOCAL_OCTETS:
        raise ValueError("the mailbox name is not valid")
    if not DOMAIN.fullmatch(ascii_domain):
        raise ValueError("the domain is not valid")
    return f"{local}@{ascii_domain}"


def name_of(message: Message) -> str:
    """By what Message-ID, return path and ENVID name it: its mark, which nobody can guess, or its id."""
    return message.mark or message.id


def identifier(name: str, sender: str) -> str:
    """The stable Message-ID: a retry of the same message is recognisable to every receiver."""
    local = name if TOKEN.fullmatch(name) else hashlib.sha256(name.encode()).hexdigest()
    return f"<{local}@{sender.rpartition('@')[2]}>"


def compose(message: Message, sender: str, recipient: str, now: datetime) -> bytes:
    """The octets to send, CRLF lines, 7-bit unless an address itself needs SMTPUTF8 (RFC 6532)."""
    policy = SMTP if (sender + recipient).isascii() else SMTPUTF8
    mail = EmailMessage(policy.clone(cte_type="7bit"))
    mail["From"] = _address(sender, one_line(message.sender_name))
    mail["To"] = _address(recipient)
    mail["Subject"] = one_line(message.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = identifier(name_of(message), sender)
    # Vacation responders keep silent (RFC 3834), so that what comes back is about delivery.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    if message.html:
        mail.add_alternative(message.html, subtype="html")
    for attachment in message.attachments:
        _attach(mail, attachment)
    _bounded(mail, name_of(message))
    return mail.as_bytes()


def one_line(text: str) -> str:
    """Line breaks and control characters become spaces: no text ends a header."""
    return CONTROL.sub(" ", text).strip()


def _address(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def _bounded(mail: EmailMessage, name: str) -> None:
    """Boundaries derived from the name: the library draws others each time. No text can know them before."""
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():
            part.set_boundary("=_" + hashlib.sha256(f"{name}/{number}".encode()).hexdigest()[:48])


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    media = MEDIA_TYPE.fullmatch(attachment.media_type)
    main, sub = media.groups() if media else ("application", "octet-stream")
    if main in {"multipart", "message"}:
        main, sub = "application", "octet-stream"
    name = one_line(attachment.name).replace("/", "_").replace("\\", "_")
    mail.add_attachment(attachment.octets, maintype=main, subtype=sub, filename=name)
