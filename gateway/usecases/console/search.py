"""Searching: what somebody typed becomes marks or keys, and those become pages, newest first.

The answer of a search is a `Wanted` that holds nothing personal, so that it may stand in an address.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.domain.custody import Tombstone
from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.search import EVER, NEWEST, Found, Place, SearchBy, Span
from gateway.domain.staff import Permission, Person
from gateway.usecases.console.permitted import allow
from gateway.usecases.ports import Database, ExternalMark, UnitOfWork

GUID = re.compile(r"\d{6}-\d{4}-\d{15}\.par", re.ASCII)
IDENTITY = re.compile(r"[A-Z]?\d{7,8}[A-Z]|[A-Z]\d{7}[0-9A-Z]", re.ASCII | re.IGNORECASE)
PHONE = re.compile(r"\+?[\d\s().-]{9,20}", re.ASCII)
SPAIN, NATIONAL_DIGITS = "34", 9
PAGE, MOST = 25, 100
LONGEST = 400
# Of so many issuers each is asked whether a purged transaction had that external id.
MOST_ISSUERS = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search. `values` are marks (of people), GUIDs, external ids, issuers' numbers or ids of batches."""

    by: SearchBy
    values: tuple[str, ...] = ()
    span: Span = EVER


@dataclass(frozen=True, slots=True)
class Page:
    """`after` begins the next page; None: this is the last. `purged` are tombstones that match."""

    rows: tuple[Found, ...]
    after: Place | None = None
    purged: tuple[Tombstone, ...] = ()
    issuers: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Search:
    database: Database
    external_mark: ExternalMark

    def wanted(self, person: Person, by: SearchBy | None, text: str, span: Span = EVER) -> Wanted:
        """The search for what was typed; without a kind, what it looks like decides.

        Raises GatewayError(RULE_BROKEN) for what no search of that kind can be.
        """
        allow(person, Permission.READ)
        said = " ".join(text.split())[:LONGEST]
        chosen = by or kind_of(said)
        if not said and chosen is not SearchBy.RECENT:
            raise GatewayError(ErrorKind.RULE_BROKEN, "nothing to search for")
        if chosen is SearchBy.ISSUER and not said.isdecimal():
            raise GatewayError(ErrorKind.RULE_BROKEN, "issuers are searched by their number")
        if not chosen.personal:
            return Wanted(chosen, (said,) if said else (), span)
        with self.database.read() as uow:
            marks = (uow.searches.mark(chosen, each) for each in spellings(chosen, said))
            return Wanted(chosen, tuple(dict.fromkeys(mark for mark in marks if mark)), span)

    def page(self, person: Person, wanted: Wanted, place: Place = NEWEST, size: int = PAGE) -> Page:
        """Raises GatewayError(ACCESS_DENIED) for those who may not READ."""
        allow(person, Permission.READ)
        size = min(max(size, 1), MOST)
        with self.database.read() as uow:
            names = {issuer.number: issuer.name for issuer in uow.issuers.all()}
            if wanted.by is SearchBy.GUID:
                return _by_guid(uow, wanted.values[0], names)
            rows = uow.searches.page(wanted.by, keys_of(wanted), place, wanted.span, size + 1)
            first = place == NEWEST and not rows and wanted.by is SearchBy.EXTERNAL_ID
            purged = tuple(self._purged(uow, wanted.values[0], names)) if first else ()
        shown, more = rows[:size], len(rows) > size
        return Page(tuple(shown), shown[-1].place if more else None, purged, names)

    def _purged(self, uow: UnitOfWork, external_id: str, issuers: dict[int, str]) -> Sequence[Tombstone]:
        """A purged transaction's external id is known by its keyed hash within its issuer alone."""
        marks = [self.external_mark(number, external_id) for number in sorted(issuers)[:MOST_ISSUERS]]
        found = (uow.tombstones.marked(mark) for mark in marks)
        return [tombstone for tombstone in found if tombstone]


def kind_of(text: str) -> SearchBy:
    """What it looks like; an external id when it looks like nothing else."""
    if not text:
        return SearchBy.RECENT
    if GUID.fullmatch(text):
        return SearchBy.GUID
    if "@" in text:
        return SearchBy.EMAIL
    bare = re.sub(r"[\s.-]", "", text)
    if IDENTITY.fullmatch(bare):
        return SearchBy.IDENTITY
    return SearchBy.PHONE if PHONE.fullmatch(text) else SearchBy.EXTERNAL_ID


def spellings(by: SearchBy, text: str) -> Sequence[str]:
    """As issuers may have written it: telephones with their country's prefix, without, or with 00."""
    if by is not SearchBy.PHONE:
        return [text]
    digits = "".join(filter(str.isdigit, text))
    bare = digits.removeprefix("00")
    if len(bare) == NATIONAL_DIGITS:
        return [bare, SPAIN + bare, f"00{SPAIN}{bare}"]
    national = bare.removeprefix(SPAIN)
    return [bare, f"00{bare}", *([national] if len(national) == NATIONAL_DIGITS else [])]


def keys_of(wanted: Wanted) -> Sequence[str | int]:
    """The values as `Searches` takes them."""
    if wanted.by is SearchBy.ISSUER:
        return [int(value) for value in wanted.values if len(value) <= len("9999") and value.isdecimal()]
    return wanted.values


def _by_guid(uow: UnitOfWork, guid: str, names: dict[int, str]) -> Page:
    found = uow.searches.get(guid)
    tombstone = uow.tombstones.get(guid) if found is None else None
    return Page((found,) if found else (), None, (tombstone,) if tombstone else (), names)
