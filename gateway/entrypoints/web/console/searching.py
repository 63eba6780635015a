"""The search page: a form that is posted, and lists whose address holds no more than marks and keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.search import EVER, NEWEST, OLDEST, Place, SearchBy, Span
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.console.showing import show
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.usecases.console.search import Wanted

UNPROCESSABLE = 422
LONGEST_VALUE, MOST_VALUES = 400, 6


@dataclass(frozen=True, slots=True)
class SearchPages:
    use_cases: ConsoleUseCases

    def show(self, visit: StaffVisit) -> Response:
        """GET: what the address asks for; the newest transactions where it asks for nothing."""
        wanted, place = wanted_of(visit.request.args), place_of(visit.request.args)
        return self._list(visit, wanted, place)

    def find(self, visit: StaffVisit) -> Response:
        """POST: what was typed. One transaction is shown at once."""
        try:
            span = span_of(visit.request.form)
            wanted = self.use_cases.search.wanted(
                visit.somebody, _kind(visit.field("by")), visit.field("q"), span
            )
        except GatewayError as error:
            if error.kind is not ErrorKind.RULE_BROKEN:
                raise
            return self._list(
                visit, Wanted(SearchBy.RECENT), NEWEST, problem=visit.words("search.nothing_typed"), field="q"
            )
        if wanted.by is SearchBy.BATCH:
            found = self.use_cases.batches.find(visit.somebody, wanted.values[0])
            one = f"/{found[0]}" if len(found) == 1 else f"?{urlencode({'q': wanted.values[0]})}"
            return visit.go(f"/console/batches{one}")
        if wanted.by is SearchBy.GUID and self.use_cases.search.page(visit.somebody, wanted).rows:
            return visit.go(f"/console/t/{wanted.values[0]}")
        return visit.go(f"/console?{urlencode(query_of(wanted))}")

    def _list(self, visit: StaffVisit, wanted: Wanted, place: Place, **facts: object) -> Response:
        page = self.use_cases.search.page(visit.somebody, wanted, place)
        later = ""
        if page.after:
            begin = {"at": page.after.at.isoformat(), "after": page.after.guid}
            later = visit.url(f"/console?{urlencode([*query_of(wanted), *begin.items()])}")
        return show(
            visit,
            "console_search.html",
            "search",
            page=page,
            wanted=wanted,
            query=urlencode(query_of(wanted)),
            kinds=list(SearchBy),
            since="" if wanted.span.since == OLDEST else f"{wanted.span.since:%Y-%m-%d}",
            until=""
            if wanted.span.until == EVER.until
            else f"{wanted.span.until - timedelta(days=1):%Y-%m-%d}",
            first=visit.url(f"/console?{urlencode(query_of(wanted))}") if place != NEWEST else "",
            later=later,
            status=UNPROCESSABLE if facts else 200,
            **facts,
        )


def query_of(wanted: Wanted) -> list[tuple[str, str]]:
    """A search as an address has it."""
    query = [("by", wanted.by.value), *(("v", value) for value in wanted.values)]
    if wanted.span.since != OLDEST:
        query.append(("since", f"{wanted.span.since:%Y-%m-%d}"))
    if wanted.span.until != EVER.until:
        query.append(("until", f"{wanted.span.until - timedelta(days=1):%Y-%m-%d}"))
    return query


def wanted_of(args: Mapping[str, str]) -> Wanted:
    """Whatever an address says that no search of ours says means the newest."""
    by = _kind(args.get("by", "")) or SearchBy.RECENT
    listed = getattr(args, "getlist", lambda name: [args[name]] if name in args else [])("v")
    values = tuple(value[:LONGEST_VALUE] for value in listed[:MOST_VALUES] if value and value.isprintable())
    if not values:
        by = SearchBy.RECENT
    return Wanted(by, values if by is not SearchBy.RECENT else (), span_of(args))


def place_of(args: Mapping[str, str]) -> Place:
    at = instant_of(args.get("at", ""))
    return NEWEST if at is None else Place(at, args.get("after", "")[:60])


def instant_of(text: str) -> datetime | None:
    """An instant in UTC, as links to further pages have it; None for anything else."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        # The first and last days of all have no UTC in some time zones.
        return None


def span_of(given: Mapping[str, str]) -> Span:
    """Whole days, UTC, both included; what is no date bounds nothing."""
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    return Span(since or OLDEST, until + timedelta(days=1) if until else EVER.until)


def _day(text: str) -> datetime | None:
    try:
        day = date.fromisoformat(text[:10])
        # A year that no page begins in would overflow.
        return (
            datetime(day.year, day.month, day.day, tzinfo=UTC) if 1970 <= day.year < EVER.until.year else None
        )
    except ValueError:
        return None


def _kind(text: str) -> SearchBy | None:
    return SearchBy(text) if text in {*SearchBy} else None
