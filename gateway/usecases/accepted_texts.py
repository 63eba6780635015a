"""The texts that a person accepted from an issuer: when, and the digest of the words that they saw.

They are read from the acts themselves. Consents that were ticked beside them are in `consent_book`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.domain.catalogue import CATALOGUE, Act
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.record import RecipientRecord
from gateway.domain.results import RecipientState
from gateway.domain.search import EVER, NEWEST, Found, SearchBy
from gateway.usecases.access import matches
from gateway.usecases.ports import Database, UnitOfWork

PAGE = 100
DIGEST = "text_sha256"


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """`text_sha256` (hexadecimal) names the version of the text; it stands in the evidence of the act too."""

    guid: str
    position: int
    at: datetime
    subject: str
    text_sha256: str


@dataclass(frozen=True, slots=True)
class AcceptedTexts:
    database: Database

    def __call__(self, issuer: int, identity: str) -> Sequence[AcceptedText]:
        """Newest transaction first; tests of the sandbox are none. Raises GatewayError(ISSUER_UNKNOWN)."""
        with self.database.read() as uow:
            if uow.issuers.get(issuer) is None:
                raise GatewayError(ErrorKind.ISSUER_UNKNOWN)
            asked = [found for found in _of_person(uow, identity) if found.issuer == issuer]
            return [each for found in asked for each in _given(uow, found, identity)]


def _of_person(uow: UnitOfWork, identity: str) -> Iterator[Found]:
    mark, place = uow.searches.mark(SearchBy.IDENTITY, identity), NEWEST
    while mark:
        rows = uow.searches.page(SearchBy.IDENTITY, [mark], place, EVER, PAGE)
        yield from rows
        if len(rows) < PAGE:
            return
        place = rows[-1].place


def _given(uow: UnitOfWork, found: Found, identity: str) -> Iterator[AcceptedText]:
    record = uow.transactions.get(found.guid) if CATALOGUE[found.service].act is Act.ACCEPT else None
    if record is None or record.sandbox:
        return
    digests = {
        event.position: dict(event.details)[DIGEST]
        for event in uow.events.of(found.guid)
        if DIGEST in dict(event.details)
    }
    for each in uow.recipients.of(found.guid):
        given = each.state is RecipientState.ACCEPTED and each.position in digests
        if given and each.decided_at and _is(each, identity):
            digest = digests[each.position]
            yield AcceptedText(found.guid, each.position, each.decided_at, record.asked.subject, digest)


def _is(recipient: RecipientRecord, identity: str) -> bool:
    """By what the issuer calls them legally, or by what they identified themselves with."""
    legal = recipient.asked.identity.value if recipient.asked.identity else ""
    return matches(recipient, identity) or _letters(legal) == _letters(identity)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()
