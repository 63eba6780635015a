"""Figures are counted once a day by a job, and charts show them without counting anything."""

from datetime import timedelta

import pytest

from gateway.domain.figures import EVERYBODY, Measure
from gateway.domain.staff import Role
from gateway.usecases.console.figures import RollUp, ViewFigures
from tests.console_site import PEOPLE, Site
from tests.house import INSURER, House
from tests.orders import ANA, LUIS, order

LUZ = PEOPLE[Role.AUDITOR]


def lived(house: House) -> None:
    """One signed, one rejected, one of another issuer that waits, all about noon of one day: yesterday is
    counted again until two o'clock."""
    now = house.clock.now()
    house.clock.advance(timedelta(days=now.hour >= 12) + timedelta(hours=12 - now.hour))
    signed = house.submit(order(ANA)).guid
    rejected = house.submit(order(LUIS)).guid
    house.submit(order(ANA), INSURER)
    house.drain()
    house.guest(signed).decide()
    house.guest(rejected).enter()
    house.guest(rejected).reject()
    house.drain()


def test_a_day_is_counted_as_it_was(house: House) -> None:
    """Receptions, results, receipts and times to sign, of each issuer and of all, however often it runs."""
    lived(house)
    roll_up = RollUp(house.tech.database, house.clock)
    assert roll_up() == 1
    assert roll_up() == 1
    sheet = ViewFigures(house.tech.database, house.clock)(LUZ, 7)
    assert sheet.totals[Measure.VOLUME] == {"CONTRACT_EXPRESS": 3}
    assert sheet.totals[Measure.RESULT] == {"7": 1, "8": 1}
    assert sheet.totals[Measure.SIGN_TIME] == {"5m": 1}
    assert sheet.totals[Measure.CHANNEL]["SMS:DELIVERED"] == 6
    assert sheet.volume[-1][1] == 3
    assert sum(count for _, count in sheet.volume) == 3
    of_one = ViewFigures(house.tech.database, house.clock)(LUZ, 7, INSURER.number)
    assert of_one.totals[Measure.VOLUME] == {"CONTRACT_EXPRESS": 1}
    assert of_one.totals[Measure.RESULT] == {}


def test_days_that_are_over_are_not_counted_again(house: House) -> None:
    """A final day stays as it is; a job that slept catches up day by day."""
    lived(house)
    roll_up = RollUp(house.tech.database, house.clock)
    house.clock.advance(timedelta(days=40))
    assert roll_up() == 31
    assert roll_up() == 10
    assert roll_up() == 1
    with house.tech.database.read() as uow:
        last = uow.figures.last_rolled(EVERYBODY)
    assert last == (house.clock.now().date() - timedelta(days=1)).isoformat()
    sheet = ViewFigures(house.tech.database, house.clock)(LUZ, 90)
    assert sheet.totals[Measure.VOLUME] == {"CONTRACT_EXPRESS": 3}


@pytest.mark.parametrize("query", ["", "?days=7&issuer=2", "?days=365", "?days=x&issuer=-"])
def test_charts_can_be_read_without_seeing_them(small_house: House, query: str) -> None:
    """Each has a title, a description and a table; the page bears no script and no style of its own."""
    lived(small_house)
    RollUp(small_house.tech.database, small_house.clock)()
    site = Site(small_house).sign_in(Role.AUDITOR)
    text = site.get(f"/console/charts{query}").text
    drawn = text.count("<svg")
    assert drawn == (2 if "issuer=2" in query else 4)
    assert text.count("<desc id=") == drawn
    assert text.count('role="img"') == drawn
    assert text.count("As a table") == 4
    assert "style=" not in text


def test_an_empty_house_has_empty_charts(small_house: House) -> None:
    """Before anything happened the page says so."""
    RollUp(small_house.tech.database, small_house.clock)()
    site = Site(small_house).sign_in(Role.SUPPORT)
    assert site.get("/console/charts").text.count("Nothing in this period") == 4
