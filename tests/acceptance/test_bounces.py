"""Mail that comes back over a real LMTP session, and what it means for the transaction that sent it."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.bounces.listener import BounceListener
from gateway.bootstrap.bounces import returned_mail
from gateway.domain.results import Result
from tests.acceptance.test_circuits import asking, awake, sent
from tests.bounce_samples import mail as sample
from tests.bounce_samples import sender
from tests.courier_rows import free_port
from tests.mail_samples import ANA, LUIS, UNWATCHED, Mail


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Mail]:
    """The recipients' own server, and a port for what comes back."""
    port = f"[bounces]\nprotocol = lmtp\nport = {free_port()}\n"
    mail = Mail(tmp_path, direct=True, more=UNWATCHED + port)
    with mail.server.serving():
        yield mail
        mail.close()


@contextmanager
def listening(mail: Mail) -> Iterator[BounceListener]:
    house = mail.house
    [listener] = returned_mail(house.settings, house.tech, house.system.channels.receive)
    listener.start()
    try:
        yield listener
    finally:
        listener.stop(5)


def back(mail: Mail, guid: str, name: str, place: int = 0, times: int = 1) -> None:
    """The sample comes back for that message, by the listener's own protocol."""
    mark, address = mail.mark(guid, place), mail.effects(guid)[place].address
    with listening(mail) as listener, smtplib.LMTP("127.0.0.1", listener.port, "mx.example") as peer:
        for _ in range(times):
            octets = sample(name, mark, address)
            peer.sendmail(sender(name), f"rebotes+{mark.upper()}@gateway.example", octets)
    mail.house.drain()


def test_a_mail_that_came_back_was_not_delivered(mail: Mail) -> None:
    """The server took it, then it bounced: at the end it is undelivered, with reason and digest in evidence,
    told once though the bounce came twice."""
    guid = mail.sent()
    assert mail.house.state(guid)[0] == 5
    back(mail, guid, "postfix_unknown", times=2)
    [event] = [each for each in mail.house.events(guid) if each.kind == "MESSAGE_FAILED"]
    details = dict(event.details)
    assert (details["failure"], details["status"]) == ("UNKNOWN_ADDRESS", "5.1.1")
    assert mail.told(guid).count("ContentConsignmentFailure") == 1
    mail.over()
    assert mail.house.state(guid) == (12, Result.NOTICE_FAILED)
    assert details["raw_sha256"].encode() in b"".join(each.octets for each in mail.house.evidence(guid))


def test_answers_and_complaints_show_that_it_arrived(mail: Mail) -> None:
    """A vacation note fails nobody, and neither does a complaint: both prove reception."""
    for name, kind in (("vacation_es", "MESSAGE_REPLIED"), ("arf_abuse", "MESSAGE_COMPLAINED")):
        guid = mail.sent()
        back(mail, guid, name)
        assert kind in mail.house.kinds(guid)
        assert "ReceivedFromNonERDS" in mail.told(guid)
        mail.over()
        assert mail.house.state(guid) == (12, Result.COMPLETED)


def test_each_recipients_bounce_is_their_own(mail: Mail) -> None:
    """Of two, one bounces: partially completed."""
    guid = mail.sent(ANA, LUIS)
    back(mail, guid, "sendmail_full", place=1)
    mail.over()
    assert mail.house.state(guid) == (12, Result.PARTIALLY_COMPLETED)
    assert [each.result for each in mail.house.recipients(guid)] == [Result.COMPLETED, Result.NOTICE_FAILED]


def test_what_comes_after_the_end_is_supplementary(mail: Mail) -> None:
    """The bounce is kept as event and evidence after state 12, and alters neither certificate nor result."""
    guid = mail.sent()
    mail.over()
    before, count = mail.house.certificates(guid), len(mail.house.evidence(guid))
    back(mail, guid, "exim_old")
    assert mail.house.state(guid) == (12, Result.COMPLETED)
    assert mail.house.certificates(guid) == before
    assert len(mail.house.evidence(guid)) == count + 1


def test_nobody_who_does_not_know_the_mark_says_anything(mail: Mail) -> None:
    """Another mark, none, or another domain: refused before a word of the mail."""
    guid = mail.sent()
    others = (
        f"rebotes+{'a' * 32}@gateway.example",
        "rebotes@gateway.example",
        f"{mail.mark(guid)}@x.example",
    )
    with listening(mail) as listener, smtplib.LMTP("127.0.0.1", listener.port, "mx.example") as peer:
        for wrong in others:
            with pytest.raises(smtplib.SMTPRecipientsRefused):
                peer.sendmail("<>", wrong, sample("postfix_unknown"))
    assert "MESSAGE_FAILED" not in mail.house.kinds(guid)
    with mail.house.tech.database.read() as uow:
        assert not uow.reports.stray(10)


def test_a_bounce_of_a_notice_leaves_the_next_channel_to_the_circuit(mail: Mail) -> None:
    """What fails after the server took it ends nobody, and sets the fallback off that waits for a failure."""
    awake(mail.house)
    guid = mail.house.submit(asking("fallback PT0S UNDELIVERED SMS")).guid
    mail.house.drain()
    assert sent(mail.house, guid) == []
    back(mail, guid, "gmail_unknown")
    mail.house.wait(timedelta(hours=2))
    assert sent(mail.house, guid) == ["SMS"]
    mail.house.guest(guid).decide()
    mail.house.drain()
    assert mail.house.state(guid) == (12, Result.COMPLETED)
