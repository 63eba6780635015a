"""CERTIFIED_EMAIL: the mail itself is certified, as it left, to every end that its traffic proves."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.adapters.documents.logo import draw_logo
from gateway.bootstrap.bounces import returned_mail
from gateway.domain.delivery import Channel, Message, Outcome
from gateway.domain.errors import ErrorKind
from gateway.domain.mail_size import weight_of
from gateway.domain.reports import Failure, Report, ReportKind
from gateway.domain.results import RecipientState, Result
from gateway.usecases.brands import SetLook
from gateway.usecases.commands import Reference
from scripts.sample_mail_server import SampleMailServer
from tests.couriers import Scripted
from tests.house import BANK, House, refused
from tests.mail_samples import ANA, DAYS, LUIS, Mail, read
from tests.orders import Paper, order
from tests.pdf_samples import plain
from tests.relays import free_port


@pytest.fixture
def mail(tmp_path: Path) -> Iterator[Mail]:
    """A relay between us and the recipients."""
    mail = Mail(tmp_path)
    with mail.server.serving():
        yield mail
        mail.close()


@pytest.fixture
def direct(tmp_path: Path) -> Iterator[Mail]:
    """The recipients' own server."""
    mail = Mail(tmp_path, direct=True)
    with mail.server.serving():
        yield mail
        mail.close()


def report(mail: Mail, guid: str, kind: ReportKind, failure: Failure | None = None, place: int = 0) -> None:
    """What the inbound side hands in, named by the mail's mark alone."""
    at, name = mail.house.clock.now(), mail.mark(guid, place)
    told = Report(Channel.EMAIL, kind, at, b"raw", "message/rfc822", reference=name, failure=failure)
    mail.house.system.channels.receive(told)
    mail.house.drain()


# What leaves.


def test_the_mail_is_the_issuers_words_and_nothing_else(mail: Mail) -> None:
    """Subject and text exactly; HTML says the same under name and colour, and loads nothing."""
    SetLook(mail.house.tech.database, mail.house.clock, draw_logo)(1, "Banco Ejemplar", "#7a1f5c", None)
    body = "Su recibo <vence> mañana.\n\nVéalo en https://bank.example/recibo?a=1&b=2 o llámenos."
    octets = order(ANA, service="CERTIFIED_EMAIL", subject="Aviso de vencimiento").replace(
        b"Le enviamos el contrato para su firma.",
        body.replace("&", "&amp;").replace("<", "&lt;").encode(),
    )
    mail.house.submit(octets)
    mail.house.drain()
    sent = read(mail.server.mails[0])
    assert (sent["Subject"], sent["To"]) == ("Aviso de vencimiento", "ana@example.org")
    assert sent["From"].addresses[0].display_name == "Banco Ejemplar"
    plain_text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert plain_text is not None
    assert html is not None
    assert plain_text.get_content().replace("\r\n", "\n") == body + "\n"
    shown = html.get_content()
    for words in ("#7a1f5c", "Banco Ejemplar", "Su recibo &lt;vence&gt; mañana.<br>",
                  'href="https://bank.example/recibo?a=1&amp;b=2"'):  # fmt: skip
        assert words in shown
    assert "GUID" not in shown
    assert "/a/" not in shown
    assert "<img" not in shown


def test_attachments_go_exactly_as_the_issuer_sent_them(mail: Mail) -> None:
    """Octet by octet and under their names; the stamped copies stay where they are fetched."""
    contract = plain()
    guid = mail.sent(
        papers=[Paper(contract, "Póliza.pdf"), Paper(b"a;b\r\n1;2\r\n", "Datos.csv", "text/csv")]
    )
    [octets] = mail.server.mails
    files = {each.get_filename(): each.get_payload(decode=True) for each in read(octets).iter_attachments()}
    assert files == {"Póliza.pdf": contract, "Datos.csv": b"a;b\r\n1;2\r\n"}
    assert mail.house.documents(guid, "STAMPED")[0] != contract


def test_what_is_kept_is_what_arrived_and_evidence_names_it(mail: Mail) -> None:
    """The same octets at the server, in the vault and in the pack; their SHA-256 is in RelayToNonERDS, with
    what the server said. The mark names it three times, and the signature verifies."""
    guid = mail.sent(papers=[Paper(plain())])
    [octets], [(row, held)] = mail.server.mails, mail.kept(guid)
    assert held == octets
    digest = hashlib.sha256(octets).hexdigest()
    assert row.sha256.hex() == digest
    [relayed] = [each for each in mail.house.evidence(guid) if digest.encode() in each.octets]
    assert b"RelayToNonERDS" in relayed.octets
    for words in (b"4XyZ12", b"127.0.0.1:", b">250<", b"2.0.0"):
        assert words in relayed.octets
    mark = mail.mark(guid)
    assert read(octets)["Message-ID"] == f"<{mark}@gateway.example>"
    assert mail.server.envelopes[0].mail_from == f"rebotes+{mark}@gateway.example"
    assert guid not in octets.decode()
    assert mail.verified(octets)
    mail.over()
    pack = zipfile.ZipFile(io.BytesIO(mail.house.system.pack_of(BANK, Reference(guid)).octets))
    assert octets in [pack.read(name) for name in pack.namelist()]


