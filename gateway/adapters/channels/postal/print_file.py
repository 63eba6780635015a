"""The print file of a letter: its address sheet, then the documents that go along, one PDF.

Only pages can be printed: of what is no PDF the stamped cover sheet goes along, which names its digest.
"""

import io
from dataclasses import dataclass

from pikepdf import Pdf, PdfError

from gateway.adapters.channels.postal.countries import country_name
from gateway.adapters.channels.postal.sheet import Sheet, address_sheet
from gateway.domain.addressing import address_lines
from gateway.domain.delivery import Message
from gateway.domain.documents import PDF
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.letters import Letter


@dataclass(frozen=True, slots=True)
class Origin:
    """Where letters are posted: `country` (ISO 3166-1 alpha-2), and `names`, the language (`fr` or `en`) in
    which other countries are named on them."""

    country: str = "ES"
    names: str = "fr"

    def abroad(self, letter: Letter) -> bool:
        return letter.place.country != self.country

    def lines(self, letter: Letter) -> tuple[str, ...]:
        name = country_name(letter.place.country, self.names) if self.abroad(letter) else ""
        return address_lines(letter.name, letter.attention, letter.place, name)


def print_file(message: Message, origin: Origin) -> bytes:
    """The same message gives the same octets. Raises GatewayError(ADDRESS_MISSING) when nobody is addressed,
    DOCUMENT_BROKEN for a document that cannot be put after the others."""
    letter = message.letter
    if letter is None:
        raise GatewayError(ErrorKind.ADDRESS_MISSING)
    sheet = Sheet(
        guid=letter.guid,
        mark=message.mark,
        lines=origin.lines(letter),
        kind=letter.kind.value,
        abroad=origin.abroad(letter),
        language=letter.language,
        sender=letter.sender,
        contact=letter.contact,
        subject=message.subject,
        text=message.text,
        link=letter.link,
    )
    documents = [each.octets for each in message.attachments if each.media_type == PDF]
    return _joined([address_sheet(sheet), *documents])


def pages_of(octets: bytes) -> int:
    with Pdf.open(io.BytesIO(octets)) as pdf:
        return len(pdf.pages)


def _joined(files: list[bytes]) -> bytes:
    target = io.BytesIO()
    try:
        with Pdf.open(io.BytesIO(files[0])) as whole:
            for octets in files[1:]:
                with Pdf.open(io.BytesIO(octets)) as more:
                    whole.pages.extend(more.pages)
            whole.save(target, deterministic_id=True)
    except (PdfError, RuntimeError, ValueError) as error:
        raise GatewayError(ErrorKind.DOCUMENT_BROKEN, "it cannot be printed") from error
    return target.getvalue()
