"""`kill -9` of the process that hands mails over: none is lost, none goes twice, the unknown is told."""

import asyncio
import re
import signal
from collections import Counter
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.installation import Installation, free_port, until
from tests.mail_samples import ANA
from tests.orders import order
from tests.relays import QUEUED, MailServer

MAILS = 12
KILLS = 3
NAME = re.compile(rb"Message-ID: <(\w+)@")


class SlowServer(MailServer):
    """Has every mail whole for a while before it says so: that is when its client is killed."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        await asyncio.sleep(0.3)
        return QUEUED


@pytest.mark.timeout(300)
def test_kills_send_no_mail_twice(tmp_path: Path) -> None:
    """Twelve certified mails, the worker killed three times over one that the server has: each recipient gets
    one mail at most, and whoever may have got one without our knowing is told of as UNKNOWN."""
    made = Installation(tmp_path / "gateway", free_port(), workers=0, lease="3s")
    server = SlowServer()
    for key, value in (
        ("channel", "smtp"),
        ("host", "127.0.0.1"),
        ("port", str(server.port)),
        ("security", "none"),
        ("sender", "avisos@gateway.example"),
    ):
        made.setting("email", key, value)
    made.create()
    with server.serving():
        door, worker = made.start("serve"), None
        try:
            made.wait_until_ready(door)
            with made.client() as client:
                guids = [client.submit(order(ANA, service="CERTIFIED_EMAIL")).guid for _ in range(MAILS)]
            worker = made.start("worker")
            for _ in range(KILLS):
                seen = len(server.mails)
                until(lambda seen=seen: len(server.mails) > seen or None, 60)
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                worker = made.start("worker")
            kinds = until(lambda: settled(made, guids), 120)
        finally:
            for process in filter(None, (door, worker)):
                process.kill()
                process.wait()
    arrived = Counter(match[1] for match in map(NAME.search, server.mails) if match)
    assert set(arrived.values()) == {1}
    assert len(arrived) == MAILS
    unknown = sum("NOTICE_UNKNOWN" in each for each in kinds.values())
    assert unknown == MAILS - sum("DISPATCHED" in each for each in kinds.values())
    assert 1 <= unknown <= KILLS * 2


def settled(made: Installation, guids: list[str]) -> dict[str, list[str]] | None:
    """What is told of each, once something is told of every hand-over."""
    with made.client() as client:
        kinds = {guid: [each.kind for each in client.events(guid)] for guid in guids}
    known = {"DISPATCHED", "NOTICE_UNKNOWN"}
    return kinds if all(known & set(each) for each in kinds.values()) else None
