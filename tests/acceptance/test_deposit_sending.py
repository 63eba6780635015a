"""Deposits reach the notary by folder, e-mail and SFTP, once, and nobody repeats what may have arrived."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from gateway.adapters.channels.email.courier import EmailCourier
from gateway.adapters.channels.email.relay import Relay, Security
from gateway.adapters.deposits.email import EmailSender
from gateway.adapters.deposits.folder import FolderSender
from gateway.adapters.deposits.sftp import SftpSender, SftpServer
from gateway.domain.delivery import Outcome, Receipt
from gateway.domain.deposit import Deposit
from gateway.domain.errors import ErrorKind
from gateway.usecases.deposit_send import SendDeposits
from gateway.usecases.ports import DepositSender
from tests.house import House, refused
from tests.mailroom import Mailroom
from tests.sftp_server import Served, sftp_server

HOUR = timedelta(hours=1)


@pytest.fixture
def house(small_house: House) -> House:
    """One that has a deposit to send."""
    small_house.submit()
    small_house.drain()
    assert small_house.system.deposits.make.at_once()
    return small_house


def sending(house: House, **senders: DepositSender) -> SendDeposits:
    return replace(house.system.deposits.send, senders=senders)


def outcomes(house: House) -> list[tuple[str, int, Outcome | None]]:
    ((_, sendings),) = house.system.deposits.send.all()
    return [(each.way, each.attempt, each.outcome) for each in sendings]


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


FILES = ["deposit-000001.pdf", "deposit-000001.xml"]


def test_a_folder_gets_both_files_once(house: House) -> None:
    """Whole, under their names, and not a second time at the next alarm."""
    send = house.system.deposits.send
    assert send() == 1
    assert send() == 0
    folder = house.settings.deposit.folder
    assert names(folder) == FILES
    assert (folder / FILES[1]).read_bytes() == send.files(1)[FILES[1]]
    assert outcomes(house) == [("folder", 1, Outcome.DELIVERED)]


def test_another_file_of_that_name_is_never_overwritten(house: House, tmp_path: Path) -> None:
    """What lies there stays, the sending is refused and waits for a person."""
    folder = tmp_path / "share"
    folder.mkdir()
    (folder / FILES[1]).write_bytes(b"another")
    send = sending(house, folder=FolderSender(folder, house.clock))
    assert send() == 0
    assert (folder / FILES[1]).read_bytes() == b"another"
    assert outcomes(house) == [("folder", 1, Outcome.REFUSED)]
    house.clock.advance(10 * HOUR)
    assert send() == 0
    (folder / FILES[1]).unlink()
    assert [each.outcome for each in send.again(1)] == [Outcome.DELIVERED]


def test_a_folder_that_is_not_there_is_tried_again_later(house: House, tmp_path: Path) -> None:
    """Not sent is certain: it is tried again after a pause that grows."""
    (tmp_path / "file").write_bytes(b"")
    folder = tmp_path / "file" / "share"
    send = sending(house, folder=FolderSender(folder, house.clock))
    send()
    send()
    assert outcomes(house) == [("folder", 1, Outcome.NOT_SENT)]
    (tmp_path / "file").unlink()
    house.clock.advance(timedelta(minutes=2))
    assert send() == 1
    assert names(folder) == FILES


@dataclass
class Scripted:
    """A way that does what the test says."""

    idempotent: bool
    answers: list[Outcome | type[BaseException]]
    sent: list[Mapping[str, bytes]] = field(default_factory=list)

    def send(self, deposit: Deposit, files: Mapping[str, bytes]) -> Receipt:
        self.sent.append(files)
        answer = self.answers.pop(0)
        if isinstance(answer, Outcome):
            return Receipt(answer, deposit.period_to, "ref", "words")
        raise answer("scripted")


@pytest.mark.parametrize("idempotent", [True, False])
@pytest.mark.parametrize("answer", [Outcome.UNKNOWN, KeyboardInterrupt])
def test_what_may_have_arrived_is_repeated_only_where_that_does_no_harm(
    house: House, idempotent: bool, answer: Outcome | type[BaseException]
) -> None:
    """An unknown outcome, or a process that died over it: e-mail waits for a person, a folder does not."""
    way = Scripted(idempotent, [answer, Outcome.DELIVERED])
    send = sending(house, way=way)
    try:
        send()
    except KeyboardInterrupt:
        assert outcomes(house) == [("way", 1, None)]
    assert send() == 0, "another process may be at it"
    house.clock.advance(HOUR)
    assert send() == (1 if idempotent else 0)
    assert len(way.sent) == (2 if idempotent else 1)
    if not idempotent:
        assert [each.outcome for each in send.again(1)] == [Outcome.DELIVERED]
    assert send() == 0


def test_what_is_not_there_cannot_be_sent(house: House) -> None:
    """Only sealed deposits have files."""
    refused(ErrorKind.RULE_BROKEN, house.system.deposits.send.again, 2)
    refused(ErrorKind.RULE_BROKEN, house.system.deposits.send.received, 2, "x", b"")
    refused(ErrorKind.RULE_BROKEN, house.system.deposits.send.received, 1, " ", b"")


def test_the_receipt_is_kept(house: House) -> None:
    """Number, receipt and digest are recorded with the deposit."""
    found = house.system.deposits.send.received(1, " 2026/17 ", b"%PDF")
    ((deposit, _),) = house.system.deposits.send.all()
    assert (found.protocol, found.receipt_sha256) == ("2026/17", hashlib.sha256(b"%PDF").digest())
    assert (deposit.protocol, deposit.receipt_sha256) == (found.protocol, found.receipt_sha256)
    with house.tech.database.read() as uow:
        assert uow.deposits.file(1, "receipt") == b"%PDF"


def test_an_email_brings_both_files_and_names_the_deposit(house: House) -> None:
    """A real relay gets one message with both files whole, whose id is the deposit's own."""
    with Mailroom() as room:
        relay = Relay("127.0.0.1", room.port, "avisos@fehaciente.example", Security.NONE)
        courier = EmailCourier(relay, house.clock)
        send = sending(house, email=EmailSender(courier, "notario@example.org", "000001", "Fehaciente"))
        assert send() == 1
        assert send() == 0
        (octets,) = room.messages
    message = message_from_bytes(octets)
    assert message["Message-ID"] == "<deposit-000001-000001@fehaciente.example>"
    parts = [part for part in message.walk() if part.get_filename()]
    files = {part.get_filename(): part.get_payload(decode=True) for part in parts}
    assert files == house.system.deposits.send.files(1)
    ((deposit, _),) = house.system.deposits.send.all()
    assert deposit.xml_sha256
    text = next(part for part in message.walk() if part.get_content_type() == "text/plain")
    assert deposit.xml_sha256.hex() in str(text.get_payload(decode=True))


