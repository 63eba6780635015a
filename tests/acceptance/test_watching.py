"""What operators watch: what waits and since when, what ends, what room is left, from a whole gateway."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.bootstrap.watching import Watch
from gateway.domain.delivery import Channel
from gateway.domain.reports import Report, ReportKind, Taken
from scripts.sample_smsc import SampleSmsc
from tests.couriers import Scripted
from tests.house import House
from tests.smsc import eventually


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def values(house: House) -> dict[str, float]:
    """The page's samples, by name and labels."""
    house.tech.metrics.watch(Watch(house.settings, house.tech))
    page = house.tech.metrics.page().decode()
    found = re.findall(r"^fehaciente_(\S+) (\S+)$", page.replace('use="issuer anchors"', ""), re.MULTILINE)
    return {name: float(value) for name, value in found}


def test_waiting_tasks_and_their_age_show(house: House) -> None:
    """A transaction whose first task nobody does is seen waiting, longer and longer; done, it is gone."""
    house.submit()
    house.clock.advance(timedelta(minutes=5))
    before = values(house)
    assert before['tasks_waiting{kind="stamp",state="READY"}'] == 1
    assert 300 <= before["oldest_task_seconds"] < 360
    assert before["disk_free_bytes"] > 0
    assert before["deposit_overdue_seconds"] == 0


def test_whether_the_smsc_is_bound_shows(tmp_path: Path) -> None:
    """Only where there is one; nobody need read logs to know that no receipt can come."""
    with SampleSmsc() as smsc:
        more = f"[sms]\nchannel = smpp\n[smpp]\nhost = 127.0.0.1\nport = {smsc.port}\nsystem_id = us\n"
        house = House(tmp_path, more=more)
        session = house.tech.smpp
        assert session is not None
        assert values(house)["smsc_bound"] == 0
        session.start()
        eventually(lambda: session.bound)
        assert values(house)["smsc_bound"] == 1
        session.stop(1)


def test_an_overdue_deposit_is_an_alarm(house: House) -> None:
    """Two periods after something was queued without a deposit, the alarm grows."""
    house.submit()
    house.drain()
    house.clock.advance(2 * house.settings.deposit.period + timedelta(hours=1))
    assert 3500 <= values(house)["deposit_overdue_seconds"] <= 3700


def test_days_left_count_down(house: House) -> None:
    """The first certificate of each use is counted in days from now."""
    before = values(house)['days_left{use="seal"}']
    assert 0 < before < 5000


def test_the_health_of_each_port_shows(house: House) -> None:
    """`ready` of one part is told under its own address."""
    assert house.get("/health/live")[0] == "200 OK"
    assert house.get("/health/ready/database")[0] == "200 OK"
    assert house.get("/health/ready/nobody")[0] == "404 Not Found"


def test_requests_are_counted_by_door_and_status(house: House) -> None:
    """Whatever address is asked for, labels are the doors' names alone."""
    for path in ("/health/live", "/soap", "/a/k3yK3yk3yK3yk3yK3yk3yK3yk", "/made-up/by?anybody"):
        house.get(path)
    page = house.tech.metrics.page().decode()
    assert 'fehaciente_http_answers_total{door="health",status="200"} 1.0' in page
    assert 'fehaciente_seconds_count{what="http portal"} 2.0' in page
    assert "k3y" not in page
    assert "made-up" not in page


def test_what_channels_tell_and_leave_open_shows(house: House) -> None:
    """A message of unknown fate and a report that nobody knows are seen until they are settled; what came is
    counted by channel, kind and what became of it."""
    sms = Scripted(house, Channel.SMS)
    sms.script = [sms.die_after]
    house.submit()
    house.drain()
    house.wait(timedelta(minutes=2))
    stray = Report(
        Channel.SMS, ReportKind.DELIVERED, house.clock.now(), b"?", "text/plain", reference="nobody"
    )
    assert house.system.channels.receive(stray) is Taken.UNMATCHED
    seen = values(house)
    assert (seen["messages_unknown"], seen["reports_unmatched"]) == (1, 1)
    assert seen['reports_total{channel="SMS",kind="DELIVERED",taken="UNMATCHED"}'] == 1
