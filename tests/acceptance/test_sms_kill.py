"""`kill -9` of the process that hands SMS over: none goes twice, none that is known to have left is lost."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.installation import Installation, free_port, until
from tests import node_packages
from tests.sms_samples import texts
from tests.smsc import NodeSmsc

MESSAGES = 8
KILLS = 3


@pytest.fixture
def smsc(request: pytest.FixtureRequest) -> Iterator[NodeSmsc]:
    smsc = NodeSmsc(node_packages.installed(request, "smpp"))
    yield smsc
    smsc.kill()


@pytest.mark.timeout(300)
def test_kills_send_no_sms_twice(smsc: NodeSmsc, tmp_path: Path) -> None:
    """Eight certified SMS to an SMSC that takes its time, the worker killed three times with one under way:
    each telephone gets one at most, whoever may have got one is UNKNOWN, and receipts that come to the next
    process end what was dispatched."""
    made = Installation(tmp_path / "gateway", free_port(), workers=0, lease="3s")
    for section, key, value in (
        ("sms", "channel", "smpp"),
        ("smpp", "host", "127.0.0.1"),
        ("smpp", "port", str(smsc.port)),
        ("smpp", "system_id", "gateway"),
        ("smpp", "timeout", "2s"),
    ):
        made.setting(section, key, value)
    made.create()
    smsc.script(*[{"delay": 300}] * MESSAGES * 2)
    phones = [f"+346000001{n:02d}" for n in range(MESSAGES)]
    door, worker = made.start("serve"), None
    try:
        made.wait_until_ready(door)
        with made.client() as client:
            guids = [client.submit(texts(phone)).guid for phone in phones]
        worker = made.start("worker")
        for _ in range(KILLS):
            smsc.submitted()
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            worker = made.start("worker")
        kinds = until(lambda: settled(made, guids), 120)
        # Whatever the SMSC told meanwhile.
        assert smsc.quiet("nothing", 1)
        for each in [each for each in smsc.events if each["event"] == "submit"]:
            # Also of those that we do not know by that id: whoever dies before the answer never hears it.
            assert until(lambda each=each: smsc.receipt(each["id"]) == 0 or None, 30)
        dispatched = [guid for guid in guids if "DISPATCHED" in kinds[guid]]
        ends = {made.wait_for_close(guid) for guid in dispatched}
    finally:
        for process in filter(None, (door, worker)):
            process.kill()
            process.wait()
    arrived = Counter(each["to"] for each in smsc.events if each["event"] == "submit")
    assert set(arrived) == {phone[1:] for phone in phones}
    assert set(arrived.values()) == {1}
    assert ends <= {(12, 7)}
    assert 1 <= len(guids) - len(dispatched) <= KILLS * 2


def settled(made: Installation, guids: list[str]) -> dict[str, list[str]] | None:
    """What is told of each, once something is told of every hand-over."""
    with made.client() as client:
        kinds = {guid: [each.kind for each in client.events(guid)] for guid in guids}
    known = {"DISPATCHED", "NOTICE_UNKNOWN"}
    return kinds if all(known & set(each) for each in kinds.values()) else None