# How it ends.


def test_a_delivered_mail_ends_at_its_time_and_not_before(direct: Mail) -> None:
    """The recipient's own server took it: ContentConsignment at once, state 12 and 7 after the deadline."""
    guid = direct.sent()
    assert direct.house.state(guid) == (5, 0)
    assert direct.told(guid)[-2:] == ["RelayToNonERDS", "ContentConsignment"]
    direct.house.clock.advance(timedelta(days=DAYS) - timedelta(minutes=1))
    assert not direct.house.expire()
    assert direct.house.state(guid) == (5, 0)
    direct.over()
    assert direct.house.state(guid) == (12, Result.COMPLETED)
    assert direct.told(guid)[-1] == "CommunicationConcluded"
    assert len(direct.house.certificates(guid)) == 2
    for each in direct.house.evidence(guid):
        direct.house.verified(each.octets)


@pytest.mark.parametrize("sign", [ReportKind.DELIVERED, ReportKind.OPENED, ReportKind.CLICKED])
def test_what_shows_that_it_came_completes_it(mail: Mail, sign: ReportKind) -> None:
    """A success notification, an opening or a click, each told by the mail's mark."""
    guid = mail.sent()
    assert mail.house.state(guid) == (4, 0)
    report(mail, guid, sign)
    mail.over()
    assert mail.house.state(guid) == (12, Result.COMPLETED)


def test_what_a_machine_fetched_shows_nothing(mail: Mail) -> None:
    """Nothing proven by the deadline: expired, with negative evidence, and none before it."""
    guid = mail.sent()
    report(mail, guid, ReportKind.FETCHED)
    assert "ContentConsignmentFailure" not in mail.told(guid)
    mail.over()
    assert mail.house.state(guid) == (12, Result.EXPIRED)
    assert mail.told(guid)[-1] == "ContentConsignmentFailure"


def test_a_bounced_mail_ends_as_notice_failed_at_its_time(mail: Mail) -> None:
    """The bounce is evidence at once; the end, 99903, comes with the deadline."""
    guid = mail.sent()
    report(mail, guid, ReportKind.FAILED, Failure.MAILBOX_FULL)
    assert mail.told(guid)[-1] == "ContentConsignmentFailure"
    assert mail.house.state(guid)[0] < 10
    mail.over()
    assert mail.house.state(guid) == (12, Result.NOTICE_FAILED)
    assert mail.house.recipients(guid)[0].state is RecipientState.UNREACHABLE


