"""Figures: the alarm clock's job that counts each day once, and what charts sum of them.

The present day is counted again at every round, an earlier one until nothing of it can come late any more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gateway.domain.figures import EVERYBODY, Figure, Measure, begins, days, time_label
from gateway.domain.parties import Issuer
from gateway.domain.staff import Permission, Person
from gateway.usecases.console.permitted import allow
from gateway.usecases.ports import Clock, Database

# What one round may catch up with, and how far back the first one begins.
MOST_DAYS, OLDEST = 31, timedelta(days=400)
LATE = timedelta(hours=2)
# Signatures are read one by one, so that no more than an hour's are in memory.
SLICE = timedelta(hours=1)
PERIODS = (7, 30, 90, 365)
Key = tuple[int, Measure, str]


@dataclass(frozen=True, slots=True)
class RollUp:
    """Safe to run anywhere at any time: a day counted twice is the same day."""

    database: Database
    clock: Clock

    def __call__(self) -> int:
        """How many days were counted."""
        now, done = self.clock.now(), 0
        for day in list(days(self._first(now), now.date()))[:MOST_DAYS]:
            counted = self._count(day)
            final = now >= begins(day) + timedelta(days=1) + LATE
            with self.database.write(synced=False) as uow:
                for (issuer, measure, label), amount in counted.items():
                    uow.figures.put(Figure(issuer, day.isoformat(), measure, label, amount))
                if final:
                    uow.figures.put(Figure(EVERYBODY, day.isoformat(), Measure.ROLLED, "final", 1))
                uow.commit()
            done += 1
        return done

    def _first(self, now: datetime) -> date:
        with self.database.read() as uow:
            last, first = uow.figures.last_rolled(EVERYBODY), uow.figures.first_reception()
        if last:
            return date.fromisoformat(last) + timedelta(days=1)
        return max(first or now, now - OLDEST).date()

    def _count(self, day: date) -> Mapping[Key, int]:
        since = begins(day)
        until, counted = since + timedelta(days=1), Counter[Key]()
        with self.database.read() as uow:
            for measure, read in (
                (Measure.VOLUME, uow.figures.volume),
                (Measure.RESULT, uow.figures.results),
                (Measure.CHANNEL, uow.figures.channels),
            ):
                for issuer, label, many in read(since, until):
                    counted.update(_both(issuer, measure, label, many))
        for hour in range(24):
            with self.database.read() as uow:
                begin = since + hour * SLICE
                for issuer, received, decided in uow.figures.signed(begin, begin + SLICE):
                    label = time_label(decided - received)
                    counted.update(_both(issuer, Measure.SIGN_TIME, label, 1))
        return counted


def _both(issuer: int, measure: Measure, label: str, many: int) -> Mapping[Key, int]:
    return {(issuer, measure, label): many, (EVERYBODY, measure, label): many}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a page of charts shows: `totals` by measure and label, `volume` by day, oldest first."""

    first: date
    last: date
    issuers: tuple[Issuer, ...]
    volume: tuple[tuple[str, int], ...]
    totals: Mapping[Measure, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class ViewFigures:
    database: Database
    clock: Clock

    def __call__(self, person: Person, period: int = 30, issuer: int | None = None) -> Sheet:
        """Of the last `period` days (one of PERIODS), of one issuer or all."""
        allow(person, Permission.READ)
        last = self.clock.now().date()
        first = last - timedelta(days=(period if period in PERIODS else PERIODS[1]) - 1)
        with self.database.read() as uow:
            whose = EVERYBODY if issuer is None else issuer
            figures = uow.figures.between(whose, first.isoformat(), last.isoformat())
            issuers = tuple(uow.issuers.all())
        return Sheet(first, last, issuers, tuple(_by_day(first, last, figures)), _totals(figures))


def _by_day(first: date, last: date, figures: Sequence[Figure]) -> Iterator[tuple[str, int]]:
    """Also the days on which nothing came."""
    found = Counter[str]()
    for each in figures:
        if each.measure is Measure.VOLUME:
            found[each.day] += each.amount
    yield from ((day.isoformat(), found[day.isoformat()]) for day in days(first, last))


def _totals(figures: Sequence[Figure]) -> Mapping[Measure, Mapping[str, int]]:
    totals: dict[Measure, Counter[str]] = {measure: Counter() for measure in Measure}
    for each in figures:
        totals[each.measure][each.label] += each.amount
    return totals
