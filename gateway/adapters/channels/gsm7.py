"""Text for SMS: what fits the GSM 7-bit alphabet (3GPP TS 23.038), folding into it, and its septets.

One letter outside it costs a message its 160 characters and leaves it 70.
"""

import unicodedata

ESCAPE = 0x1B
# The basic table in its order; the place of the escape is a letter that nobody writes.
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {"\f": 10, "^": 20, "{": 40, "}": 41, "\\": 47, "[": 60, "~": 61, "]": 62, "|": 64, "€": 101}
SEPTETS = {letter: bytes([place]) for place, letter in enumerate(BASIC) if place != ESCAPE} | {
    letter: bytes([ESCAPE, place]) for letter, place in EXTENSION.items()
}

# The basic table, without its Greek capitals; the extension table costs two septets a character.
ALPHABET = frozenset(
    "@£$¥èéùìòÇØøÅåÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà_\n\r"
)
FOLDED = {"«": '"', "»": '"', "“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "..."}


def fold(text: str) -> str:
    """Replace accents and quotes outside the alphabet (á by a); scripts that cannot be folded stay."""
    return "".join(_folded(character) for character in text)


def _folded(character: str) -> str:
    if character in ALPHABET:
        return character
    if character in FOLDED:
        return FOLDED[character]
    base = unicodedata.normalize("NFD", character)[0]
    return base if base in ALPHABET else character


def septets(text: str) -> list[bytes] | None:
    """Each letter's septets, one octet a septet, two for letters of the extension table; None when a letter
    is in neither."""
    found = [SEPTETS.get(letter) for letter in text]
    return None if None in found else [each for each in found if each is not None]
