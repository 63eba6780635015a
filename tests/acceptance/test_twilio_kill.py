"""`kill -9` of the process that places calls: nobody is rung twice, and whoever was rung is told of."""

import signal
from collections import Counter
from pathlib import Path

import pytest

from scripts.installation import Installation, free_port, until
from scripts.sample_calls import ACCOUNT, TOKEN, Placed
from scripts.sample_exchange import twilio
from tests.bridge_samples import call

CALLS = 8
KILLS = 3


@pytest.mark.timeout(300)
def test_kills_ring_nobody_twice(tmp_path: Path) -> None:
    """Eight calls between two people, the worker killed three times while the provider has one and has not
    said so: each caller is rung once, at least one placing is UNKNOWN, and its callbacks, which bear the mark
    that was committed before, end every call as held."""
    made = Installation(tmp_path / "gateway", free_port(), workers=0, lease="3s")
    token = tmp_path / "token"
    token.write_text(TOKEN)
    token.chmod(0o600)
    with twilio(delay=0.4) as exchange:
        for key, value in (
            ("channel", "twilio"),
            ("account", ACCOUNT),
            ("token_file", str(token)),
            ("sender", "+34910000000"),
            ("url", exchange.url),
            ("callback_url", f"http://127.0.0.1:{made.port}/inbound/voice"),
        ):
            made.setting("voice", key, value)
        made.create()
        door, worker = made.start("serve"), None
        try:
            made.wait_until_ready(door)
            with made.client() as client:
                guids = [
                    client.submit(call(caller=f"+346000001{number:02d}", external_id=f"call-{number}")).guid
                    for number in range(CALLS)
                ]
            worker = made.start("worker")
            for _ in range(KILLS):
                seen = len(exchange.calls)
                until(lambda seen=seen: len(exchange.calls) > seen or None, 60)
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                worker = made.start("worker")
            until(lambda: placed(made, guids), 120)
            rung = list(exchange.calls)
            for each in rung:
                exchange.play(each)
            ends = {made.wait_for_close(guid) for guid in guids}
            kinds = placed(made, guids)
        finally:
            for process in filter(None, (door, worker)):
                process.kill()
                process.wait()
    assert Counter(map(caller, rung)) == {f"+346000001{number:02d}": 1 for number in range(CALLS)}
    assert ends == {(12, 7)}
    assert kinds is not None
    assert 1 <= sum("BRIDGE_NOT_PLACED" in each for each in kinds.values()) <= KILLS * 2


def caller(each: Placed) -> str:
    return each.one("To")


def placed(made: Installation, guids: list[str]) -> dict[str, list[str]] | None:
    """What is told of each, once something is told of every placing."""
    with made.client() as client:
        kinds = {guid: [each.kind for each in client.events(guid)] for guid in guids}
    known = {"BRIDGE_PLACED", "BRIDGE_NOT_PLACED"}
    return kinds if all(known & set(each) for each in kinds.values()) else None
