"""Charts as shapes: where each bar stands. The template draws them, with title, description and table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.wrappers import Response

from gateway.domain.delivery import Channel, Outcome
from gateway.domain.figures import LONGER, TIMES, Measure
from gateway.domain.results import Result
from gateway.domain.timeline import RESULTS
from gateway.entrypoints.web.accounts.visit import StaffVisit
from gateway.entrypoints.web.console.showing import named, show, tone
from gateway.entrypoints.web.console.use_cases import ConsoleUseCases
from gateway.usecases.console.figures import PERIODS

WIDE, HIGH, GAP = 720.0, 200.0, 0.2
ROW, NAMES, FIGURES = 26.0, 250.0, 70.0
DELIVERY_TONES = {"DELIVERED": "good", "ACCEPTED": "good", "REFUSED": "bad", "NOT_SENT": "bad"}


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` and `value` are told by its title; numbers are in the units of the drawing."""

    label: str
    value: int
    tone: str
    x: float
    y: float
    wide: float
    high: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`key` names its texts. Lying bars have their label beside them."""

    key: str
    bars: tuple[Bar, ...]
    lying: bool
    high: float
    most: int
    total: int


def standing(key: str, points: Sequence[tuple[str, int]]) -> Chart:
    """One column a point, from left to right."""
    most, step = max((value for _, value in points), default=0), WIDE / max(len(points), 1)
    bars = []
    for place, (label, value) in enumerate(points):
        high = round(HIGH * value / (most or 1), 2)
        x, wide = round(place * step, 2), round(step * (1 - GAP), 2)
        bars.append(Bar(label, value, "", x, round(HIGH - high, 2), wide, high))
    return Chart(key, tuple(bars), lying=False, high=HIGH, most=most, total=sum(value for _, value in points))


def lying(key: str, points: Sequence[tuple[str, int, str]]) -> Chart:
    """One row a point, from above."""
    most = max((value for _, value, _ in points), default=0)
    bars = tuple(
        Bar(
            label,
            value,
            tone,
            NAMES,
            place * ROW,
            round((WIDE - NAMES - 70) * value / (most or 1), 2),
            ROW - 6,
        )
        for place, (label, value, tone) in enumerate(points)
    )
    total = sum(value for _, value, _ in points)
    return Chart(key, bars, lying=True, high=ROW * max(len(points), 1), most=most, total=total)


@dataclass(frozen=True, slots=True)
class ChartPages:
    use_cases: ConsoleUseCases

    def show(self, visit: StaffVisit) -> Response:
        args = visit.request.args
        asked, given = args.get("days", ""), args.get("issuer", "")
        period = int(asked) if asked in {str(each) for each in PERIODS} else 30
        issuer = int(given) if given.isdecimal() and len(given) <= len("9999") else None
        sheet = self.use_cases.figures(visit.somebody, period, issuer)
        language, totals = visit.words.language, sheet.totals
        charts = (
            standing("volume", sheet.volume),
            lying("results", _results(totals[Measure.RESULT], language)),
            lying("channels", _channels(totals[Measure.CHANNEL], visit)),
            standing("times", _times(totals[Measure.SIGN_TIME], visit)),
        )
        issuers = [("", visit.words("charts.everybody"))]
        issuers += [(str(each.number), f"{each.number} · {each.name}") for each in sheet.issuers]
        return show(
            visit,
            "console_charts.html",
            "charts",
            sheet=sheet,
            charts=charts,
            period=period,
            periods=[(each, visit.words("charts.days", number=each)) for each in PERIODS],
            issuer="" if issuer is None else issuer,
            issuers=issuers,
        )


def _results(totals: Mapping[str, int], language: str) -> list[tuple[str, int, str]]:
    return [
        (RESULTS[each].in_language(language), totals[str(int(each))], tone(each))
        for each in Result
        if str(int(each)) in totals
    ]


def _channels(totals: Mapping[str, int], visit: StaffVisit) -> list[tuple[str, int, str]]:
    return [
        (
            f"{channel.value}: {named(visit.words, 'outcome', outcome.value)}",
            totals[f"{channel.value}:{outcome.value}"],
            DELIVERY_TONES.get(outcome.value, "warn"),
        )
        for channel in Channel
        for outcome in Outcome
        if f"{channel.value}:{outcome.value}" in totals
    ]


def _times(totals: Mapping[str, int], visit: StaffVisit) -> list[tuple[str, int]]:
    labels = [*(label for label, _ in TIMES), LONGER]
    return [(visit.words(f"charts.time.{label}"), totals.get(label, 0)) for label in labels]
