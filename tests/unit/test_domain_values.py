"""GUIDs, durations, results: the small values that everything else stands on."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain.errors import ErrorKind
from gateway.domain.guid import Guid
from gateway.domain.results import NEGATIVE_ORDER, Result, combined
from gateway.domain.retention import Duration, custody_long_enough

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@given(st.integers(0, 10**6 - 1), st.integers(0, 9999), st.integers(0, 10**15 - 1))
def test_guids_read_back(installation: int, issuer: int, sequence: int) -> None:
    """The public form holds the three numbers, at a fixed width."""
    guid = Guid(installation, issuer, sequence)
    assert Guid.parse(str(guid)) == guid
    assert len(str(guid)) == len("001001-0001-000000000123456.par")


@pytest.mark.parametrize(
    "text", ["", "1-1-1.par", "001001-0001-000000000123456.pas", "001001-0001-00000000012345٦.par"]
)
def test_other_texts_are_no_guid(text: str) -> None:
    """Anything but the exact form is refused, digits of other scripts too."""
    with pytest.raises(ValueError, match="not a GUID"):
        Guid.parse(text)


def test_guid_numbers_have_a_range() -> None:
    """A number that does not fit its place is refused instead of growing the text."""
    with pytest.raises(ValueError, match="out of range"):
        Guid(1, 10_000, 1)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("P1M", datetime(2026, 2, 28, 12, tzinfo=UTC)),
        ("P5Y", datetime(2031, 1, 31, 12, tzinfo=UTC)),
        ("P1DT1H1M1S", NOW + timedelta(days=1, hours=1, minutes=1, seconds=1)),
        ("PT0S", NOW),
    ],
)
def test_durations_follow_the_calendar(text: str, end: datetime) -> None:
    """Months keep the day, clipped to the month's last; the rest is seconds."""
    assert Duration.parse(text).after(NOW) == end


@pytest.mark.parametrize("text", ["", "P", "PT", "P1", "-P1D", "P1.5D", "1D", "P1DT"])
def test_other_texts_are_no_duration(text: str) -> None:
    """Signs, fractions and empty durations are refused."""
    with pytest.raises(ValueError, match="not a duration"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["P9999Y", "P999999D"])
def test_the_calendar_ends(text: str) -> None:
    """A duration that leaves the calendar is a ValueError and never an overflow."""
    if text == "P999999D":
        assert Duration.parse(text).after(NOW).year > 4000
    else:
        with pytest.raises(ValueError, match="too far"):
            Duration.parse(text).after(NOW)


def test_custody_is_five_years_at_least_in_years_or_months() -> None:
    """Days do not count as custody, and 59 months are too few."""
    assert custody_long_enough(Duration.parse("P60M"))
    assert not custody_long_enough(Duration.parse("P59M"))
    assert not custody_long_enough(Duration.parse("P1827D"))


OUTCOMES = st.lists(st.sampled_from([Result.COMPLETED, *NEGATIVE_ORDER]), min_size=1, max_size=6)


@given(OUTCOMES)
def test_result_of_several(outcomes: list[Result]) -> None:
    """All positive 7; some 16; none: the first present of the fixed order."""
    positive = outcomes.count(Result.COMPLETED)
    result = combined(outcomes)
    if positive == len(outcomes):
        assert result is Result.COMPLETED
    elif positive:
        assert result is Result.PARTIALLY_COMPLETED
    else:
        assert all(NEGATIVE_ORDER.index(result) <= NEGATIVE_ORDER.index(each) for each in outcomes)
        assert result in outcomes


@pytest.mark.parametrize("outcomes", [[], [Result.PENDING], [Result.COMPLETED, Result.CANCELLED_BY_ISSUER]])
def test_a_pending_recipient_has_no_result_to_combine(outcomes: list[Result]) -> None:
    """Combining too early is a programming error, never a guess."""
    with pytest.raises(ValueError, match="outcome"):
        combined(outcomes)


def test_every_refusal_has_its_own_code_and_both_texts() -> None:
    """Codes are unique, shaped E000nnn, and no text is missing in either language."""
    codes = [kind.code for kind in ErrorKind]
    assert len(set(codes)) == len(codes) == len(ErrorKind.__members__)
    for kind in ErrorKind:
        assert kind.code.startswith("E000")
        assert len(kind.code) == len("E000101")
        assert kind.text.en != kind.text.es
        assert kind.text.in_language("es-ES") == kind.text.es
        assert kind.text.in_language("fr") == kind.text.en
