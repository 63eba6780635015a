"""Letters: of which kind, and to whom. How an address is written is said in `addressing`."""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """`country` is ISO 3166-1 alpha-2."""

    line1: str
    line2: str
    postal_code: str
    city: str
    province: str
    country: str


class LetterKind(Enum):
    """Both are signed for. A burofax is the urgent one, whose content the post can certify as well."""

    REGISTERED = "REGISTERED"
    BUROFAX = "BUROFAX"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a print file needs besides words and documents. `link` is where the recipient answers, if there
    is anything to answer; `contact` is the issuer's."""

    guid: str
    position: int
    kind: LetterKind
    language: str
    sender: str
    contact: str
    name: str
    attention: str
    place: PostalAddress
    link: str = ""