def test_a_relay_that_is_down_is_tried_again(house: House) -> None:
    """No session: nothing left, so the alarm clock tries later."""
    relay = Relay("127.0.0.1", 1, "avisos@fehaciente.example", Security.NONE, timeout=1)
    courier = EmailCourier(relay, house.clock)
    assert sending(house, email=EmailSender(courier, "notario@example.org", "000001", "F"))() == 0
    assert outcomes(house) == [("email", 1, Outcome.NOT_SENT)]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with sftp_server(tmp_path) as server:
        yield server


def sftp(house: House, served: Served, **changes: object) -> SftpSender:
    server = SftpServer("127.0.0.1", served.port, "gateway", served.key, served.known_hosts, ".", 10.0)
    return SftpSender(replace(server, **changes), house.clock)  # type: ignore[arg-type]


def test_sftp_leaves_both_files_under_their_names(house: House, served: Served) -> None:
    """A real SFTP server has them whole, nothing unfinished beside them, and the same twice does no harm."""
    send = sending(house, sftp=sftp(house, served))
    assert send() == 1
    assert names(served.folder) == FILES
    assert (served.folder / FILES[1]).read_bytes() == send.files(1)[FILES[1]]
    assert [each.outcome for each in send.again(1)] == [Outcome.DELIVERED]
    assert names(served.folder) == FILES


def test_sftp_refuses_a_server_whose_key_is_another(house: House, served: Served, tmp_path: Path) -> None:
    """Without the very host key that was written down nothing is sent, nor learnt."""
    unknown = tmp_path / "none"
    unknown.write_text("")
    host, kind, key = served.known_hosts.read_text().split()
    other = tmp_path / "other"
    import paramiko

    other.write_text(f"{host} {kind} {paramiko.RSAKey.generate(2048).get_base64()}\n")
    for known in (unknown, other, tmp_path / "missing"):
        send = sending(house, sftp=sftp(house, served, known_hosts=known))
        assert [each.outcome for each in send.again(1)] == [Outcome.NOT_SENT]
    assert names(served.folder) == []
    assert unknown.read_text() == ""
    assert key


def test_sftp_does_not_overwrite(house: House, served: Served) -> None:
    """Another file of that name stays as it is."""
    (served.folder / FILES[1]).write_bytes(b"another")
    assert sending(house, sftp=sftp(house, served))() == 0
    assert outcomes(house) == [("sftp", 1, Outcome.REFUSED)]
    assert (served.folder / FILES[1]).read_bytes() == b"another"


def test_sftp_that_breaks_in_the_middle_is_unknown(house: House, tmp_path: Path) -> None:
    """A server that fails over the rename leaves no file under a final name, and is tried again."""
    with sftp_server(tmp_path, broken=True) as served:
        assert sending(house, sftp=sftp(house, served))() == 0
        assert outcomes(house) == [("sftp", 1, Outcome.UNKNOWN)]
        assert not [name for name in names(served.folder) if not name.startswith(".unfinished-")]


def test_a_user_that_the_server_does_not_know_sends_nothing(house: House, served: Served) -> None:
    """A refused login is a sending that did not happen."""
    assert sending(house, sftp=sftp(house, served, user="nobody"))() == 0
    assert outcomes(house) == [("sftp", 1, Outcome.NOT_SENT)]
