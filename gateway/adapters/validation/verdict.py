"""How a check says no: a sub-indication of EN 319 102-1 with a sentence, and what follows from it.

Never seen outside this package; `validate_xml` and `validate_token` turn it into reports.
"""

from collections.abc import Iterable
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509 import DuplicateExtension, InvalidVersion
from lxml import etree

from gateway.domain.errors import GatewayError
from gateway.domain.validation import Indication, SubIndication

# Table 5 of the standard: these are final, the others may be decided by more material.
FINAL = frozenset(
    {
        SubIndication.FORMAT_FAILURE,
        SubIndication.HASH_FAILURE,
        SubIndication.SIG_CRYPTO_FAILURE,
        SubIndication.REVOKED,
        SubIndication.EXPIRED,
        SubIndication.NOT_YET_VALID,
    }
)
WORST_FIRST = (Indication.FAILED, Indication.INDETERMINATE, Indication.PASSED)
# Hostile octets make libraries raise in ways that none of them documents.
UNREADABLE = (
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    UnsupportedAlgorithm,
    InvalidSignature,
    InvalidVersion,
    DuplicateExtension,
    etree.LxmlError,
    GatewayError,
)


class Refusal(Exception):
    """A check that did not hold. `detail` is for people and holds nothing secret.

    `since`: the moment of the revocation or expiry that is to blame, if one is.
    """

    def __init__(self, sub_indication: SubIndication, detail: str, since: datetime | None = None) -> None:
        super().__init__(detail)
        self.sub_indication = sub_indication
        self.detail = detail
        self.since = since

    @property
    def indication(self) -> Indication:
        return Indication.FAILED if self.sub_indication in FINAL else Indication.INDETERMINATE


def worst(indications: Iterable[Indication]) -> Indication:
    """The indication of a whole made of these; FAILED when there are none."""
    found = set(indications)
    return next((each for each in WORST_FIRST if each in found), Indication.FAILED)


def unreadable(error: Exception, what: str) -> Refusal:
    """The refusal for something that a library could not make sense of."""
    return Refusal(SubIndication.FORMAT_FAILURE, f"{what} cannot be read ({type(error).__name__})")
