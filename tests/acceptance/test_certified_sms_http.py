"""CERTIFIED_SMS through an operator's HTTP interface, whose receipts come to `/inbound/sms`."""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from gateway.domain.errors import ErrorKind, GatewayError
from gateway.domain.results import Result
from scripts.sample_operator import Said, SampleOperator
from tests.sms_samples import HttpLine

DELIVERED = {"id": "op-1", "status": "DELIVERED", "at": "2026-11-25T10:00:00"}


@pytest.fixture
def operator() -> Iterator[SampleOperator]:
    with SampleOperator() as operator:
        operator.answers.append(Said(200, {"messages": [{"id": "op-1"}]}))
        yield operator


@pytest.fixture
def line(operator: SampleOperator, tmp_path: Path) -> Iterator[HttpLine]:
    line = HttpLine(tmp_path, operator)
    yield line
    line.house.close()


def test_delivered(line: HttpLine, operator: SampleOperator) -> None:
    """What was posted is kept as it was, without the token; the receipt's time is the operator's zone's, and
    its octets are in the vault."""
    guid = line.sent()
    assert line.house.state(guid) == (4, 0)
    [asked] = operator.asked
    assert asked.headers["authorization"] == "Bearer the token"
    assert json.loads(asked.body)["receipts"].endswith("/inbound/sms")
    assert line.told(DELIVERED) == "204 No Content"
    assert line.house.state(guid) == (12, Result.COMPLETED)
    with line.house.tech.database.read() as uow:
        [kept], [row], key = uow.kept_messages.of(guid), uow.reports.of(guid), uow.keys.get(guid)
    vault = line.house.tech.vault
    assert vault.get(guid, key, kept.sha256) == asked.body
    assert json.loads(vault.get(guid, key, row.raw_sha256)) == {"results": [DELIVERED]}
    assert row.report.at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_by_our_own_mark_twice_and_failed(line: HttpLine, operator: SampleOperator) -> None:
    """An operator may name messages as we do; what comes twice is known."""
    guid = line.sent()
    mark = json.loads(operator.asked[0].body)["reference"]
    failed = {"id": mark, "status": "UNDELIVERABLE", "error": 27, "at": "2026-11-25T10:00:00+01:00"}
    for _ in range(2):
        assert line.told(failed) == "204 No Content"
    assert line.house.state(guid) == (12, Result.NOTICE_FAILED)
    [event] = [each for each in line.house.events(guid) if each.kind == "MESSAGE_FAILED"]
    assert dict(event.details)["failure"] == "PHONE_OFF"


def test_every_part_must_arrive(line: HttpLine, operator: SampleOperator) -> None:
    """An operator that numbers parts reports on each."""
    operator.answers[:] = [Said(200, {"messages": [{"id": "a"}, {"id": "b"}]})]
    guid = line.sent()
    line.told(DELIVERED | {"id": "a"})
    assert line.house.state(guid) == (4, 0)
    line.told(DELIVERED | {"id": "b"})
    assert line.house.state(guid) == (12, Result.COMPLETED)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (Said(drop=True), "NOTICE_UNKNOWN"),
        (Said(500, {}), "NOTICE_UNKNOWN"),
        (Said(400, {}), "NOTICE_REFUSED"),
    ],
)
def test_what_may_have_left_never_goes_again(
    line: HttpLine, operator: SampleOperator, said: Said, kind: str
) -> None:
    """One request, whatever the tasks do afterwards."""
    operator.answers[:] = [said]
    guid = line.sent()
    line.house.wait(timedelta(hours=2))
    assert kind in line.house.kinds(guid)
    assert len(operator.asked) == 1


def test_an_unknown_one_is_known_by_its_receipt(line: HttpLine, operator: SampleOperator) -> None:
    """The answer was lost, the receipt bears our mark: dispatched and delivered at once."""
    operator.answers[:] = [Said(drop=True)]
    guid = line.sent()
    mark = json.loads(operator.asked[0].body)["reference"]
    assert line.told(DELIVERED | {"id": mark}) == "204 No Content"
    assert line.house.state(guid) == (12, Result.COMPLETED)


def test_an_operator_that_is_down_gets_it_once_it_is_back(line: HttpLine, operator: SampleOperator) -> None:
    """No connection, then too many requests: not sent, tried again, taken once."""
    operator.stop()
    guid = line.sent()
    assert "NOTICE_NOT_SENT" in line.house.kinds(guid)
    with SampleOperator(operator.port, [Said(429, {}), Said(200, {"messages": [{"id": "op-1"}]})]) as back:
        line.house.wait(timedelta(minutes=1))
        line.house.wait(timedelta(minutes=5))
        assert len(back.asked) == 2
    line.told(DELIVERED)
    assert line.house.state(guid) == (12, Result.COMPLETED)
    operator.__post_init__()


def test_only_the_operator_is_listened_to(line: HttpLine) -> None:
    """Without the secret, or with another, nothing is taken; the secret is in no answer."""
    guid = line.sent()
    for wrong in ("", "another", "the secre"):
        assert line.told(DELIVERED, HTTP_X_SECRET=wrong) == "401 Unauthorized"
    assert line.house.state(guid) == (4, 0)


def test_what_cannot_be_kept_comes_again(line: HttpLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 until it was kept; 2xx means that it is durable."""
    guid = line.sent()

    def full(*_: object) -> None:
        raise GatewayError(ErrorKind.TEMPORARILY_UNAVAILABLE)

    with monkeypatch.context() as patch:
        patch.setattr(type(line.house.tech.vault), "put", full)
        assert line.told(DELIVERED) == "503 Service Unavailable"
    assert line.told(DELIVERED) == "204 No Content"
    assert line.house.state(guid) == (12, Result.COMPLETED)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"\xff", b'{"results": [{"id": "op-1"}]}', b'{"results": [{"status": "DELIVRD"}]}'],
)
def test_what_cannot_be_read_is_refused(line: HttpLine, body: bytes) -> None:
    """No JSON, no receipt in it, no state, no id."""
    assert line.posted(body) == "400 Bad Request"


def test_methods_and_sizes(line: HttpLine) -> None:
    assert line.posted(b"{}", REQUEST_METHOD="GET") == "405 Method Not Allowed"
    assert line.posted(b"{}", CONTENT_LENGTH="") == "411 Length Required"
    assert line.posted(b"{}", CONTENT_LENGTH="1048577") == "413 Content Too Large"


def test_a_form_with_a_signature(operator: SampleOperator, tmp_path: Path) -> None:
    """Other names, other words, a form, and an HMAC of the body in place of the secret."""
    more = (
        "receipts_auth = hmac\nreceipts_header = X-Signature\nreceipts_id = sid\n"
        "receipts_state = st\nreceipts_at = ts\n"
    )
    line = HttpLine(tmp_path, operator, more, listed=False)
    guid = line.sent()
    body = urlencode({"sid": "op-1", "st": "DELIVRD", "ts": "261125100000"}).encode()
    signature = hmac.digest(b"the secret", body, "sha256").hex()
    media_type = "application/x-www-form-urlencoded; charset=utf-8"
    assert line.posted(body, media_type, HTTP_X_SIGNATURE="0" * 64) == "401 Unauthorized"
    assert line.posted(body, media_type, HTTP_X_SIGNATURE=signature) == "204 No Content"
    assert line.house.state(guid) == (12, Result.COMPLETED)
    line.house.close()


def test_receipts_come_through_the_whole_front_door(line: HttpLine) -> None:
    """`/inbound/sms` is served with everything else; where no operator is set it is not there."""
    status, _ = line.house.get("/inbound/sms")
    assert status == "405 Method Not Allowed"
