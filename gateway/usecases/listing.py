"""Lists of an issuer's transactions by pages, and the states of many at once.

A page token is a place in the order (reception, GUID), not a count: rows that come meanwhile shift nothing.
Everything that was acknowledged before the first page was asked for, and still matches when its page is read,
is on exactly one page. The token's keyed hash binds it to the issuer and to what was asked for.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.listing import Listed, Place, Wanted
from gateway.domain.parties import Issuer
from gateway.usecases.commands import Reference
from gateway.usecases.ports import Database, ExternalMark, PageMark, UnitOfWork
from gateway.usecases.results import ListPage

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MARK_OCTETS, TIME_OCTETS = 16, 8


@dataclass(frozen=True, slots=True)
class ListTransactions:
    database: Database
    mark: PageMark

    def __call__(self, issuer: Issuer, wanted: Wanted, page: str, limit: int) -> ListPage:
        """Oldest first. Raises GatewayError(PAGE_REFUSED) for a token of another issuer's or of another list,
        one that was touched, and anything else."""
        after = self._place(issuer, wanted, page) if page else None
        with self.database.read() as uow:
            rows = uow.listings.page(issuer.number, wanted, after, limit + 1)
        shown = tuple(rows[:limit])
        last = shown[-1] if len(rows) > limit else None
        return ListPage(shown, self._token(issuer, wanted, last) if last else "")

    def _token(self, issuer: Issuer, wanted: Wanted, last: Listed) -> str:
        place = _octets(Place(last.received_at, last.guid))
        return urlsafe_b64encode(self._mark(issuer, wanted, place) + place).decode()

    def _place(self, issuer: Issuer, wanted: Wanted, page: str) -> Place:
        try:
            octets = urlsafe_b64decode(page.encode())
        except ValueError:
            octets = b""
        if urlsafe_b64encode(octets).decode() != page:
            # Decoders forgive: one token, one spelling.
            raise GatewayError(ErrorKind.PAGE_REFUSED)
        mark, place = octets[:MARK_OCTETS], octets[MARK_OCTETS:]
        if not hmac.compare_digest(mark, self._mark(issuer, wanted, place)):
            raise GatewayError(ErrorKind.PAGE_REFUSED)
        received_at = EPOCH + int.from_bytes(place[:TIME_OCTETS]) * MICROSECOND
        return Place(received_at, place[TIME_OCTETS:].decode())

    def _mark(self, issuer: Issuer, wanted: Wanted, place: bytes) -> bytes:
        return self.mark(issuer.number, f"{_spelt(wanted)}/{place.hex()}")


@dataclass(frozen=True, slots=True)
class States:
    """The states of many transactions by a few queries, however many there are."""

    database: Database
    mark: ExternalMark

    def __call__(
        self, issuer: Issuer, references: Sequence[Reference]
    ) -> Sequence[tuple[str, Listed | ErrorKind]]:
        """In the order of the request: what was asked for, and NOT_FOUND or PURGED (then with its GUID)
        where nothing of the issuer's is there."""
        guids = [each.guid for each in references if each.guid]
        names = [each.external_id for each in references if not each.guid]
        with self.database.read() as uow:
            by_guid = {each.guid: each for each in uow.listings.by_guids(issuer.number, guids)}
            by_name = {each.external_id: each for each in uow.listings.by_external_ids(issuer.number, names)}
            purged = self._purged(
                uow, issuer, [each for each in guids if each not in by_guid], _without(names, by_name)
            )
        return [_answer(each, by_guid, by_name, purged) for each in references]

    def _purged(
        self, uow: UnitOfWork, issuer: Issuer, guids: Sequence[str], names: Sequence[str]
    ) -> dict[Reference, str]:
        marks = {self.mark(issuer.number, name): name for name in names}
        found = {Reference(guid): guid for guid in uow.listings.purged(issuer.number, guids)}
        for mark, guid in uow.listings.purged_marks(issuer.number, list(marks)).items():
            found[Reference(external_id=marks[mark])] = guid
        return found


def _without(names: Sequence[str], known: dict[str, Listed]) -> Sequence[str]:
    return [name for name in names if name not in known]


def _answer(
    asked: Reference, by_guid: dict[str, Listed], by_name: dict[str, Listed], purged: dict[Reference, str]
) -> tuple[str, Listed | ErrorKind]:
    known = by_guid.get(asked.guid) if asked.guid else by_name.get(asked.external_id)
    if known is not None:
        return asked.guid or asked.external_id, known
    if asked in purged:
        return purged[asked], ErrorKind.PURGED
    return asked.guid or asked.external_id, ErrorKind.NOT_FOUND


def _octets(place: Place) -> bytes:
    return ((place.received_at - EPOCH) // MICROSECOND).to_bytes(TIME_OCTETS) + place.guid.encode()


def _spelt(wanted: Wanted) -> str:
    moments = (wanted.received_from, wanted.received_until)
    times = [str((each - EPOCH) // MICROSECOND) if each else "" for each in moments]
    numbers = ["" if each is None else str(int(each)) for each in (wanted.state, wanted.result)]
    return ",".join([*times, *numbers])
