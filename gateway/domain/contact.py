"""How a recipient is reached, in one spelling, and how it is told without telling it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from gateway.domain.delivery import Channel
from gateway.domain.errors import ErrorKind, GatewayError

# As common.xsd has them.
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")
EMAIL = re.compile(r'[^@\s<>"(),:;\\]{1,64}@[^@\s<>"(),:;\\]{1,189}')
SEPARATORS = re.compile(r"[\s().\-/]")


class ContactKind(StrEnum):
    """Values are stored with blocks: never rename one."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"


KIND_OF: dict[Channel, ContactKind] = {
    Channel.EMAIL: ContactKind.EMAIL,
    Channel.SMS: ContactKind.PHONE,
    Channel.VOICE: ContactKind.PHONE,
}


@dataclass(frozen=True, slots=True)
class Contact:
    """What is corrected; what is empty stays as it was."""

    email: str = ""
    phone: str = ""

    def __bool__(self) -> bool:
        return bool(self.email or self.phone)


def normal(contact: Contact) -> Contact:
    """One spelling. Raises GatewayError(CONTACT_INVALID) without telling the contact."""
    return Contact(
        _email(contact.email) if contact.email else "", _phone(contact.phone) if contact.phone else ""
    )


def _phone(text: str) -> str:
    """E.164: people type separators, and 00 for the plus sign."""
    digits = SEPARATORS.sub("", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not digits.isascii() or not PHONE.fullmatch(digits):
        raise GatewayError(ErrorKind.CONTACT_INVALID, "the telephone must be as in +34600000000")
    return digits


def _email(text: str) -> str:
    """The domain in small letters; the letters before it may be told apart by its owner (RFC 5321, 2.4)."""
    address = text.strip()
    if not EMAIL.fullmatch(address) or not address.isprintable():
        raise GatewayError(ErrorKind.CONTACT_INVALID, "the e-mail address is none")
    mailbox, _, domain = address.rpartition("@")
    return f"{mailbox}@{domain.lower()}"


def masked_phone(phone: str) -> str:
    """The last three digits only, in groups as the phone's owner reads them."""
    return f"••• ••• {phone[-3:]}"


def masked_email(email: str) -> str:
    """The first letter and the domain."""
    mailbox, _, domain = email.rpartition("@")
    return f"{mailbox[:1]}•••@{domain}"
