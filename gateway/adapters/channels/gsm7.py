"""Text for SMS: what fits the GSM 7-bit alphabet (3GPP TS 23.038), and folding into it.

One letter outside it costs a message its 160 characters and leaves it 70.
"""

import unicodedata

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
