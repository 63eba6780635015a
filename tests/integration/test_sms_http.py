"""The courier over an operator's HTTP interface: what the request is, and what each answer means."""

import json
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from gateway.adapters.channels.sms.body import filled, found
from gateway.adapters.channels.sms.http import Answers, HttpCourier, Interface, basic
from gateway.domain.delivery import Channel, Message, Outcome, Receipt
from scripts.sample_operator import Said, SampleOperator

NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
BODY = (
    '{"messages": [{"to": "{to}", "from": "{from}", "text": "{text}", "ref": "{mark}"}], "dlr": "{callback}"}'
)
ANSWERS = Answers(
    "messages.*.id", "error", frozenset({"0"}), frozenset({"busy"}), frozenset({400, 422}), frozenset({429})
)
MESSAGE = Message("m-1", Channel.SMS, "+34600000123", "", 'Texto {to} "y" código 123456', mark="marca-1")


class FixedClock:
    def now(self) -> datetime:
        return NOW


def courier(port: int, **more: Any) -> HttpCourier:
    url = f"http://127.0.0.1:{port}/v1/sms?account=7"
    interface = Interface(url, "POST", BODY, "Banco", "https://g.example/inbound/sms", ANSWERS, 1.0, None)
    return HttpCourier(replace(interface, **more), FixedClock())


def sent(*answers: Said, **more: Any) -> tuple[Receipt, SampleOperator]:
    with SampleOperator(answers=list(answers)) as operator:
        by = courier(operator.port, **more)
        return by.send(by.prepared(MESSAGE)), operator


def test_the_template_is_filled_in_and_nothing_else() -> None:
    """Values are texts of the template's own structure: quotes and braces in them stay what they are; who we
    are stands in the headers, and what is kept is the body, octet by octet."""
    more = {"authorization": basic("usuario", "clave"), "headers": {"X-Account": "7"}}
    _, operator = sent(Said(200, {"messages": [{"id": "op-1"}]}), **more)
    [asked] = operator.asked
    assert json.loads(asked.body) == {
        "messages": [{"to": "+34600000123", "from": "Banco", "text": MESSAGE.text, "ref": "marca-1"}],
        "dlr": "https://g.example/inbound/sms",
    }
    assert (asked.method, asked.path) == ("POST", "/v1/sms?account=7")
    assert asked.headers["authorization"] == "Basic " + b64encode(b"usuario:clave").decode()
    assert asked.headers["x-account"] == "7"
    raw = courier(1).prepared(MESSAGE).raw
    assert raw == asked.body
    assert b"clave" not in raw


def test_a_form_instead_of_json() -> None:
    """`to={to}&text={text}`: no value can add a field."""
    octets, media_type = filled("to={to}&text={text}&empty=", {"to": "+34", "text": "a&to=+99 ñ"})
    assert media_type == "application/x-www-form-urlencoded"
    assert parse_qsl(octets.decode(), keep_blank_values=True) == [
        ("to", "+34"),
        ("text", "a&to=+99 ñ"),
        ("empty", ""),
    ]


@pytest.mark.parametrize(
    ("said", "outcome", "parts"),
    [
        (Said(200, {"messages": [{"id": "a"}, {"id": 7}]}), Outcome.ACCEPTED, ("a", "7")),
        (Said(202, {"messages": [{"id": "a"}], "error": 0}), Outcome.ACCEPTED, ("a",)),
        (Said(200, b"OK"), Outcome.ACCEPTED, ()),
        (Said(400, {"error": "bad number"}), Outcome.REFUSED, ()),
        (Said(200, {"error": "no such number"}), Outcome.REFUSED, ()),
        (Said(200, {"error": "BUSY"}), Outcome.NOT_SENT, ()),
        (Said(429, {}), Outcome.NOT_SENT, ()),
        (Said(500, {}), Outcome.UNKNOWN, ()),
        (Said(302, {}), Outcome.UNKNOWN, ()),
        (Said(drop=True), Outcome.UNKNOWN, ()),
        (Said(200, {"messages": []}, wait=1.5), Outcome.UNKNOWN, ()),
    ],
)
def test_what_each_answer_means(said: Said, outcome: Outcome, parts: tuple[str, ...]) -> None:
    """Statuses and codes as the settings say; whatever goes wrong after the request left is UNKNOWN, and
    it left once."""
    receipt, operator = sent(said)
    assert (receipt.outcome, receipt.parts) == (outcome, parts)
    assert len(operator.asked) == 1
    assert "123456" not in repr(receipt)
    if outcome is Outcome.ACCEPTED:
        assert receipt.reference == (parts[0] if parts else "marca-1")


def test_paths_find_what_is_there_and_nothing_else() -> None:
    document = {"a": [{"b": 1}, {"b": True}, {"c": {"d": "x"}}], "e": None}
    assert found(document, "a.*.b") == ["1", "true"]
    assert found(document, "a.2.c.d") == ["x"]
    assert found(document, "a.9.b") == found(document, "e") == found(document, "a") == found(None, "a") == []
