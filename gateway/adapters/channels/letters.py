"""What makes a message a letter: to whom it goes, of which kind, and where it is answered."""

from dataclasses import replace

from gateway.domain.addressing import letter_of
from gateway.domain.delivery import Channel, Message
from gateway.domain.parties import Issuer
from gateway.domain.record import RecipientRecord, TransactionRecord


def lettered(
    message: Message, record: TransactionRecord, recipient: RecipientRecord, issuer: Issuer, link: str = ""
) -> Message:
    """As it is for every other channel."""
    if message.channel is not Channel.POSTAL:
        return message
    asked = recipient.asked
    kind, language = record.asked.flow.letter, record.language
    letter = letter_of(record.guid, recipient.position, kind, language, issuer, asked, link)
    place = asked.postal_address
    address = f"{place.line1}, {place.postal_code} {place.city}" if place else ""
    return replace(message, letter=letter, address=address)
