"""A stranger says "this is not me": by a form only, without cancelling anything, and not twice."""

import pytest

from gateway.domain.timeline import LABELS
from tests.house import House
from tests.security.door_world import Scene, scene


@pytest.fixture
def at(small_house: House) -> Scene:
    return scene(small_house)


def test_a_report_blocks_the_contact_and_cancels_nothing(at: Scene) -> None:
    """The next notice is refused at the channel; state and result stay, and the issuer may correct it."""
    before, sent = at.house.state(at.guid), len(at.house.messages("notice-"))
    stranger = at.browser()
    stranger.ask("stranger")
    stranger.send("stranger-form")
    assert stranger.page.xpath('string(//*[@id="stranger"]/@data-reported)') == "yes"
    event = next(event for event in at.house.events(at.guid) if event.kind == "STRANGER_REPORTED")
    assert dict(event.details)["scope"] == "TRANSACTION"
    assert "@" not in dict(event.details)["contact"].split("•")[0]
    assert "STRANGER_REPORTED" in LABELS
    assert at.house.state(at.guid) == before
    with at.house.tech.database.write() as uow:
        from gateway.usecases.desk.again import again
        from gateway.usecases.visit import visit

        again(uow, at.house.system.refuse.journal, visit(uow, at.guid, 0, at.house.clock), "NOTICE_AGAIN", ())
        uow.commit()
    at.house.drain()
    assert len(at.house.messages("notice-")) == sent
    other = scene(at.house)
    assert len(at.house.messages(f"notice-{other.guid}-")) == 1


def test_a_robot_reports_nothing(at: Scene) -> None:
    """Following every link, asking by HEAD, or posting without the page's token changes nothing."""
    robot = at.browser()
    for place in ("", "stranger", "help"):
        robot.ask(place)
        for link in robot.page.xpath("//a/@href"):
            robot.ask(link)
    robot.ask("stranger", "HEAD")
    robot.ask("stranger", "POST", data={"csrf": "0.0"})
    assert robot.refusal == "E000601"
    assert "STRANGER_REPORTED" not in at.house.kinds(at.guid)


def test_a_report_counts_once(at: Scene) -> None:
    """Sent twice, it is one event; a closed process answers E000101 here as everywhere."""
    stranger = at.browser()
    stranger.ask("stranger")
    form = stranger.form("stranger-form")
    target = form.pop("action")
    for _ in range(2):
        assert stranger.ask(target, "POST", data=form).status_code == 200
    assert at.house.kinds(at.guid).count("STRANGER_REPORTED") == 1
    at.house.cancel(at.guid)
    assert stranger.ask(target, "POST", data=form).status_code == 403
    assert stranger.refusal == "E000101"
