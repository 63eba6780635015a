"""How letters are addressed: what stands in the window of the envelope.

An address has six lines at most, of Latin letters, which fit every window that the print file is made for;
what would not fit is refused at Submit, never cut: a cut address is another one.
"""

import textwrap
import unicodedata
from collections.abc import Iterator

from gateway.domain.countries import COUNTRIES
from gateway.domain.letters import Letter, LetterKind, PostalAddress
from gateway.domain.parties import Issuer, Recipient

LINES, WIDTH = 6, 46
# Latin letters that no decomposition gives.
PLAIN = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "ħ": "h", "Ħ": "H", "ŋ": "n", "Ŋ": "N"}
)


def letter_of(
    guid: str, position: int, kind: LetterKind, language: str, issuer: Issuer, to: Recipient, link: str = ""
) -> Letter | None:
    """None for somebody without a postal address."""
    if to.postal_address is None:
        return None
    return Letter(
        guid,
        position,
        kind,
        language,
        issuer.name,
        issuer.reachable_at,
        to.full_name,
        to.representative,
        to.postal_address,
        link,
    )


def address_lines(name: str, attention: str, place: PostalAddress, country: str = "") -> tuple[str, ...]:
    """From the addressee to the town; with `country`, which is abroad, that alone on the last line, in
    capital letters (Universal Postal Convention, regulations on addressing)."""
    town = f"{place.postal_code} {place.city}"
    province = place.province if place.province.casefold() != place.city.casefold() else ""
    full = [name, attention, place.line1, place.line2, f"{town} ({province})" if province else town]
    wrapped = [part for line in full if line for part in textwrap.wrap(latin(line), WIDTH)]
    return (*wrapped, *([latin(country).upper()] if country else []))


def latin(text: str) -> str:
    """In letters that every typeface of ours has; what is no Latin letter stays as it is."""
    return "".join(_plain(letter) for letter in unicodedata.normalize("NFC", text).translate(PLAIN))


def address_rules(to: Recipient) -> Iterator[str]:
    """What keeps a letter from being addressed to this recipient."""
    place = to.postal_address
    if place is None:
        return
    if place.country not in COUNTRIES:
        yield f"postal_address: there is no country {place.country}"
    # One line is left for the country's name.
    if len(address_lines(to.full_name, to.representative, place)) > LINES - 1:
        yield f"postal_address has more than {LINES} lines of {WIDTH} characters, name and country included"
    words = (to.full_name, to.representative, place.line1, place.line2, place.city, place.province)
    if not all(_shown(latin(word)) for word in (*words, place.postal_code)):
        yield "postal_address must be in Latin letters"


def _plain(letter: str) -> str:
    if _shown(letter):
        return letter
    base = "".join(each for each in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(each))
    return base if base and _shown(base) else letter


def _shown(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return text.isprintable()