@pytest.mark.parametrize("later", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_a_bounce_takes_a_delivery_back(direct: Mail, later: timedelta) -> None:
    """The server took it and sent it back later, by whatever its clock says: nobody has got it."""
    guid = direct.sent()
    direct.house.clock.advance(later)
    report(direct, guid, ReportKind.FAILED, Failure.UNKNOWN_ADDRESS)
    direct.house.clock.advance(-later)
    direct.over()
    assert direct.house.state(guid) == (12, Result.NOTICE_FAILED)


def test_a_refused_mail_tells_why(mail: Mail) -> None:
    """550 in the session: RelayToNonERDSFailure with the server's words and what they mean, then 99903."""
    mail.server.recipients.append("550 5.1.1 No such user here")
    guid = mail.sent()
    [event] = [each for each in mail.house.events(guid) if each.kind == "NOTICE_REFUSED"]
    told = dict(event.details)
    assert (told["reply_code"], told["failure"]) == ("550", "UNKNOWN_ADDRESS")
    assert told["detail"] == "550 5.1.1 No such user here"
    assert mail.told(guid)[-1] == "RelayToNonERDSFailure"
    mail.over()
    assert mail.house.state(guid) == (12, Result.NOTICE_FAILED)


def test_each_recipient_has_a_mail_and_an_end_of_their_own(direct: Mail) -> None:
    """One delivered, one refused: partially completed; neither mail names the other recipient."""
    direct.server.recipients = ["250 2.1.5 Ok", "550 5.1.1 No such user here"]
    guid = direct.sent(ANA, LUIS)
    direct.over()
    assert direct.house.state(guid) == (12, Result.PARTIALLY_COMPLETED)
    assert {each.result for each in direct.house.recipients(guid)} == {Result.COMPLETED, Result.NOTICE_FAILED}
    [octets] = direct.server.mails
    assert (b"ana@" in octets) != (b"luis@" in octets)
    assert len({direct.mark(guid, 0), direct.mark(guid, 1)}) == 2


def test_a_server_that_takes_it_and_sends_it_back(tmp_path: Path) -> None:
    """The whole way round: out by SMTP, a delivery status notification back to our port by the return path,
    kept as it came, and 99903 at the deadline."""
    back = free_port()
    mail = Mail(tmp_path, direct=True, more=f"[bounces]\nprotocol = smtp\nport = {back}\n")
    server = SampleMailServer(tmp_path / "mail", mail.server.port, back, full=("ana@example.org",))
    [port] = returned_mail(mail.house.settings, mail.house.tech, mail.house.system.channels.receive)
    port.start()
    try:
        with server.serving():
            guid = mail.sent()
    finally:
        port.stop(5)
    mail.house.drain()
    [event] = [each for each in mail.house.events(guid) if each.kind == "MESSAGE_FAILED"]
    told = dict(event.details)
    returned = (tmp_path / "mail" / "ana@example.org.returned.eml").read_bytes()
    assert (told["failure"], told["raw_sha256"]) == ("MAILBOX_FULL", hashlib.sha256(returned).hexdigest())
    # The notification may be quicker than the row of what the server had said before.
    assert {"ContentConsignment", "ContentConsignmentFailure"} <= {*mail.told(guid)}
    mail.over()
    assert mail.house.state(guid) == (12, Result.NOTICE_FAILED)
    mail.close()


# What goes wrong on the way.


def test_a_greylisting_server_gets_it_later(mail: Mail) -> None:
    """Two temporary noes, told as events in the server's words: one mail, by the third attempt."""
    mail.server.recipients = ["450 4.2.0 Greylisted, come back", "451 4.7.1 Not yet"]
    guid = mail.submitted()
    held = len(mail.house.tech.vault.held(guid))
    mail.house.drain()
    assert mail.server.mails == []
    for _ in range(6):
        mail.house.wait(timedelta(minutes=5))
    assert len(mail.server.mails) == 1
    assert mail.house.state(guid) == (4, 0)
    noes = [dict(each.details) for each in mail.house.events(guid) if each.kind == "NOTICE_NOT_SENT"]
    assert ["450 4.2.0 Greylisted" in noes[0]["detail"], "451 4.7.1" in noes[1]["detail"]] == [True, True]
    # Each attempt is a mail of its own; what never left is not kept.
    assert [each.outcome for each in mail.effects(guid)] == [
        Outcome.NOT_SENT, Outcome.NOT_SENT, Outcome.ACCEPTED,
    ]  # fmt: skip
    assert [octets for _, octets in mail.kept(guid)] == mail.server.mails
    [digest] = [row.sha256 for row, _ in mail.kept(guid)]
    told = [dict(each.details).get("message_sha256") for each in mail.house.events(guid)]
    assert {each for each in told if each} == {digest.hex()}
    assert len(mail.house.tech.vault.held(guid)) == held + 1


def test_a_relay_that_is_down_gets_it_when_it_is_up(mail: Mail) -> None:
    """It died in between, also with a session of ours: nothing is lost, nothing goes twice."""
    mail.sent()
    mail.server.stop()
    guid = mail.sent()
    mail.house.wait(timedelta(minutes=1))
    assert mail.house.state(guid)[0] == 3
    mail.server.start()
    mail.house.wait(timedelta(minutes=10))
    assert mail.house.state(guid)[0] == 4
    assert len(mail.server.mails) == 2


def test_a_relay_that_never_comes_back_is_tried_until_the_end(mail: Mail) -> None:
    """What passes by itself needs nobody to revive it; at the deadline nothing is proven, and nothing kept
    but the last attempt."""
    mail.server.recipients = ["450 4.2.0 No"] * 100
    guid = mail.sent()
    for _ in range(20):
        mail.house.wait(timedelta(hours=2))
    assert len(mail.effects(guid)) > 15
    assert len(mail.kept(guid)) == 1
    mail.over()
    assert mail.house.state(guid) == (12, Result.EXPIRED)
    assert mail.told(guid)[-1] == "ContentConsignmentFailure"


def test_a_server_that_dies_after_the_message_gets_no_second_one(mail: Mail) -> None:
    """UNKNOWN is never repeated by itself; a success notification by the mark says that it came after all."""
    mail.server.drops = 1
    guid = mail.sent()
    for _ in range(5):
        mail.house.wait(timedelta(hours=1))
    assert mail.server.mails == []
    assert [each.outcome for each in mail.effects(guid)] == [Outcome.UNKNOWN]
    assert mail.house.state(guid) == (3, 0)
    assert "NOTICE_UNKNOWN" in mail.house.kinds(guid)
    assert len(mail.kept(guid)) == 1
    report(mail, guid, ReportKind.DELIVERED)
    mail.over()
    assert mail.house.state(guid) == (12, Result.COMPLETED)


def test_an_unknown_fate_without_any_word_expires(mail: Mail) -> None:
    """Nothing is claimed of it either way."""
    mail.server.drops = 1
    guid = mail.sent()
    mail.over()
    assert mail.house.state(guid) == (12, Result.EXPIRED)


@pytest.mark.parametrize("arrives", [True, False])
def test_a_worker_that_dies_over_the_hand_over_sends_no_second_mail(mail: Mail, arrives: bool) -> None:
    """Between intent and result, before or after the mail left: UNKNOWN, at most one mail."""
    channel = Scripted(mail.house, Channel.EMAIL)
    channel.script.append(channel.die_after if arrives else channel.die_before)
    guid = mail.submitted()
    mail.house.drain()
    assert [each.outcome for each in mail.effects(guid)] == [None]
    mail.house.open()
    for _ in range(3):
        mail.house.wait(timedelta(minutes=10))
    assert len(mail.server.mails) == arrives
    assert [each.outcome for each in mail.effects(guid)] == [Outcome.UNKNOWN]
    assert "NOTICE_UNKNOWN" in mail.house.kinds(guid)
    # It was kept before anything left, whatever became of it.
    assert len(mail.kept(guid)) == 1


def test_a_worker_that_dies_before_the_intent_loses_nothing(mail: Mail) -> None:
    """While it composes there is no intent: the next worker sends the one mail."""
    channel = Scripted(mail.house, Channel.EMAIL)

    def die(message: Message) -> Message:
        del channel.prepared  # type: ignore[method-assign]
        raise SystemExit

    channel.prepared = die  # type: ignore[method-assign]
    guid = mail.submitted()
    mail.house.drain()
    assert mail.effects(guid) == []
    mail.house.wait(timedelta(minutes=10))
    assert len(mail.server.mails) == 1
    assert mail.house.state(guid) == (4, 0)


def test_an_address_that_is_no_mailbox_is_no_mail(mail: Mail) -> None:
    """Nothing is kept as if it had left; the refusal is told, and 99903 at the deadline."""
    octets = order(ANA, service="CERTIFIED_EMAIL").replace(b"ana@example.org", b".ana@example.org")
    guid = mail.house.submit(octets).guid
    mail.house.drain()
    assert mail.server.mails == []
    assert mail.kept(guid) == []
    mail.over()
    assert mail.house.state(guid) == (12, Result.NOTICE_FAILED)


def test_what_no_server_would_take_is_refused_at_submit(tmp_path: Path) -> None:
    """Attachments count as they weigh when encoded; below the limit the mail weighs no more than was said."""
    mail = Mail(tmp_path, more="largest = 100 KiB\n")
    with mail.server.serving():
        text = "text/plain"
        large = order(ANA, service="CERTIFIED_EMAIL", papers=[Paper(b"x" * 80_000, "a.txt", text)])
        refused(ErrorKind.MAIL_TOO_LARGE, mail.house.submit, large)
        sizes = [30_000, 30_001]
        mail.sent(papers=[Paper(b"x" * size, f"{size}.txt", text) for size in sizes])
        [octets] = mail.server.mails
        assert len(octets) <= weight_of("Le enviamos el contrato para su firma.", sizes) <= 100 * 1024
        mail.close()


def test_the_sandbox_sends_nothing(mail: Mail) -> None:
    """No session with any server; the message is kept for who tries it, and ends like any other."""
    mail.house.system.support.set_profile(BANK.number, {"sandbox": True})
    guid = mail.house.submit(order(ANA, service="CERTIFIED_EMAIL"), replace(BANK, sandbox=True)).guid
    mail.house.drain()
    assert (mail.server.mails, mail.server.refused) == ([], [])
    with mail.house.tech.database.read() as uow:
        [kept] = uow.sandbox.messages(guid)
    assert kept.text == "Le enviamos el contrato para su firma."
    mail.over()
    assert mail.house.state(guid)[0] == 12


def test_it_needs_an_address_and_no_document(small_house: House) -> None:
    """What the catalogue asks for, and no more."""
    guid = small_house.submit(order(ANA, service="CERTIFIED_EMAIL")).guid
    assert small_house.documents(guid, "ORIGINAL") == []
