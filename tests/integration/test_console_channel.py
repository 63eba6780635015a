"""The development console: durable, readable, each message once, over processes and torn writes."""

import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from gateway.adapters.channels.console import ConsoleCourier, entries
from gateway.domain.delivery import Attachment, Channel, Message, Outcome

NOW = datetime(2026, 11, 22, 9, 30, 5, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from gateway.adapters.channels.console import ConsoleCourier
from gateway.domain.delivery import Channel, Message
class Clock:
    def now(self): return datetime(2026, 11, 22, tzinfo=UTC)
courier = ConsoleCourier(Path(sys.argv[1]), Clock())
for number in range(60):
    courier.send(Message(f"shared-{number}", Channel.SMS, "+34600111222", "", "x" * 5000))
    courier.send(Message(f"{sys.argv[2]}-{number}", Channel.SMS, "+34600111222", "", "x" * 5000))
"""


class FixedClock:
    def now(self) -> datetime:
        return NOW


def sms(id_: str = "m-1", text: str = "123456 es su código") -> Message:
    return Message(id_, Channel.SMS, "+34600111222", "Código", text)


def test_the_code_is_readable_and_marked_as_development(tmp_path: Path) -> None:
    """Stream and file show the code, since they are the demonstration's telephone, and say what they are."""
    stream = io.StringIO()
    receipt = ConsoleCourier(tmp_path, FixedClock(), stream).send(sms())
    assert receipt.outcome is Outcome.DELIVERED
    assert "123456 es su código" in stream.getvalue()
    assert "DEVELOPMENT CONSOLE" in stream.getvalue()
    (entry,) = entries(tmp_path / "outbox.jsonl")
    assert (entry["id"], entry["text"], entry["address"]) == ("m-1", "123456 es su código", "+34600111222")
    assert (tmp_path / "outbox.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_second_send_of_the_same_id_is_not_written_again(tmp_path: Path) -> None:
    """Idempotent, also over a restart: the first text and the first receipt stand."""
    first = ConsoleCourier(tmp_path, FixedClock()).send(sms())
    again = ConsoleCourier(tmp_path, FixedClock()).send(sms(text="654321 es su código"))
    assert again == first
    assert [entry["text"] for entry in entries(tmp_path / "outbox.jsonl")] == ["123456 es su código"]


def test_find_answers_from_the_file_exactly(tmp_path: Path) -> None:
    """After a crash another process learns what was written, and what certainly was not."""
    sent = ConsoleCourier(tmp_path, FixedClock()).send(sms())
    other = ConsoleCourier(tmp_path, FixedClock())
    assert other.find("m-1") == sent
    assert other.find("m-2").outcome is Outcome.NOT_SENT


def test_a_torn_line_is_no_message_and_spoils_none(tmp_path: Path) -> None:
    """A writer killed in the middle leaves half a line: it was not sent, and the next one is whole."""
    file = tmp_path / "outbox.jsonl"
    file.write_text(json.dumps({"id": "m-0", "at": NOW.isoformat()}) + '\n{"id": "m-1", "at": "20')
    courier = ConsoleCourier(tmp_path, FixedClock())
    assert courier.find("m-1").outcome is Outcome.NOT_SENT
    courier.send(sms("m-1"))
    courier.send(sms("m-2"))
    assert [entry["id"] for entry in entries(file)] == ["m-0", "m-1", "m-2"]
    assert ConsoleCourier(tmp_path, FixedClock()).find("m-1").outcome is Outcome.DELIVERED


def test_processes_share_the_file(tmp_path: Path) -> None:
    """Two processes that send the same ids and ids of their own write each exactly once, in whole lines."""
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in ("a", "b")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    ids = [entry["id"] for entry in entries(tmp_path / "outbox.jsonl")]
    assert len(ids) == len(set(ids)) == 180


def test_an_emptied_outbox_starts_anew(tmp_path: Path) -> None:
    """Deleting the file while the gateway runs forgets the messages and breaks nothing."""
    courier = ConsoleCourier(tmp_path, FixedClock())
    courier.send(sms("m-1"))
    (tmp_path / "outbox.jsonl").unlink()
    assert courier.find("m-1").outcome is Outcome.NOT_SENT
    courier.send(sms("m-2"))
    assert [entry["id"] for entry in entries(tmp_path / "outbox.jsonl")] == ["m-2"]


def test_attachments_and_html_are_kept(tmp_path: Path) -> None:
    """The demonstration can open what was attached."""
    message = Message(
        "m", Channel.EMAIL, "a@b.es", "s", "t", "<p>h</p>", "Banco", (Attachment("n.pdf", "a/b", b"\xff"),)
    )
    ConsoleCourier(tmp_path, FixedClock()).send(message)
    (entry,) = entries(tmp_path / "outbox.jsonl")
    assert (entry["html"], entry["sender_name"]) == ("<p>h</p>", "Banco")
    assert entry["attachments"] == [{"name": "n.pdf", "media_type": "a/b", "octets": "/w=="}]
